import Testing
import WireBytes

@testable import RuleEngine

@Suite struct PolicyTests {
    private func pattern(
        offset: Int = 0, depth: Int? = nil, distance: Int? = nil, within: Int? = nil
    ) -> BytePattern {
        BytePattern(pattern: HexPattern([1]), offset: offset, depth: depth, distance: distance, within: within)
    }

    @Test("a packet whose rules read no body needs its header only")
    func headerOnly() {
        let policy = makePolicy([
            .rule(100, sizes: [1...2], phases: [1], limit: .perSecond(1, burst: 1, count: .bytes)),
            .rule(101, packets: [3], bytes: [pattern(depth: 8)]),
        ])
        #expect(policy.inspectedByteCount(of: 1, .inbound) == 0)
        #expect(policy.inspectedByteCount(of: 3, .inbound) == 8)
        #expect(policy.inspectedByteCount(of: 3, .outbound) == 0)
    }

    @Test("the inspected bytes are the most that any check reads")
    func most() {
        let policy = makePolicy([
            .rule(100, packets: [1, 2, 3, 4], bytes: [pattern(offset: 12, depth: 64), pattern(depth: 20)]),
            .rule(101, packets: [2], bytes: [pattern(depth: 90)]),
            .rule(102, packets: [3], bytes: [pattern()]),
            .rule(103, packets: [4], bytes: [pattern(depth: 70), pattern(distance: 10, within: 15)]),
            .rule(104, packets: [5], bytes: [pattern(depth: 70), pattern(distance: 10)]),
            .rule(105, packets: [6], bytes: [pattern(), pattern(within: 15)]),
        ])
        let counts = (UInt16(1)...6).map { policy.inspectedByteCount(of: $0, .inbound) }
        #expect(counts == [76, 90, .max, 95, .max, .max])
    }

    @Test("bytes that are not cut are judged by limits on bytes of rules that ask for nothing in a packet")
    func uncut() {
        let bytes = Limit.perSecond(100, burst: 100, count: .bytes)
        var line = Line([
            .rule(100, action: .close), .rule(101, limit: .perSecond(1, burst: 1), action: .close),
            .rule(102, packets: [0], limit: bytes, action: .close),
            .rule(103, sizes: [0...9], limit: bytes, action: .close),
            .rule(104, bytes: [pattern()], limit: bytes, action: .close),
            .rule(105, from: .outbound, limit: bytes, action: .close),
            .rule(106, phases: [1], limit: bytes, action: .close), .rule(107, limit: bytes, action: .delay),
        ])
        func receive(_ line: inout Line, _ byteCount: Int) -> Judgement {
            let facts = PacketFacts(direction: .inbound, packet: 0, phase: 0, byteCount: byteCount, opcode: 0)
            return line.policy.judgeUncut(facts, buckets: &line.buckets, nowNS: 0, findings: &line.findings)
        }
        #expect(receive(&line, 99) == .forward)
        #expect(receive(&line, 1) == .forward)
        #expect(receive(&line, 50) == .hold(untilNS: second / 2, index(7)))
        let fired = line.fired()
        #expect(fired == [index(7)])
    }

    @Test("as many rules as an index holds are compiled")
    func mostRules() {
        let most = Policy.ruleCountMax - Violation.allCases.count
        let policy = makePolicy((0..<most).map { .rule(UInt32(100 + $0), packets: [1], action: .log) })
        #expect(policy.rules.count == 65_535)
        #expect(policy.rules[65_534].id == UInt32(99 + most))
    }

    @Test("one rule more is a bug of the caller's")
    func tooManyRules() async {
        await #expect(processExitsWith: .failure) {
            _ = makePolicy((0...Policy.ruleCountMax - Violation.allCases.count).map { .rule(UInt32(100 + $0)) })
        }
    }

    @Test("a delay without a limit, or when a connection opens, is a bug of the caller's")
    func delays() async {
        await #expect(processExitsWith: .failure) { _ = makePolicy([.rule(100, action: .delay)]) }
        await #expect(processExitsWith: .failure) {
            _ = makePolicy([.rule(100, limit: .perSecond(1, burst: 1, count: .connections), action: .delay)])
        }
    }

    @Test("256 packets may have a shared bucket each under a rule that names none, and 257 may not")
    func sharedPackets() async {
        let limit = Limit.perSecond(1, burst: 1, .address, perPacket: true)
        var line = Line(
            makePolicy([.rule(100, limit: limit, action: .drop)], packets: 256),
            shared: SharedBuckets(capacity: 1_024))
        let judgements = [line.send(255), line.send(255), line.send(254)]
        #expect(judgements == [.forward, .drop(index(0)), .forward])
        await #expect(processExitsWith: .failure) {
            _ = makePolicy(
                [.rule(100, limit: .perSecond(1, burst: 1, .address, perPacket: true))], packets: 257)
        }
    }

    @Test("buckets of another policy are a bug of the caller's, not another connection's memory")
    func foreignBuckets() async {
        await #expect(processExitsWith: .failure) {
            var line = Line([])
            line.policy = makePolicy([.rule(100, limit: .perSecond(1, burst: 1))])
            _ = line.send()
        }
    }
}
