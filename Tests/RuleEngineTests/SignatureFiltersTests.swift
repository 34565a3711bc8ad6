import Testing
import WireBytes

@testable import RuleEngine

@Suite("The filter for many signatures") struct SignatureFiltersTests {
    /// Filters for signatures of one pattern each, by their numbers.
    private struct Search {
        var table = SignatureTable()
        var filters = SignatureFilters()
        let index: Int

        init(_ patterns: [BytePattern]) {
            for pattern in patterns { table.append([pattern]) }
            index = filters.append(patterns.indices.map { Int32($0) }, of: table)
        }

        func candidates(_ bytes: [UInt8]) -> [Int32] {
            var candidates = Candidates()
            filters.search(index, in: bytes.span.bytes, for: &candidates)
            return table.places.indices.map { Int32($0) }.filter { candidates.next(from: $0, through: $0) == $0 }
        }
    }

    private func pattern(_ text: String, nocase: Bool = false, offset: Int = 0, depth: Int? = nil) -> BytePattern {
        BytePattern(
            pattern: HexPattern(Array(text.utf8)), isCaseInsensitive: nocase, offset: offset, depth: depth)
    }

    @Test("a signature is found at every place, and not when one of the bytes compared is missing", arguments: 2...12)
    func everyPlace(count: Int) {
        let text = String("GHIJKLMNOPQR".prefix(count))
        let search = Search([pattern(text)])
        for before in 0..<12 {
            for after in 0..<10 {
                let start = [UInt8](repeating: 0x2E, count: before) + Array(text.utf8)
                #expect(search.candidates(start + [UInt8](repeating: 0x2E, count: after)) == [0])
                // Eight are compared at most.
                #expect(search.candidates(Array(start.dropLast(max(1, count - 7)))).isEmpty)
            }
        }
    }

    @Test("bytes around a window that differ, or stand where the pattern may not, are no candidate")
    func comparison() {
        let search = Search([
            pattern("abcdef"), pattern("abcdeg"), pattern("ABCDEF", nocase: true), pattern("abcdef", offset: 3),
            pattern("abcdef", depth: 6), pattern("abcdef", offset: 1, depth: 7),
        ])
        #expect(search.candidates(Array("abcdef".utf8)) == [0, 2, 4])
        #expect(search.candidates(Array(".abcdef".utf8)) == [0, 2, 5])
        #expect(search.candidates(Array("..abcdef".utf8)) == [0, 2, 5])
        #expect(search.candidates(Array("...abcdef".utf8)) == [0, 2, 3])
        #expect(search.candidates(Array("aBcDeF".utf8)) == [2])
        #expect(search.candidates(Array("abcdeg".utf8)) == [1])
        #expect(search.candidates(Array("abcdeh".utf8)).isEmpty)
    }

    @Test("of signatures that begin alike, one is a candidate where its own bytes are")
    func sharedBeginnings() {
        let patterns = (0..<200).map { pattern("/command \($0 + 1_000)") }
        let search = Search(patterns)
        #expect(search.candidates(Array("say /command 1117 now".utf8)) == [117])
        #expect(search.candidates(Array("say /command 17 now".utf8)).isEmpty)
    }

    @Test("signatures that are alike but for a few bytes are told apart by these, others by long windows")
    func windows() {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        let endings = (0..<200).map { "\(letters[$0 % 26])\(100 + $0)" }
        let alike = Search(endings.map { pattern("/command \($0)") })
        #expect(alike.filters.filters[0].step < 5)
        let ends = alike.filters.buckets
        #expect(zip(ends, ends.dropFirst()).allSatisfy { first, next in next - first < 32 })
        let different = Search(endings.map { pattern("\($0)\($0)\($0)") })
        #expect(different.filters.filters[0].step == 5)
    }

    @Test("a packet that needs one comparison too many has all signatures as candidates")
    func comparisonsBound() {
        // One of them stands nowhere; the others are one window.
        let patterns = Array(repeating: pattern("abcd"), count: 64) + [pattern("wxyz")]
        let search = Search(patterns)
        let filter = search.filters.filters[search.index]
        // Each `abcd` at an even place takes 64 comparisons.
        func packet(_ count: Int) -> [UInt8] {
            Array((String(repeating: "abcd", count: count) + String(repeating: "....", count: 20 - count)).utf8)
        }
        let most = filter.comparisonCountMax(byteCount: 80) / 64
        #expect(search.candidates(packet(most)) == Array(0..<64))
        #expect(search.candidates(packet(most + 1)) == Array(0..<65))
    }

    @Test("a set of candidates holds what was put in, and shares a bit between numbers 512 apart")
    func candidates() {
        for number in [0, 1, 63, 64, 511, 512, 513, 65_535] as [Int32] {
            var candidates = Candidates()
            #expect(candidates.isEmpty)
            #expect(candidates.next(from: 0, through: 70_000) == nil)
            candidates.insert(number)
            #expect(!candidates.isEmpty)
            #expect(candidates.next(from: number, through: number) == number)
            #expect(candidates.next(from: number + 1, through: number + 511) == nil)
            #expect(candidates.next(from: number + 1, through: number + 512) == number + 512)
            #expect(candidates.next(from: 0, through: 600) == number % 512)
        }
        var all = Candidates()
        all.insertAll()
        #expect(all.next(from: 77, through: 77) == 77)
    }

    @Test("fewer signatures than pay are verified one by one, as are those without two known bytes in a row")
    func least() {
        func runs(_ patterns: [String]) -> [Int32] {
            let rules = patterns.enumerated().map { RuleDefinition.rule(100 + UInt32($0), bytes: [pattern($1)]) }
            let policy = makePolicy(rules, packets: 1)
            return policy.checks.map(\.run)
        }
        #expect(runs(["abcd"]) == [0])
        #expect(runs(["abcd", "efgh"]) == [2, 1])
        #expect(runs(["ab", "cd", "ef"]) == [0, 0, 0])
        #expect(runs(["ab", "cd", "ef", "gh"]) == [4, 3, 2, 1])
        #expect(runs(["abcd", "e", "fghi", "jklm", "no"]) == [1, 0, 2, 1, 0])
    }

    @Test("a packet is not searched where no signature holds: another phase, another size, too short")
    func scope() {
        let policy = makePolicy(
            [
                .rule(100, sizes: [20...30], phases: [1], bytes: [pattern("abcd", offset: 2)]),
                .rule(101, sizes: [28...40], phases: [2], bytes: [pattern("efghij", depth: 9)]),
            ], packets: 1)
        let bytes = Array("..abcdefghij".utf8)
        func isSearched(phase: UInt8, size: Int, count: Int = 12) -> Bool {
            let facts = PacketFacts(direction: .inbound, packet: 0, phase: phase, byteCount: size, opcode: 0)
            let list = policy.rules(of: 0, .inbound).list
            return !policy.candidates(list, facts, in: bytes.span.bytes.extracting(first: count)).isEmpty
        }
        #expect(isSearched(phase: 1, size: 20) && isSearched(phase: 2, size: 40))
        #expect(!isSearched(phase: 0, size: 20) && !isSearched(phase: 3, size: 20))
        #expect(!isSearched(phase: 1, size: 19) && !isSearched(phase: 1, size: 41))
        #expect(isSearched(phase: 1, size: 20, count: 6) && !isSearched(phase: 1, size: 20, count: 5))
    }
}
