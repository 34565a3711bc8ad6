import GameProtocol
import Inspection
import RuleEngine
import TestSupport
import WireBytes

/// The game of the benchmark: a length of two bytes that counts the packet, an opcode of two bytes, and a body.
///
/// Its rules never fire, so that what is measured is the way of a player's packet.
struct BenchmarkGame {
    let opcodeCount: Int
    private let firstOpcode = 100

    /// - Parameters:
    ///   - ruleCount: four limits on everything (packets and bytes, per connection and per address), and the rest on
    ///     one opcode each: three in four ask for a size, one in four limits packets.
    ///   - signatureCount: further rules, each a pattern of 8 to 16 bytes that may stand anywhere in any packet.
    ///   - isSearched: whether that is any packet of the client's, or of the server's.
    func ruleset(ruleCount: Int, signatureCount: Int, isSearched: Bool = true) -> Ruleset {
        let everything = PerDirection<PacketChoice?>(inbound: .all, outbound: nil)
        var rules: [RuleDefinition] = []
        let scopes: [(Limit.Count, Limit.Scope)] = [
            (.packets, .connection), (.bytes, .connection), (.packets, .address), (.bytes, .address),
        ]
        for (count, scope) in scopes.prefix(ruleCount) {
            rules.append(rule(rules.count, packets: everything, limit: limit(count, scope), action: .drop))
        }
        for index in rules.count..<max(ruleCount, rules.count) {
            let packets = PerDirection<PacketChoice?>(
                inbound: .only([UInt16(1 + index % opcodeCount)]), outbound: nil)
            rules.append(
                index % 4 == 3
                    ? rule(index, packets: packets, limit: limit(.packets, .connection), action: .drop)
                    : rule(index, packets: packets, byteCounts: [4_000...(5_000 + index)], action: .close))
        }
        var random = SplitMix64(seed: 7)
        for index in 0..<signatureCount {
            let bytes = (0..<Int.random(in: 8...16, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            rules.append(
                rule(
                    rules.count, packets: isSearched ? everything : PerDirection(inbound: nil, outbound: .all),
                    signature: [BytePattern(pattern: HexPattern(bytes), offset: index % 3 == 0 ? 4 : 0)], action: .close
                ))
        }
        let packetCounts = PerDirection(both: opcodeCount + 1)
        return Ruleset(
            descriptor: descriptor, policy: Policy(rules, violations: [:], packetCounts: packetCounts))
    }

    private func rule(
        _ index: Int, packets: PerDirection<PacketChoice?>, byteCounts: [ClosedRange<Int>] = [],
        signature: [BytePattern] = [], limit: Limit? = nil, action: RuleAction
    ) -> RuleDefinition {
        RuleDefinition(
            id: UInt32(1_000 + index), name: "rule \(index)", packets: packets, byteCounts: byteCounts,
            signature: signature, limit: limit, action: action)
    }

    private func limit(_ count: Limit.Count, _ scope: Limit.Scope) -> Limit {
        Limit(count: count, scope: scope, amount: 1 << 40, periodNS: 1_000_000_000, burst: 1 << 40)
    }

    private var descriptor: Descriptor {
        let length = LengthField(field: IntegerField(offset: 0, byteCount: 2, isLittleEndian: true), adjust: 0)
        let lane = Lane(
            frame: FrameRule(frame: .length(length, escapes: []), byteCountMin: 4, byteCountMax: 65_535),
            opcode: OpcodeRule(form: .integer(IntegerField(offset: 2, byteCount: 2, isLittleEndian: true))))
        let entries = (0..<opcodeCount).map {
            PacketTable.Entry(
                name: "packet \($0)", identity: .number(UInt64(firstOpcode + $0), sub: nil), byteCounts: 4...4_096)
        }
        return Descriptor(
            name: "benchmark",
            phases: [
                Phase(
                    name: "world", deadlineNS: nil, preamble: [], lanes: PerDirection(both: lane), isOpaque: false,
                    accept: PerDirection(both: nil), transitions: [])
            ],
            packets: PerDirection(both: PacketTable(entries)))
    }

    /// Packets of one size one behind the other, with random bodies and the first opcode.
    func packets(count: Int, byteCount: Int) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(byteCount))
        var bytes = (0..<count * byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
        for start in stride(from: 0, to: bytes.count, by: byteCount) {
            bytes[start] = UInt8(byteCount & 0xFF)
            bytes[start + 1] = UInt8(byteCount >> 8)
        }
        return bytes
    }

    /// Opcodes in random order, as many as no branch predictor learns.
    func opcodes(count: Int) -> [UInt16] {
        var random = SplitMix64(seed: 11)
        return (0..<count).map { _ in UInt16(firstOpcode + Int.random(in: 0..<opcodeCount, using: &random)) }
    }
}
