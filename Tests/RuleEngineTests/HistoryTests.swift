import Testing
import WireBytes

@testable import RuleEngine

@Suite("rules about the packets before the one at hand")
struct HistoryTests {
    private let millisecond: UInt64 = 1_000_000

    private func repeats(
        _ count: Int, packets: [UInt16]? = [1], in withinNS: UInt64 = 100_000_000, id: UInt32 = 100,
        bytes: [BytePattern] = [], limit: Limit? = nil
    ) -> RuleDefinition {
        let choice = packets.map { PacketChoice.only($0) } ?? .all
        return RuleDefinition(
            id: id, name: "rule-\(id)", packets: PerDirection(inbound: choice, outbound: nil), signature: bytes,
            repeats: Repeats(count: count, withinNS: withinNS), limit: limit, action: .drop)
    }

    private func notAfter(
        inbound: [UInt16] = [], outbound: [UInt16] = [], in withinNS: UInt64 = second, id: UInt32 = 100
    ) -> RuleDefinition {
        RuleDefinition(
            id: id, name: "rule-\(id)", packets: PerDirection(inbound: .only([1]), outbound: nil),
            notAfter: NotAfter(packets: PerDirection(inbound: inbound, outbound: outbound), withinNS: withinNS),
            action: .drop)
    }

    @Test("the second of two identical packets fires, as long as it comes within the time")
    func twice() {
        var line = Line([repeats(2)])
        #expect(line.send(bytes: [1, 2, 3], at: second) == .forward)
        #expect(line.send(bytes: [1, 2, 3], at: second + 100 * millisecond) == .drop(index(0)))
        #expect(line.send(bytes: [1, 2, 3], at: second + 200 * millisecond + 1) == .forward)
    }

    @Test("a count of n fires on the nth and on each after it, within any stretch of the time")
    func count() {
        for count in [2, 3, 7, 16] {
            var line = Line([repeats(count)])
            for number in 1...count + 3 {
                let judgement = line.send(bytes: [7, 7], at: second + UInt64(number))
                #expect(judgement == (number >= count ? .drop(index(0)) : .forward))
            }
        }
        // Not stretches that begin with a first packet: these three lie within 40 ms.
        var line = Line([repeats(3)])
        #expect(line.send(bytes: [1], at: second) == .forward)
        #expect(line.send(bytes: [1], at: second + 90 * millisecond) == .forward)
        #expect(line.send(bytes: [1], at: second + 110 * millisecond) == .forward)
        #expect(line.send(bytes: [1], at: second + 120 * millisecond) == .drop(index(0)))
    }

    @Test("one byte more, less or other is another packet, and so is another name")
    func other() {
        var line = Line([repeats(2, packets: [1, 2])])
        for bytes in [[], [0], [0, 0], [1], [0, 1]] + (0..<40).map({ [UInt8](repeating: 9, count: 20 + $0) }) {
            #expect(line.send(bytes: bytes.map { UInt8($0) }) == .forward)
        }
        #expect(line.send(1, bytes: [5]) == .forward)
        #expect(line.send(2, bytes: [5]) == .forward)
        #expect(line.send(2, bytes: [5]) == .drop(index(0)))
        line = Line([repeats(2, packets: nil)])
        #expect(line.send(1, bytes: [5]) == .forward)
        #expect(line.send(2, bytes: [5]) == .forward)
        #expect(line.send(1, bytes: [5]) == .drop(index(0)))
    }

    @Test("sixteen packets of a name are remembered, and the seventeenth displaces the oldest")
    func memory() {
        for (others, isKnown) in [(15, true), (16, false)] {
            var line = Line([repeats(2)])
            #expect(line.send(bytes: [0xFF]) == .forward)
            for other in 0..<others { #expect(line.send(bytes: [UInt8(other)], at: 1 + UInt64(other)) == .forward) }
            #expect(line.send(bytes: [0xFF], at: 50) == (isKnown ? .drop(index(0)) : .forward))
        }
    }

    @Test("only what matches the rest of the rule is remembered, and the limit is asked after it")
    func order() throws {
        let pattern = BytePattern(pattern: try HexPattern(parsing: "aa"))
        var line = Line([repeats(2, bytes: [pattern], limit: .perSecond(1, burst: 1))])
        for _ in 0..<3 { #expect(line.send(bytes: [0xBB]) == .forward) }
        #expect(line.send(bytes: [0xAA]) == .forward)
        #expect(line.send(bytes: [0xAA]) == .forward)
        #expect(line.send(bytes: [0xAA]) == .drop(index(0)))
    }

    @Test("what a model says that keeps every packet, at random times")
    func model() {
        var random = SplitMix64(seed: 0x5E9)
        for _ in 0..<200 {
            let rule = repeats(2 + random.below(5), in: UInt64(1 + random.below(30)))
            var line = Line([rule])
            var kept: [(bytes: [UInt8], atNS: UInt64)] = []
            var now = second
            for _ in 0..<200 {
                now += UInt64(random.below(6))
                let bytes = [UInt8](repeating: 3, count: random.below(3)) + [UInt8(random.below(2))]
                let same = kept.suffix(16).count { $0.bytes == bytes && now - $0.atNS <= rule.repeats?.withinNS ?? 0 }
                kept.append((bytes, now))
                let isRepeated = same + 1 >= rule.repeats?.count ?? 0
                #expect(line.send(bytes: bytes, at: now) == (isRepeated ? .drop(index(0)) : .forward))
            }
        }
    }

    @Test("a packet must have been forwarded within the time, to the nanosecond")
    func after() {
        var line = Line([notAfter(inbound: [2])])
        #expect(line.send(at: 5 * second) == .drop(index(0)))
        line.note(2, at: 5 * second)
        #expect(line.send(at: 5 * second) == .forward)
        #expect(line.send(at: 6 * second) == .forward)
        #expect(line.send(at: 6 * second + 1) == .drop(index(0)))
    }

    @Test("that a packet was judged does not count, only that it was forwarded")
    func judgedOnly() {
        var line = Line([notAfter(inbound: [2])])
        #expect(line.send(2, at: second) == .forward)
        #expect(line.send(at: second) == .drop(index(0)))
    }

    @Test("any of several packets is enough, the server's too, and no other")
    func any() {
        for (packet, direction, isEnough) in [
            (2, .inbound, true), (3, .inbound, true), (4, .inbound, false), (5, .outbound, true), (2, .outbound, false),
        ] as [(UInt16, Direction, Bool)] {
            var line = Line([notAfter(inbound: [2, 3], outbound: [5])])
            #expect(line.policy.isNoted(packet, direction) == isEnough)
            line.note(packet, direction, at: second)
            #expect(line.send(at: second) == (isEnough ? .forward : .drop(index(0))))
        }
    }

    @Test("rules on the same packet remember it each for itself, beside buckets and each other")
    func several() {
        var line = Line([
            .rule(90, packets: [1], limit: .perSecond(1, burst: 2), action: .close),
            notAfter(inbound: [2], id: 100), notAfter(inbound: [2, 3], in: 2 * second, id: 101),
            repeats(2, id: 102), .rule(103, limit: .perSecond(1, burst: 100, .address), action: .close),
        ])
        line.note(2, at: second)
        #expect(line.send(bytes: [1], at: second) == .forward)
        line.note(3, at: 3 * second)
        #expect(line.send(bytes: [2], at: 3 * second) == .drop(index(1)))
        line.note(2, at: 4 * second)
        #expect(line.send(bytes: [3], at: 4 * second) == .forward)
        #expect(line.send(bytes: [3], at: 4 * second) == .drop(index(3)))
        #expect(line.send(bytes: [4], at: 4 * second) == .close(index(0)))
    }

    @Test("a rule in shadow remembers, and only says so")
    func shadow() {
        let rule = RuleDefinition(
            id: 100, name: "a", packets: PerDirection(inbound: .only([1]), outbound: nil),
            repeats: Repeats(count: 2, withinNS: second), action: .drop, isShadow: true)
        var line = Line([rule])
        #expect(line.send(bytes: [1]) == .forward)
        #expect(line.send(bytes: [1]) == .forward)
        #expect(line.findings.map(\.isShadow) == [true])
    }

    @Test("a reload keeps what was remembered for a rule that stays, wherever it stands")
    func reload() {
        var line = Line([notAfter(inbound: [2]), repeats(2, packets: [3], id: 101)])
        line.note(2, at: second)
        #expect(line.send(3, bytes: [1], at: second) == .forward)
        line.reload(
            makePolicy([
                .rule(90, packets: [1], limit: .perSecond(1, burst: 9), action: .close),
                repeats(2, packets: [4, 3], id: 101), notAfter(inbound: [5], id: 100),
            ]), at: second)
        #expect(line.send(3, bytes: [1], at: second) == .drop(index(1)))
        #expect(line.send(at: 2 * second) == .forward)
        #expect(line.send(at: 2 * second + 1) == .drop(index(2)))
    }

    @Test("a rule that comes with a reload takes its packets as forwarded at that time")
    func newRule() {
        var line = Line([])
        line.reload(makePolicy([notAfter(inbound: [2])]), at: 5 * second)
        #expect(line.send(at: 6 * second) == .forward)
        #expect(line.send(at: 6 * second + 1) == .drop(index(0)))
    }

    @Test("a connection takes words for what it may have to remember, and none for other rules")
    func memoryBound() {
        #expect(makePolicy([]).bucketByteCountMax == 0)
        #expect(makePolicy([notAfter(inbound: [2])]).bucketByteCountMax == 8 * 2)
        #expect(makePolicy([repeats(2, packets: [1, 2])]).bucketByteCountMax == 8 * (1 + 2 * Repeats.wordCount))
    }

    @Test("rules about earlier packets do not look at bytes that are no packets")
    func uncut() {
        let rule = RuleDefinition(
            id: 100, name: "a", packets: PerDirection(inbound: .all, outbound: nil),
            repeats: Repeats(count: 2, withinNS: second),
            limit: .perSecond(1, burst: 1, count: .bytes), action: .drop)
        var line = Line([rule])
        let facts = PacketFacts(direction: .inbound, packet: 0, phase: 0, byteCount: 500, opcode: 0)
        let judgement = line.policy.judgeUncut(facts, buckets: &line.buckets, nowNS: 0, findings: &line.findings)
        #expect(judgement == .forward)
    }

    @Test("a rule's reply is found by its place, and others have none")
    func reply() {
        let rule = RuleDefinition(
            id: 101, name: "a", packets: PerDirection(inbound: .all, outbound: nil), action: .close, reply: [1, 2])
        let policy = makePolicy([.rule(100, action: .close), rule])
        #expect(policy.reply(of: index(0)) == nil)
        #expect(policy.reply(of: index(1)) == [1, 2])
    }

    @Test("a policy whose rules compare packets holds them whole, and others not")
    func inspected() {
        let policy = makePolicy([repeats(2), notAfter(inbound: [2], id: 101)])
        #expect(policy.inspectedByteCount(of: 1, .inbound) == .max)
        #expect(policy.inspectedByteCount(of: 2, .inbound) == 0)
    }
}
