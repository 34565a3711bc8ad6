import GameProtocol
import Inspection
import NetworkDriver
import RuleEngine
import Settings
import WireBytes

@testable import DataPlane

/// The game the scenarios play: two bytes of length, one of opcode, a body.
enum Game {
    /// A packet of so many bytes.
    static func packet(_ opcode: UInt8, byteCount: Int = 8, fill: UInt8 = 0x55) -> [UInt8] {
        precondition(byteCount >= 3, "a packet has a header")
        let header = [UInt8(byteCount & 0xFF), UInt8(byteCount >> 8), opcode]
        return header + [UInt8](repeating: fill, count: byteCount - 3)
    }

    /// A packet with a text in its body.
    static func packet(_ opcode: UInt8, text: String) -> [UInt8] {
        let body = Array(text.utf8)
        return [UInt8(body.count + 3), 0, opcode] + body
    }

    static func descriptor(
        most: Int = 2_000, deadlineNS: UInt64? = nil, preamble: [PreambleStep] = []
    ) -> Descriptor {
        let length = LengthField(field: IntegerField(offset: 0, byteCount: 2, isLittleEndian: true), adjust: 0)
        let lane = Lane(
            frame: FrameRule(frame: .length(length, escapes: []), byteCountMin: 3, byteCountMax: most),
            opcode: OpcodeRule(form: .integer(IntegerField(offset: 2, byteCount: 1, isLittleEndian: true))))
        let entries = Opcode.all.map { opcode in
            PacketTable.Entry(
                name: "P\(opcode)", identity: .number(UInt64(opcode), sub: nil),
                byteCounts: opcode == Opcode.sized ? 8...64 : nil)
        }
        let phase = Phase(
            name: "world", deadlineNS: deadlineNS, preamble: preamble, lanes: PerDirection(both: lane),
            isOpaque: false, accept: PerDirection(both: nil), transitions: [])
        return Descriptor(name: "game", phases: [phase], packets: PerDirection(both: PacketTable(entries)))
    }

    static func ruleset(
        _ rules: [RuleDefinition] = [], descriptor: Descriptor = descriptor(),
        violations: [Violation: ViolationResponse] = [:], isShadow: Bool = false
    ) -> Ruleset {
        Ruleset(
            descriptor: descriptor,
            policy: Policy(
                rules, violations: violations,
                packetCounts: PerDirection(
                    inbound: descriptor.packets.inbound.count, outbound: descriptor.packets.outbound.count),
                isShadow: isShadow))
    }

    /// A rule on what the client sends under an opcode.
    static func rule(
        _ id: UInt32, _ opcode: UInt8, _ action: RuleAction, limit: Limit? = nil, score: Double = 0,
        signature: [BytePattern] = [], isShadow: Bool = false, from direction: Direction = .inbound
    ) -> RuleDefinition {
        var packets = PerDirection<PacketChoice?>(both: nil)
        packets[direction] = .only([Opcode.index(opcode)])
        return RuleDefinition(
            id: id, name: "rule-\(id)", packets: packets, signature: signature, limit: limit, action: action,
            score: score, isShadow: isShadow)
    }

    static let listener = Endpoint(IPAddress(ipv4: 0xC000_0201), port: 7_801)
    static let server = Endpoint(IPAddress(ipv4: 0x0A00_0101), port: 10_001)
    static let secondServer = Endpoint(IPAddress(ipv4: 0x0A00_0102), port: 10_002)
    static let balancer = "10.0.0.5"

    static func settings(
        servers: [Endpoint] = [server], isBehindBalancer: Bool = false,
        _ change: (inout ServiceSettings) -> Void = { _ in }
    ) -> ServiceSettings {
        let sources = isBehindBalancer ? IPNetwork(balancer).map { [$0] } : nil
        var settings = ServiceSettings(
            listeners: [ListenerSettings(name: "world", bind: listener, proxySources: sources, pool: "arena")],
            pools: [PoolSettings(name: "arena", servers: servers)])
        settings.reputation.repeatJitter = 0
        change(&settings)
        return settings
    }

    static let secondNS: UInt64 = 1_000_000_000
}

/// What the opcodes are used for.
enum Opcode {
    static let plain: UInt8 = 1
    /// 8 to 64 bytes.
    static let sized: UInt8 = 2
    static let dropped: UInt8 = 3
    static let closing: UInt8 = 4
    static let banning: UInt8 = 5
    /// Dropped when it says "evil".
    static let signed: UInt8 = 6
    /// A few per connection.
    static let limited: UInt8 = 7
    static let delayed: UInt8 = 8
    /// Logged and scored.
    static let scored: UInt8 = 9
    /// A few per address.
    static let shared: UInt8 = 10
    /// Dropped only after a reload.
    static let later: UInt8 = 11
    /// Named by nobody.
    static let unknown: UInt8 = 99

    static let all: [UInt8] = [
        plain, sized, dropped, closing, banning, signed, limited, delayed, scored, shared, later,
    ]

    static func index(_ opcode: UInt8) -> UInt16 { UInt16(opcode) }
}
