import Testing
import WireBytes

@testable import RuleEngine

/// The obvious way: every pattern at every place, after every match of the one before.
private struct Backtracking {
    let patterns: ArraySlice<BytePattern>
    let bytes: [UInt8]

    static func isFound(_ patterns: [BytePattern], in bytes: [UInt8]) -> Bool {
        Backtracking(patterns: patterns[...], bytes: bytes).isFound(after: 0)
    }

    private func isFound(after end: Int) -> Bool {
        guard let pattern = patterns.first else { return true }
        let rest = Backtracking(patterns: patterns.dropFirst(), bytes: bytes)
        let count = pattern.pattern.count
        for start in 0...bytes.count where start + count <= bytes.count {
            if start < pattern.offset { continue }
            if let depth = pattern.depth, start + count > pattern.offset + depth { continue }
            if pattern.isRelative {
                let distance = pattern.distance ?? 0
                if start < end + distance { continue }
                if let within = pattern.within, start + count > end + distance + within { continue }
            }
            let isMatch = (0..<count).allSatisfy { index in
                let (byte, value) = (bytes[start + index], pattern.pattern.bytes[index])
                let mask = pattern.pattern.masks[index]
                if pattern.isCaseInsensitive, mask == 0xFF { return Self.lowered(byte) == Self.lowered(value) }
                return byte & mask == value
            }
            if isMatch, rest.isFound(after: start + count) { return true }
        }
        return false
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
    }
}

@Suite struct SignatureTests {
    private func isFound(_ patterns: [BytePattern], _ bytes: [UInt8]) -> Bool {
        var table = SignatureTable()
        _ = table.append([BytePattern(pattern: HexPattern([9, 9]))])
        let place = table.append(patterns)
        return table.isFound(place, in: bytes.span.bytes)
    }

    private func text(
        _ text: String, nocase: Bool = false, offset: Int = 0, depth: Int? = nil, distance: Int? = nil,
        within: Int? = nil
    ) -> BytePattern {
        BytePattern(
            pattern: HexPattern(Array(text.utf8)), isCaseInsensitive: nocase, offset: offset, depth: depth,
            distance: distance, within: within)
    }

    @Test("offset and depth hold at their last byte and not one further")
    func offsetDepth() {
        let bytes = Array("....abc.....".utf8)
        #expect(isFound([text("abc", offset: 4, depth: 3)], bytes))
        #expect(isFound([text("abc", depth: 7)], bytes))
        #expect(!isFound([text("abc", depth: 6)], bytes))
        #expect(!isFound([text("abc", offset: 5)], bytes))
        #expect(!isFound([text("abc", offset: 4, depth: 2)], bytes))
        #expect(!isFound([text("abc", offset: .max, depth: .max)], bytes))
    }

    @Test("distance and within hold at their last byte and not one further")
    func distanceWithin() {
        let bytes = Array("xxab...cdxx".utf8)
        #expect(isFound([text("ab"), text("cd", distance: 3)], bytes))
        #expect(!isFound([text("ab"), text("cd", distance: 4)], bytes))
        #expect(isFound([text("ab"), text("cd", within: 5)], bytes))
        #expect(!isFound([text("ab"), text("cd", within: 4)], bytes))
        #expect(isFound([text("ab"), text("cd", distance: 3, within: 2)], bytes))
        #expect(!isFound([text("ab"), text("cd", distance: 3, within: 1)], bytes))
        #expect(!isFound([text("ab"), text("cd", distance: .max, within: .max)], bytes))
    }

    @Test("a later match of the first pattern counts where the earliest has nothing behind it")
    func backtracking() {
        #expect(isFound([text("a"), text("b", within: 1)], Array("a.a.ab".utf8)))
        #expect(isFound([text("a"), text("b", within: 2), text("c", within: 1)], Array("ab.b.a.bc".utf8)))
        #expect(!isFound([text("a"), text("b", within: 1), text("c", within: 1)], Array("abxbc".utf8)))
    }

    @Test("all patterns must be found, in any order where none is relative")
    func allOfThem() {
        #expect(isFound([text("b"), text("a")], Array("ab".utf8)))
        #expect(!isFound([text("b"), text("c")], Array("ab".utf8)))
    }

    @Test("nocase folds letters and nothing else")
    func nocase() {
        #expect(isFound([text("!ToolBox", nocase: true)], Array("xx!tOOLbOX".utf8)))
        #expect(!isFound([text("!toolbox")], Array("!Toolbox".utf8)))
        // Bit 5 apart, as letters are, but none.
        #expect(!isFound([text("@[1", nocase: true)], [0x60, 0x7B, 0x11]))
        #expect(!isFound([text("{", nocase: true)], [0x5B]))
    }

    @Test("wildcards match any byte or any nibble")
    func wildcards() {
        let pattern = BytePattern(pattern: HexPattern([0xDE, 0, 0xE0], masks: [0xFF, 0, 0xF0]))
        #expect(isFound([pattern], [1, 0xDE, 77, 0xEF]))
        #expect(!isFound([pattern], [1, 0xDE, 77, 0xFF]))
        let anything = BytePattern(pattern: HexPattern([0, 0], masks: [0, 0]))
        #expect(isFound([anything], [1, 2]))
        #expect(!isFound([anything], [1]))
    }

    @Test("random signatures are found exactly where backtracking finds them")
    func againstBacktracking() {
        var found = 0
        for seed in UInt64(0)..<6_000 {
            var random = SplitMix64(seed: seed)
            let alphabet = Array("aAb[{".utf8).prefix(2 + random.below(4))
            let bytes = (0..<random.below(28)).map { _ in alphabet[random.below(alphabet.count)] }
            let patterns = (0..<1 + random.below(4)).map { _ in
                let count = 1 + random.below(3)
                let values = (0..<count).map { _ in alphabet[random.below(alphabet.count)] }
                let masks = (0..<count).map { _ in [0xFF, 0xFF, 0xFF, 0xF0, 0x0F, 0][random.below(6)] as UInt8 }
                return BytePattern(
                    pattern: HexPattern(values, masks: masks), isCaseInsensitive: random.below(3) == 0,
                    offset: random.below(2) == 0 ? 0 : random.below(8),
                    depth: random.below(2) == 0 ? nil : random.below(20),
                    distance: random.below(2) == 0 ? nil : random.below(6),
                    within: random.below(2) == 0 ? nil : random.below(9))
            }
            let expected = Backtracking.isFound(patterns, in: bytes)
            if expected { found += 1 }
            #expect(isFound(patterns, bytes) == expected, "seed \(seed)")
            // What is enough to look at is enough: what comes behind changes nothing.
            let inspected = SignatureTable.inspectedByteCount(patterns)
            #expect(isFound(patterns, Array(bytes.prefix(max(0, inspected)))) == expected, "seed \(seed)")
        }
        // The traffic is worth something only if both outcomes are common.
        #expect(found > 1_000 && found < 5_000)
    }

    @Test("long packets keep their positions, at each size of the sets and one beyond")
    func long() {
        for count in [4_031, 4_032, 4_095, 4_096, 65_535, 65_536, 65_599, 65_600, 70_000] {
            var bytes = [UInt8](repeating: 0x61, count: count)
            bytes[count - 1] = 0x63
            bytes[count - 3] = 0x62
            let near = [text("a"), text("b", within: 1), text("a", within: 1), text("c", within: 1)]
            #expect(isFound(near, bytes))
            #expect(!isFound(near + [text("c", within: 1)], bytes))
            #expect(isFound([text("a", depth: 1), text("c", distance: count - 2, within: 1)], bytes))
            #expect(!isFound([text("b"), text("c", distance: 0, within: 1)], bytes))
        }
    }

    @Test("no offset, depth, distance or within traps, and a depth of nothing never matches")
    func extremes() {
        let numbers: [Int] = [0, 1, 5, .max, .max - 1]
        let nullable: [Int?] = [nil, .min, -1, 0, 1, 5, .max]
        for offset in numbers {
            for depth in nullable {
                for distance in [nil, 0, 3, .max] as [Int?] {
                    for within in nullable {
                        let placed = text(
                            "a", offset: offset, depth: depth, distance: distance, within: within)
                        let result = isFound([text("a"), placed, placed], Array("aaaaaa".utf8))
                        if let depth, depth <= 0 { #expect(!result) }
                        _ = SignatureTable.inspectedByteCount([placed, placed])
                    }
                }
            }
        }
    }
}
