import Testing
import WireBytes

@testable import RuleEngine

/// Random signatures, rules and packets of one seed.
private struct Traffic {
    var random: SplitMix64
    /// What the signatures look for.
    private(set) var signatures: [[BytePattern]] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        let count = [1, 3, 12, 70][random.below(4)]
        signatures = (0..<count).map { _ in signature() }
    }

    private mutating func signature() -> [BytePattern] {
        let alphabet = Array("aAb[{\0\u{7F}".utf8)
        // Few, so that signatures share windows.
        let letters = random.below(2) == 0 ? 2 : alphabet.count
        var patterns: [BytePattern] = []
        for _ in 0..<1 + random.below(3) {
            let count = 1 + random.below(10)
            let values = (0..<count).map { _ in alphabet[random.below(letters)] }
            let isWhole = random.below(2) == 0
            let masks: [UInt8] = (0..<count).map { _ in
                isWhole ? 0xFF : [0xFF, 0xFF, 0xFF, 0xF0, 0x0F, 0][random.below(6)]
            }
            patterns.append(
                BytePattern(
                    pattern: HexPattern(values, masks: masks), isCaseInsensitive: random.below(3) == 0,
                    offset: random.below(3) == 0 ? random.below(12) : 0,
                    depth: random.below(3) == 0 ? random.below(40) : nil,
                    distance: random.below(3) == 0 ? random.below(6) : nil,
                    within: random.below(3) == 0 ? random.below(16) : nil))
        }
        return patterns
    }

    /// Rules with and without signatures, with what else a rule can ask.
    mutating func rules() -> [RuleDefinition] {
        let actions: [RuleAction] = [.log, .log, .log, .pass, .drop, .delay, .close, .ban(baseNS: nil)]
        var left = signatures[...]
        var rules: [RuleDefinition] = []
        var id: UInt32 = 100
        while !left.isEmpty {
            let hasSignature = random.below(4) != 0
            let action = actions[random.below(random.below(4) == 0 ? actions.count : 3)]
            let hasLimit = action == .delay || random.below(6) == 0
            rules.append(
                .rule(
                    id, packets: random.below(3) == 0 ? [1, UInt16(random.below(3))] : nil,
                    from: [nil, .inbound, .outbound][random.below(3)],
                    sizes: random.below(4) == 0 ? [0...random.below(60)] : [],
                    notSizes: random.below(6) == 0 ? [3...9] : [],
                    phases: random.below(4) == 0 ? [random.below(2)] : [],
                    bytes: hasSignature ? left.removeFirst() : [],
                    limit: hasLimit ? .perSecond(1, burst: UInt64(1 + random.below(4))) : nil, action: action,
                    isShadow: random.below(6) == 0))
            id += 1
        }
        // At most 64 rules of a listener delay.
        var delayCount = 0
        return rules.filter { rule in
            if rule.action == .delay { delayCount += 1 }
            return rule.action != .delay || delayCount <= Policy.delayCountMax
        }
    }

    /// Noise with pieces of the signatures in it.
    mutating func packet() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<random.below(6) {
            if random.below(3) == 0 {
                for _ in 0..<random.below(20) { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
                continue
            }
            for pattern in signatures[random.below(signatures.count)] {
                for (value, mask) in zip(pattern.pattern.bytes, pattern.pattern.masks) {
                    var byte = value | (UInt8(truncatingIfNeeded: random.next()) & ~mask)
                    if pattern.isCaseInsensitive, random.below(2) == 0, (0x41...0x5A).contains(byte & 0xDF) {
                        byte ^= 0x20
                    }
                    if random.below(60) != 0 { bytes.append(byte) }
                }
            }
        }
        return bytes
    }
}

@Suite("Signatures that a filter looks for") struct SignatureFilterTests {
    private func policy(_ rules: [RuleDefinition], filteredCountMin: Int) -> Policy {
        Policy(
            rules, violations: [:], packetCounts: PerDirection(both: 3), isShadow: false,
            filteredCountMin: filteredCountMin)
    }

    @Test("a packet is judged as it is when every signature is verified by itself", arguments: UInt64(0)..<8)
    func asOneByOne(_ block: UInt64) {
        var fired = 0
        var ended = 0
        var searched = 0
        for seed in block * 60..<block * 60 + 60 {
            var traffic = Traffic(seed: seed)
            let rules = traffic.rules()
            let filtered = policy(rules, filteredCountMin: 1)
            #expect(filtered.checks.contains { $0.run != 0 } == !filtered.filterScopes.isEmpty)
            searched += filtered.filterScopes.count
            var one = Line(policy(rules, filteredCountMin: .max))
            var many = Line(filtered)
            for step in 0..<40 {
                let bytes = traffic.packet()
                let direction = Direction.allCases[traffic.random.below(2)]
                let packet = UInt16(traffic.random.below(3))
                let phase = UInt8(traffic.random.below(2))
                let nowNS = UInt64(step) * second / 8
                let expected = one.send(
                    packet, size: bytes.count, phase: phase, from: direction, bytes: bytes, at: nowNS)
                let judged = many.send(
                    packet, size: bytes.count, phase: phase, from: direction, bytes: bytes, at: nowNS)
                #expect(judged == expected, "seed \(seed), step \(step)")
                #expect(many.findings == one.findings, "seed \(seed), step \(step)")
                fired += one.findings.count
                if expected != .forward { ended += 1 }
                _ = (one.fired(), many.fired())
            }
        }
        // The traffic is worth something only if rules fire, packets are stopped, and the filter is asked.
        #expect(fired > 1_000 && ended > 150 && searched > 60, "\(fired) fired, \(ended) ended, \(searched) lists")
    }
}
