import ConfigurationFiles
import GameProtocol
import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

@Suite("recorded sessions under the shipped rules")
struct RecordedSessionTests {
    @Test(
        "every packet of a real session has a name, a fitting size, and breaks no rule",
        arguments: ["crossfire", "openttd"])
    func session(game: String) throws {
        let folder = try ScratchFolder()
        let file = try folder.write(
            "s.yaml",
            """
            version: 1
            listeners:
              - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: \(game), policies: [baseline, \(game)] }
            protocols: \(ShippedFilesTests.root)/protocols
            policies: \(ShippedFilesTests.root)/policies
            """)
        let result = ConfigurationLoader.load(file)
        #expect(result.text == "")
        let ruleset = try #require(result.configuration?.rulesets.first)
        let conversation = try RecordedCapture(game)
        var player = SessionPlayer(ruleset: ruleset)
        for chunk in conversation.chunks {
            try player.receive(chunk.bytes, chunk.direction, nowNS: chunk.timeNS)
        }
        #expect(player.packetCount > 800)
        #expect(player.rest.inbound.isEmpty && player.rest.outbound.isEmpty)
        #expect(player.phase == 1)
        #expect(player.complaints == [])
    }
}

/// Cuts and judges the packets of one session, without sockets.
private struct SessionPlayer: ~Copyable {
    let ruleset: Ruleset
    var buckets: BucketSet
    var rest: PerDirection<[UInt8]> = PerDirection(both: [])
    var phase = 0
    var packetCount = 0
    var complaints: [String] = []

    init(ruleset: Ruleset) {
        self.ruleset = ruleset
        let keys = BucketKeys(
            address: IPNetwork("192.0.2.1"), network: IPNetwork("192.0.2.0/24"), listener: 0, isExempt: false)
        buckets = BucketSet(
            policy: ruleset.policy, keys: keys, shared: SharedBuckets(capacity: 64), nowNS: 1_000_000_000)
    }

    mutating func receive(_ bytes: [UInt8], _ direction: Direction, nowNS: UInt64) throws {
        rest[direction] += bytes
        let table = ruleset.descriptor.packets[direction]
        while !rest[direction].isEmpty {
            let stream = rest[direction]
            let lane = try #require(ruleset.descriptor.phases[phase].lanes?[direction])
            var scanned = 0
            let cut = try lane.cut(stream.span.bytes, scannedByteCount: &scanned, packets: table)
            guard case .packet(let packet) = cut, packet.byteCount <= stream.count else { return }
            judge(packet, Array(stream.prefix(packet.byteCount)), direction, nowNS: nowNS)
            rest[direction].removeFirst(packet.byteCount)
        }
    }

    private mutating func judge(_ packet: CutPacket, _ bytes: [UInt8], _ direction: Direction, nowNS: UInt64) {
        packetCount += 1
        let stage = ruleset.descriptor.phases[phase]
        let table = ruleset.descriptor.packets[direction]
        let name = "\(direction.sender) \(table.name(of: packet.packet)) \(packet.opcode) of \(bytes.count)"
        if packet.packet == 0 { complaints.append("\(name) has no name") }
        if let accept = stage.accept[direction], !accept.contains(packet.packet) {
            complaints.append("\(name) is not accepted in \(stage.name)")
        }
        if packet.packet != 0, table.entries[Int(packet.packet) - 1].byteCounts?.contains(bytes.count) == false {
            complaints.append("\(name) has a wrong size")
        }
        let facts = PacketFacts(
            direction: direction, packet: packet.packet, phase: UInt8(phase), byteCount: bytes.count,
            opcode: packet.opcode)
        var findings: [Finding] = []
        let judgement = ruleset.policy.judge(
            facts, bytes: bytes.span.bytes, buckets: &buckets, nowNS: nowNS, findings: &findings)
        if judgement != .forward || !findings.isEmpty {
            complaints.append("\(name): \(judgement) \(findings.map { ruleset.policy.rules[Int($0.rule)].name })")
        }
        for transition in stage.transitions
        where transition.direction == direction && transition.packet == packet.packet { phase = transition.phase }
    }
}
