import ConfigurationFiles
import Inspection
import RuleEngine
import StreamCiphers
import TestSupport
import WireBytes

/// What a player's packets take under the shipped policy of TERA: deciphering, cutting, layout and every rule.
enum TeraScenario {
    private static let packetCount = 32_768

    /// A kind of packet that a player sends.
    private struct Kind: Sendable {
        let name: String
        let opcode: UInt16
        let byteCount: Int
        /// Between two of them, so that no limit is reached.
        let gapNS: UInt64
        let fill: @Sendable (inout [UInt8], Int) -> Void
    }

    private static let kinds = [
        Kind(name: "C_PLAYER_LOCATION", opcode: 35_828, byteCount: 43, gapNS: 50_000_000) { packet, number in
            put(UInt32(truncatingIfNeeded: number), into: &packet, at: 39)
        },
        Kind(name: "C_START_SKILL", opcode: 43_869, byteCount: 50, gapNS: 50_000_000) { packet, number in
            put(UInt32(truncatingIfNeeded: number), into: &packet, at: 4)
        },
        Kind(name: "C_CHAT", opcode: 49_692, byteCount: 112, gapNS: 1_000_000_000) { packet, number in
            packet[4] = 10
            for index in 0..<50 { packet[10 + 2 * index] = UInt8(97 + (number + index) % 26) }
        },
        // A packet that the shipped maps do not name, as most of the game's are.
        Kind(name: "without a name", opcode: 11_111, byteCount: 64, gapNS: 50_000_000) { _, _ in },
    ]

    /// One JSON object a row.
    static func rows(roundCount: Int) -> [String] {
        let path = "\(PackageFiles.root)/Benchmarks/tera.yaml"
        let result = ConfigurationLoader.load(path)
        guard let listener = result.configuration?.listeners.first else { preconditionFailure(result.text) }
        return kinds.map { kind in
            let whole = Sample(roundCount: roundCount) { measure(kind, listener.ruleset, isEnciphered: true) }
            let judged = Sample(roundCount: roundCount) { measure(kind, listener.ruleset, isEnciphered: false) }
            return """
                {"packet": "\(kind.name)", "bytes": \(kind.byteCount), "rules": \
                \(listener.ruleset.policy.rules.count), "ns": \(whole.json), "ns_without_cipher": \(judged.json)}
                """
        }
    }

    /// Nanoseconds of CPU a packet, each handed to the session alone, as most reads hold one.
    ///
    /// - Parameter isEnciphered: whether the packets are deciphered first, as they are on the wire; otherwise clear
    ///   text is judged, which is the same but for that.
    private static func measure(_ kind: Kind, _ ruleset: Ruleset, isEnciphered: Bool) -> Double {
        var player = Player(ruleset)
        var wire = Array(repeating: UInt8(0), count: packetCount * kind.byteCount)
        for number in 0..<packetCount {
            var packet = [UInt8](repeating: 0, count: kind.byteCount)
            put(UInt16(kind.byteCount), into: &packet, at: 0)
            put(kind.opcode, into: &packet, at: 2)
            kind.fill(&packet, number)
            if isEnciphered { player.seal(&packet) }
            wire.replaceSubrange(number * kind.byteCount..<(number + 1) * kind.byteCount, with: packet)
        }
        return player.time(wire, of: kind.byteCount, gapNS: kind.gapNS, isEnciphered: isEnciphered)
            / Double(packetCount)
    }

    fileprivate static func put<Number: FixedWidthInteger>(_ number: Number, into packet: inout [UInt8], at offset: Int)
    {
        for index in 0..<Number.bitWidth / 8 {
            packet[offset + index] = UInt8(truncatingIfNeeded: number >> Number(8 * index))
        }
    }
}

/// A player in the world, and the session that judges it.
@safe
private struct Player: ~Copyable {
    private var session: Session
    private let ruleset: Ruleset
    private let limits = SessionLimits(packetNS: .max / 2, idleNS: .max / 2, delayNS: .max / 2)
    private var sending: StreamCipher
    private var nowNS: UInt64 = 1_000_000_000
    private var findings: [Finding] = []
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)

    /// Plays up to the world: keys, version, login, and the character.
    init(_ ruleset: Ruleset) {
        self.ruleset = ruleset
        let shared = SharedBuckets(capacity: 1_024, hashSeed: 1)
        let address = IPNetwork(holding: IPAddress(high: 0, low: 0xFFFF_0A00_0001), prefixLength: 128)
        let keys = BucketKeys(address: address, network: address, listener: 0, isExempt: false)
        let buckets = BucketSet(policy: ruleset.policy, keys: keys, shared: shared, nowNS: nowNS)
        session = Session(ruleset: ruleset, buckets: buckets, nowNS: nowNS)
        let key = [UInt8](repeating: 7, count: 128)
        guard let pair = CipherScheme.tera.makePair(keys: [key, key, key, key]) else { preconditionFailure("no keys") }
        sending = pair.inbound
        var server = pair.outbound
        pass([1, 0, 0, 0], .outbound)
        for direction in [Direction.inbound, .outbound, .inbound, .outbound] { pass(key, direction) }
        var version = [UInt8](repeating: 0, count: 20)
        for (offset, byte) in [(0, 20), (2, 0xBC), (3, 0x4D), (4, 1), (6, 8), (8, 8)] { version[offset] = UInt8(byte) }
        TeraScenario.put(UInt32(367_081), into: &version, at: 16)
        seal(&version)
        pass(version, .inbound)
        for packet in [[5, 0, 0x74, 0xBD, 1], [4, 0, 0x7A, 0xB3]] as [[UInt8]] {
            var wire = packet
            unsafe wire.withUnsafeMutableBytes { unsafe server.apply($0) }
            pass(wire, .outbound)
        }
        precondition(session.stage(ruleset: ruleset) == .established, "the player is not in the world")
    }

    deinit { unsafe room.deallocate() }

    mutating func seal(_ packet: inout [UInt8]) {
        unsafe packet.withUnsafeMutableBytes { unsafe sending.apply($0) }
    }

    private mutating func pass(_ bytes: [UInt8], _ direction: Direction) {
        var wire = bytes
        let byteCount = unsafe wire.withUnsafeMutableBytes { unsafe judge($0, direction, isEnciphered: true) }
        precondition(byteCount == bytes.count, "\(byteCount) of \(bytes.count) bytes went on")
    }

    /// Nanoseconds of CPU that all packets take.
    mutating func time(_ wire: [UInt8], of byteCount: Int, gapNS: UInt64, isEnciphered: Bool) -> Double {
        var wire = wire
        let before = session.packetCounts.inbound
        let count = wire.count / byteCount
        let taken = unsafe wire.withUnsafeMutableBytes { bytes in
            let start = threadNS()
            for number in 0..<count {
                nowNS &+= gapNS
                let packet = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: bytes[number * byteCount..<(number + 1) * byteCount])
                _ = unsafe judge(packet, .inbound, isEnciphered: isEnciphered)
            }
            return threadNS() - start
        }
        let passed = Int(session.packetCounts.inbound - before)
        precondition(passed == count, "\(passed) of \(count) packets passed: \(findings.first as Any)")
        return taken
    }

    /// What the worker does with what it has read.
    private mutating func judge(
        _ wire: UnsafeMutableRawBufferPointer, _ direction: Direction, isEnciphered: Bool
    ) -> Int {
        let cipher = isEnciphered ? session.cipher(direction) : nil
        let clear = unsafe cipher?.open(UnsafeRawBufferPointer(wire), room: room) ?? UnsafeRawBufferPointer(wire)
        var settled = 0
        while settled < clear.count {
            // Safe: the buffer lives through the call.
            let rest = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: clear[settled...]))
            let action = session.receive(
                rest, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
            guard case .forward(let byteCount) = action else { break }
            unsafe cipher?.forward(
                UnsafeRawBufferPointer(rebasing: clear[settled..<settled + byteCount]),
                UnsafeMutableRawBufferPointer(rebasing: wire[settled..<settled + byteCount]))
            settled += byteCount
        }
        unsafe cipher?.settle(settled, of: clear)
        return settled
    }
}
