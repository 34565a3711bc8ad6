import PacketFields
import TestSupport
import Testing
import WireBytes

@Suite("Patterns of texts")
struct TextPatternTests {
    private let layout = PacketLayout(fields: [
        Field(name: "t", kind: .text(.rest(less: 0), .utf8, isNULEnded: false), origin: .start(0))
    ])

    private func matches(_ pattern: String, _ text: String, isCaseless: Bool = false) throws -> Bool {
        try matches(pattern, bytes: Array(text.utf8), isCaseless: isCaseless)
    }

    private func matches(_ pattern: String, bytes: [UInt8], isCaseless: Bool = false) throws -> Bool {
        let compiled = try TextPattern(parsing: pattern, isCaseless: isCaseless)
        return FieldCondition(.value(field: 0), [.pattern(compiled)]).holds(in: bytes.span.bytes, layout: layout)
    }

    @Test(
        "a pattern describes the whole text",
        arguments: [
            ("abc", "abc", true), ("abc", "abcd", false), ("abc", "ab", false), ("abc", "xabc", false),
            ("^abc$", "abc", true), ("", "", true), ("", "a", false), ("a|bc|", "bc", true), ("a|bc|", "", true),
            ("a|bc", "abc", false), ("a(b|c)d", "acd", true), ("a(b|c)d", "ad", false), ("a.c", "a\nc", true),
            ("a?b", "b", true), ("a?b", "aab", false), ("a*", "", true), ("a*", "aaaa", true), ("a*", "aab", false),
            ("(ab)+", "ababab", true), ("(ab)+", "aba", false), ("(ab)+", "", false), ("a{3}", "aaa", true),
            ("a{3}", "aa", false), ("a{3}", "aaaa", false), ("a{2,}", "a", false), ("a{2,}", "aaaaa", true),
            ("[0-9a-zA-Z]{5,20}", "abcd", false), ("[0-9a-zA-Z]{5,20}", "abcd9", true),
            ("[0-9a-zA-Z]{5,20}", "abcdeabcdeabcdeabcde", true), ("[0-9a-zA-Z]{5,20}", "abcdeabcdeabcdeabcdef", false),
            ("([0-9A-Z]{2}-){7}[0-9A-Z]{2}", "00-25-22-DF-AC-79-00-00", true),
            ("([0-9A-Z]{2}-){7}[0-9A-Z]{2}", "00-25-22-DF-AC-79-00", false),
            ("[^';]*", "good name", true), ("[^';]*", "a';drop", false), (".*#21.*", "say #21 now", true),
            (#"\d+\.\d+"#, "12.5", true), (#"\d+\.\d+"#, "12x5", false), (#"\w+\s\W"#, "ab_9 -", true),
            (#"[\d-]+"#, "1-2", true), (#"[a\]]+"#, "a]a", true), (#"[\-a]+"#, "-a", true), ("[a-]", "-", true),
            (#"\u{e9}+"#, "éé", true), ("[à-ü]", "é", true), ("[à-ü]", "z", false), ("(a*)*", "aaab", false),
            ("(a|b)*abb", "ababababb", true), ("((a?)?b?)*", "abba", true),
        ])
    func whole(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test("letters of ASCII count in both cases where that is asked for, in brackets too")
    func caseless() throws {
        #expect(try matches("aBc[x-z]", "AbCY", isCaseless: true))
        #expect(try !matches("aBc[x-z]", "AbCY"))
        #expect(try !matches("[^a]", "A", isCaseless: true))
        #expect(try !matches("é", "É", isCaseless: true))
    }

    @Test("a broken piece is taken by what takes anything or all others, and by no character")
    func broken() throws {
        let bytes: [UInt8] = [0x61, 0xFF, 0x62]
        #expect(try matches("a.b", bytes: bytes))
        #expect(try matches("a[^x]b", bytes: bytes))
        #expect(try !matches("a\u{FFFD}b", bytes: bytes))
        #expect(try !matches(#"a[\u{0}-\u{10ffff}]b"#, bytes: bytes))
    }

    @Test("a quoted text describes itself and nothing else")
    func quoted() throws {
        let text = #"a.b*c\d[e](f|g){2}^$?+-/"#
        #expect(try matches(TextPattern.quoted(text), text))
        #expect(try !matches(TextPattern.quoted("a.b"), "axb"))
    }

    @Test(
        "what is no pattern is refused with the place",
        arguments: [
            ("(a", 0), ("a)", 1), ("[a", 0), ("[]", 0), ("*a", 0), ("a**", 2), ("a{2}{3}", 4), ("a{3,2}", 5),
            ("a{", 2), ("a{x}", 2), ("a{3", 3), ("a{1025}", 6), (#"a\"#, 2), (#"\q"#, 1), ("[z-a]", 4), ("a]", 1),
            ("a^b", 1), ("a$b", 1), (#"[\d-z]"#, 4), (#"\u{110000}"#, 9), (#"\u{}"#, 3), ("(?:a)", 1), ("[a[b]", 2),
        ])
    func refused(pattern: String, offset: Int) {
        let error = #expect(throws: TextPatternError.self) { try TextPattern(parsing: pattern) }
        #expect(error?.offset == offset, "\(error?.problem ?? "")")
    }

    @Test("a pattern unfolds to 1,023 characters and its end, and not to one more")
    func bounds() throws {
        _ = try TextPattern(parsing: "a{1023}")
        #expect(throws: TextPatternError.self) { try TextPattern(parsing: "a{1024}") }
        #expect(throws: TextPatternError.self) { try TextPattern(parsing: "((a{11}){10}){10}") }
        #expect(throws: TextPatternError.self) { try TextPattern(parsing: "(((((a{0}){500}){500}){500}){500}){500}") }
        let groups = { (count: Int) in
            String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count)
        }
        _ = try TextPattern(parsing: groups(32))
        #expect(throws: TextPatternError.self) { try TextPattern(parsing: groups(33)) }
        _ = try TextPattern(parsing: String(repeating: "a|", count: 200))
        #expect(throws: TextPatternError.self) { try TextPattern(parsing: String(repeating: " ", count: 4_097)) }
    }

    @Test("a pattern that makes others go back and forth takes its time once")
    func linear() throws {
        let bytes = [UInt8](repeating: 0x61, count: 60_000)
        #expect(try !matches("(a|a)*(a*)*(a|aa)*b", bytes: bytes))
    }

    @Test("a pattern says the same as one that tries all ways", arguments: [UInt64(1), 2, 3, 4])
    func oracle(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<400 {
            let tree = Tree.random(depth: 3, &random)
            let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in "abc".randomElement(using: &random) ?? "a"
            }
            let expected = tree.ends(text, from: [0]).contains(text.count)
            #expect(try matches(tree.source, String(text)) == expected, "\(tree.source) on \(String(text))")
        }
    }
}

/// A pattern that is tried in the plainest way.
private indirect enum Tree {
    case letter(Character)
    case sequence(Tree, Tree)
    case choice(Tree, Tree)
    case repeated(Tree, Int, Int?)

    static func random(depth: Int, _ random: inout SplitMix64) -> Tree {
        switch depth == 0 ? 0 : Int.random(in: 0...3, using: &random) {
        case 0: return .letter("abc".randomElement(using: &random) ?? "a")
        case 1: return .sequence(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
        case 2: return .choice(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
        default:
            let least = Int.random(in: 0...2, using: &random)
            let most = random.chance(1, in: 3) ? nil : least + Int.random(in: 0...2, using: &random)
            return .repeated(.random(depth: depth - 1, &random), least, most)
        }
    }

    var source: String {
        switch self {
        case .letter(let letter): String(letter)
        case .sequence(let one, let other): one.source + other.source
        case .choice(let one, let other): "(\(one.source)|\(other.source))"
        case .repeated(let tree, let least, let most): "(\(tree.source)){\(least),\(most.map(String.init) ?? "")}"
        }
    }

    /// Where it can end when it begins at any of these places.
    func ends(_ text: [Character], from starts: Set<Int>) -> Set<Int> {
        switch self {
        case .letter(let letter): return Set(starts.filter { $0 < text.count && text[$0] == letter }.map { $0 + 1 })
        case .sequence(let one, let other): return other.ends(text, from: one.ends(text, from: starts))
        case .choice(let one, let other): return one.ends(text, from: starts).union(other.ends(text, from: starts))
        case .repeated(let tree, let least, let most):
            var reached = starts
            for _ in 0..<least { reached = tree.ends(text, from: reached) }
            var all = reached
            for _ in 0..<(most.map { $0 - least } ?? text.count + 1) {
                reached = tree.ends(text, from: reached)
                all.formUnion(reached)
            }
            return all
        }
    }
}
