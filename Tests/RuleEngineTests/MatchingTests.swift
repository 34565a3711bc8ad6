import Testing
import WireBytes

@testable import RuleEngine

@Suite struct MatchingTests {
    @Test("a packet that no rule names is forwarded without a finding")
    func unremarkable() {
        var line = Line([.rule(100, packets: [2], action: .drop)])
        let judgement = line.send(1)
        #expect(judgement == .forward)
        #expect(line.fired() == [])
    }

    @Test("a rule fires for the packets it names and for no others, named twice or once")
    func named() {
        var line = Line([.rule(100, packets: [2, 5, 2], action: .drop)])
        let judgements = (UInt16(0)..<8).map { line.send($0) }
        for packet in 0..<8 {
            #expect(judgements[packet] == ([2, 5].contains(packet) ? .drop(index(0)) : .forward))
        }
        #expect(line.fired() == [index(0), index(0)])
    }

    @Test("a rule that names no packets applies to every packet of its direction, the unknown one too")
    func allPackets() {
        var line = Line([.rule(100, action: .drop)])
        for packet in UInt16(0)..<8 {
            let there = line.send(packet)
            let back = line.send(packet, from: .outbound)
            #expect(there == .drop(index(0)))
            #expect(back == .forward)
        }
    }

    @Test("a rule for both directions fires in both and scores in both")
    func bothDirections() {
        var line = Line([.rule(100, from: nil, action: .close, score: 3)])
        let judgements = [line.send(1), line.send(1, from: .outbound)]
        #expect(judgements == [.close(index(0)), .close(index(0))])
        #expect(line.findings.map(\.score) == [3, 3])
    }

    @Test("sizes match at both ends of a range and not beyond")
    func sizes() {
        var line = Line([.rule(100, sizes: [4...6, 10...10], action: .drop)])
        let dropped = (0..<15).filter { line.send(1, size: $0) != .forward }
        #expect(dropped == [4, 5, 6, 10])
    }

    @Test("sizes of where_not do not match, whatever the others say")
    func sizesNot() {
        var line = Line([
            .rule(100, sizes: [4...9], notSizes: [6...7], action: .drop),
            .rule(101, notSizes: [0...12], action: .close),
        ])
        let judgements = (0..<15).map { line.send(1, size: $0) }
        for size in 0..<15 {
            let expected: Judgement =
                [4, 5, 8, 9].contains(size) ? .drop(index(0)) : size > 12 ? .close(index(1)) : .forward
            #expect(judgements[size] == expected)
        }
    }

    @Test("a rule holds in its phases only, the first and the last possible included")
    func phases() {
        var line = Line([.rule(100, phases: [0, 5, 63], action: .drop)])
        let dropped = (UInt8(0)..<64).filter { line.send(1, phase: $0) != .forward }
        #expect(dropped == [0, 5, 63])
    }

    @Test("rules run in listed order, log goes on, and pass, drop, close and ban end it")
    func order() {
        for action in [RuleAction.pass, .drop, .close, .ban(baseNS: 5)] {
            var line = Line([
                .rule(103, action: .log), .rule(102, packets: [1], action: .log), .rule(101, action: action),
                .rule(100, packets: [1], action: .close), .rule(99 + 100, action: .log),
            ])
            let judgement = line.send(1)
            let expected: Judgement =
                switch action {
                case .drop: .drop(index(2))
                case .close: .close(index(2))
                case .ban: .ban(index(2))
                default: .forward
                }
            #expect(judgement == expected)
            #expect(line.fired() == (action == .pass ? [0, 1] : [0, 1, 2]).map(index))
        }
    }

    @Test("a rule that passes makes no finding, unless it scores")
    func passing() {
        var line = Line([
            .rule(100, packets: [1], action: .pass), .rule(101, packets: [2], action: .pass, score: 2),
            .rule(102, action: .drop),
        ])
        let judgements = [line.send(1), line.send(2), line.send(3)]
        #expect(judgements == [.forward, .forward, .drop(index(2))])
        #expect(line.fired() == [index(1), index(2)])
    }

    @Test("a finding says rule, action, score and packet")
    func finding() {
        var line = Line([.rule(100, action: .ban(baseNS: 77), score: 1.5)])
        let judgement = line.send(3, size: 99, phase: 2)
        #expect(judgement == .ban(index(0)))
        let facts = PacketFacts(direction: .inbound, packet: 3, phase: 2, byteCount: 99, opcode: 7)
        #expect(
            line.findings == [
                Finding(rule: index(0), action: .ban(baseNS: 77), isShadow: false, score: 1.5, packet: facts)
            ])
    }

    @Test("the compiled lists judge as the rules themselves do, read one by one")
    func againstDefinitions() {
        for seed in UInt64(0)..<300 {
            var random = SplitMix64(seed: seed)
            var rules: [RuleDefinition] = []
            let actions: [RuleAction] = [.pass, .log, .log, .log, .drop, .close, .ban(baseNS: nil)]
            for id in 0..<random.below(12) {
                let packets = (0..<random.below(4)).map { _ in UInt16(random.below(6)) }
                rules.append(
                    .rule(
                        UInt32(100 + id), packets: random.below(3) == 0 ? nil : packets,
                        from: [nil, .inbound, .outbound][random.below(3)],
                        sizes: random.below(2) == 0 ? [] : [random.below(4)...4 + random.below(4)],
                        notSizes: random.below(2) == 0 ? [] : [2...2 + random.below(4)],
                        phases: random.below(2) == 0 ? [] : [random.below(3)],
                        action: actions[random.below(actions.count)]))
            }
            var line = Line(makePolicy(rules, packets: 6))
            for _ in 0..<60 {
                let packet = UInt16(random.below(6))
                let size = random.below(9)
                let phase = UInt8(random.below(3))
                let direction = Direction.allCases[random.below(2)]
                var expected = Judgement.forward
                var fired: [RuleIndex] = []
                search: for (nth, rule) in rules.enumerated() {
                    switch rule.packets[direction] {
                    case nil: continue
                    case .all: break
                    case .only(let packets): if !packets.contains(packet) { continue }
                    }
                    if !rule.byteCounts.isEmpty, !rule.byteCounts.contains(where: { $0.contains(size) }) { continue }
                    if rule.byteCountsNot.contains(where: { $0.contains(size) }) { continue }
                    if !rule.phases.isEmpty, !rule.phases.contains(Int(phase)) { continue }
                    if rule.action != .pass { fired.append(index(nth)) }
                    switch rule.action {
                    case .log, .rewrite, .delay: continue
                    case .pass: break search
                    case .drop: expected = .drop(index(nth))
                    case .close: expected = .close(index(nth))
                    case .ban: expected = .ban(index(nth))
                    }
                    break search
                }
                let judgement = line.send(packet, size: size, phase: phase, from: direction)
                #expect(judgement == expected, "seed \(seed)")
                let found = line.fired()
                #expect(found == fired, "seed \(seed)")
            }
        }
    }

    @Test("a size of 2 GiB and more is told apart from one below")
    func largeSizes() {
        var line = Line([.rule(100, sizes: [0...Int(Int32.max)], action: .drop)])
        #expect(line.send(size: Int(Int32.max)) == .drop(RuleIndex(Violation.allCases.count)))
        #expect(line.send(size: Int(Int32.max) + 1) == .forward)
    }
}
