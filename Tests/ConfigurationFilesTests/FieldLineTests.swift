import PacketFields
import Testing

@testable import ConfigurationFiles

@Suite("Conditions and edits as they are written")
struct FieldLineTests {
    private static let layout = PacketLayout(
        fields: [
            Field(
                name: "class", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .start(4)),
            Field(name: "x", kind: .float(byteCount: 4, isLittleEndian: true), origin: .start(5)),
            Field(name: "key", kind: .bytes(.fixed(2)), origin: .start(9)),
            Field(name: "name", kind: .terminated(.utf8), origin: .start(11)),
            Field(name: "tag", kind: .text(.fixed(4), .latin1, isNULEnded: true), origin: .after(3)),
        ],
        arrays: [
            ArrayLayout(
                name: "members", count: .field(0), elements: .contiguous(first: .after(4), byteCount: 1))
        ])

    /// What a reader makes of the only line of a mapping, and what it has to say.
    private static func read<Value>(_ line: String, _ read: (DiagnosticBag, Node.Entry) -> Value?) -> (Value?, [String])
    {
        let diagnostics = DiagnosticBag()
        guard let node = DocumentReader.parse(path: "x.yaml", bytes: Array((line + "\n").utf8), diagnostics),
            case .mapping(let entries) = node.content, let entry = entries.first
        else { return (nil, ["no mapping"]) }
        let value = read(diagnostics, entry)
        return (value, diagnostics.sorted.map { "\($0.column): \($0.message)" })
    }

    private static func condition(_ line: String) -> (FieldCondition?, [String]) {
        read(line) { ConditionReader(diagnostics: $0, layout: layout, packet: "A").condition($1) }
    }

    private static func edits(_ line: String) -> ([FieldEdit]?, [String]) {
        read(line) { EditReader(diagnostics: $0, layout: layout, packet: "A").edits($1) }
    }

    @Test(
        "a number is compared with a value, a range, a list and a limit",
        arguments: [
            ("class: 3", [.integer(3...3)]), ("class: 0x1f", [.integer(31...31)]),
            ("class: [0..12, 15]", [.integer(0...12), .integer(15...15)]), ("class: -1..3", [.integer(-1...3)]),
            ("class: \"> 9\"", [.integer(10...(1 << 65))]), ("class: \">=9\"", [.integer(9...(1 << 65))]),
            ("class: \"< 9\"", [.integer(-(1 << 65)...8)]), ("class: \"<= 9\"", [.integer(-(1 << 65)...9)]),
            ("x: 1.5", [.float(1.5...1.5)]), ("x: -10..10.25", [.float(-10...10.25)]),
            ("x: [not finite, \">= 200000\"]", [.notFinite, .float(200_000...Double.greatestFiniteMagnitude)]),
            ("x: \"> 1\"", [.float(1.0.nextUp...Double.greatestFiniteMagnitude)]),
            ("key: \"de ad\"", [.bytes([0xDE, 0xAD])]),
            ("name: ab", [.text([0x61, 0x62])]), ("name: \"\"", [.text([])]),
            ("name: not well-formed", [.notWellFormed]),
            ("name: 'not well-formed'", [.text("not well-formed".unicodeScalars.map(\.value))]),
            ("name: { text: not well-formed }", [.text("not well-formed".unicodeScalars.map(\.value))]),
        ] as [(String, [FieldCondition.Test])])
    func values(line: String, tests: [FieldCondition.Test]) {
        let (condition, problems) = Self.condition(line)
        #expect(problems == [])
        #expect(condition?.tests == tests)
    }

    @Test("lengths and counts are compared as numbers")
    func subjects() {
        #expect(
            Self.condition("name.length: \"> 300\"").0 == FieldCondition(.length(field: 3), [.integer(301...(1 << 65))])
        )
        #expect(Self.condition("members.count: 0").0 == FieldCondition(.count(array: 0), [.integer(0...0)]))
    }

    @Test("a text may be described, contained, and compared without regard to case")
    func patterns() throws {
        let pattern = { (line: String) -> TextPattern? in
            guard case .pattern(let pattern)? = Self.condition(line).0?.tests.first else { return nil }
            return pattern
        }
        #expect(pattern("name: { matches: '[a-z]+' }") == (try TextPattern(parsing: "[a-z]+")))
        #expect(pattern("name: { contains: 'a.b' }") == (try TextPattern(parsing: #".*a\.b.*"#)))
        #expect(
            pattern("name: { text: GM, nocase: true }") == (try TextPattern(parsing: "GM", isCaseless: true)))
    }

    @Test(
        "a condition that cannot be is refused in its place",
        arguments: [
            ("clas: 3", "1: 'A' has no field 'clas'"), ("members: 3", "1: 'A' has no field 'members'"),
            ("class.size: 3", "1: there is no 'size' of a field"), ("class.count: 3", "1: 'A' has no array 'class'"),
            ("class: 256", "8: no such field is 256: it holds 0 to 255"),
            ("class: \"< 0\"", "8: no such field is < 0: it holds 0 to 255"),
            ("class: 1.5", "8: expected a number such as 15, 0..12 or \"> 1000\", found '1.5'"),
            ("class: 5..3", "8: expected a number such as 15, 0..12 or \"> 1000\", found '5..3'"),
            ("class: []", "8: this list is empty"),
            ("key: xyz", "6: expected bytes in hex such as \"de ad ?? ef\", found 'xyz'"),
            ("key: \"de ??\"", "6: no part of these bytes may be left open"),
            ("name: { matches: '[a' }", "18: '[a' is no pattern: a '[' without its ']'"),
            ("name: { nocase: true }", "7: a text's condition needs one of the keys text, contains, matches"),
            ("x.length: \"> 4\"", "11: the length of 'x' is always 4"),
            ("key.length: [2, 3]", "13: the length of 'key' is always 2"),
            ("tag.length: 5", "13: the length of 'tag' is at most 4"),
            ("name.length: -1", "14: no such field is -1: it holds 0 to 18446744073709551615"),
        ])
    func badConditions(line: String, problem: String) {
        let (condition, problems) = Self.condition(line)
        #expect(condition == nil)
        #expect(problems == [problem])
    }

    @Test(
        "edits are read in the order in which they are written",
        arguments: [
            ("class: { set: 3 }", [.setInteger(3)]), ("class: { clamp: 0..12 }", [.clampInteger(0...12)]),
            ("x: { clamp: -1.5..1 }", [.clampFloat(-1.5...1)]), ("x: { set: 2 }", [.setFloat(2)]),
            ("key: { set: '00 01' }", [.setBytes([0, 1])]), ("name: { truncate: 0 }", [.truncate(0)]),
            ("name: { set: '' }", [.setText([])]), ("tag: { set: abc }", [.setText([0x61, 0x62, 0x63])]),
            (
                "name: { truncate: 9, strip_tags: { keep: [Font, b] }, strip_control: true }",
                [.truncate(9), .stripTags(keep: ["font", "b"]), .stripControl]
            ),
            ("name: { strip_tags: {} }", [.stripTags(keep: [])]),
        ] as [(String, [FieldEdit.Change])])
    func edits(line: String, changes: [FieldEdit.Change]) {
        let (edits, problems) = Self.edits(line)
        #expect(problems == [])
        #expect(edits?.map(\.change) == changes)
    }

    @Test(
        "an edit that cannot be is refused in its place",
        arguments: [
            ("nam: { truncate: 1 }", "1: 'A' has no field 'nam'"),
            ("class: { set: 256 }", "15: 256 does not fit the field: it holds 0 to 255"),
            ("class: { clamp: 0..256 }", "17: 256 does not fit the field: it holds 0 to 255"),
            ("class: { clamp: 5 }", "17: expected a range such as 0..100, found '5'"),
            ("class: { truncate: 5 }", "10: 'truncate' does not go with a field that is a whole number"),
            ("x: { strip_control: true }", "6: 'strip_control' does not go with a field that is a number"),
            ("name: { clamp: 0..1 }", "9: 'clamp' does not go with a field that is a text"),
            ("name: { strip_control: false }", "24: leave 'strip_control' out where nothing is to be stripped"),
            ("name: { strip_tags: { keep: ['<b>'] } }", "30: expected the name of a tag such as font, found '<b>'"),
            ("name: { set: \"a\\0b\" }", "14: a NUL would end the text"),
            ("tag: { set: abcd }", "13: the field has room for 3 bytes, and this text takes 4"),
            ("tag: { set: '€' }", "13: latin1 has no character '€'"),
            ("key: { set: '00' }", "13: the field has always 2 bytes, and these are 1"),
            ("key: { truncate: 1 }", "8: the field has always 2 bytes and cannot be cut"),
            ("name: {}", "7: nothing says what is done to 'name'"),
            ("name: { shout: true }", "9: a rewrite has no key 'shout'"),
        ])
    func badEdits(line: String, problem: String) {
        let (edits, problems) = Self.edits(line)
        #expect(edits == nil)
        #expect(problems == [problem])
    }
}
