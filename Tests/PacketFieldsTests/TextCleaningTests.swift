import PacketFields
import TestSupport
import Testing
import WireBytes

@Suite("Texts that are cleaned")
struct TextCleaningTests {
    private func cleaned(_ text: String, _ change: FieldEdit.Change) -> String? {
        let layout = PacketLayout.one(.text(.rest(less: 0), .utf16le, isNULEnded: false))
        return layout.edited(utf16(text), 0, change).map { bytes in
            String(
                decoding: stride(from: 0, to: bytes.count, by: 2).map {
                    UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
                }, as: UTF16.self)
        }
    }

    private func cleaned(bytes: [UInt8], _ change: FieldEdit.Change, _ encoding: TextEncoding = .utf8) -> [UInt8]? {
        PacketLayout.one(.text(.rest(less: 0), encoding, isNULEnded: false)).edited(bytes, 0, change)
    }

    @Test(
        "tags go, but for those that are kept, in both forms and in any case",
        arguments: [
            ("hello", "hello"), ("", ""), ("a > b", "a > b"), ("a<b>c</b>d", "acd"),
            ("<FONT color=\"#ff0000\">hi</FONT>", "<FONT color=\"#ff0000\">hi</FONT>"),
            ("<font>a<b>c</font>", "<font>ac</font>"),
            (
                "<ChatLinkAction param=\"1#####2@3\">&lt;x&gt;</ChatLinkAction>",
                "<ChatLinkAction param=\"1#####2@3\">&lt;x&gt;</ChatLinkAction>"
            ),
            ("<fonts>x</fonts>", "x"), ("<fon>x", "x"), ("< font>x", "x"), ("<font\u{0}>x", "x"), ("<font\n>x", "x"),
            ("<font/>x", "<font/>x"), ("<//font>x", "x"), ("</>x", "x"), ("<>x", "x"),
            ("<img src='x'>y", "y"), ("<!-- <font> -->z", " -->z"),
        ])
    func tags(text: String, expected: String) {
        #expect(cleaned(text, .stripTags(keep: ["font", "chatlinkaction"])) == expected)
    }

    @Test(
        "what is not closed takes all behind it along, and one tag inside another goes with it",
        arguments: [
            ("a<b", "a"), ("a<", "a"), ("a<font", "a"), ("x<font color=\"<b>\">y", "x\">y"),
            ("<<b>script>x", "script>x"),
            ("<b<font>>x", ">x"), ("<font <b>>x", ">x"), ("I <3 you", "I "), ("<font>I <3 you</font>", "<font>I "),
        ])
    func unclosed(text: String, expected: String) {
        #expect(cleaned(text, .stripTags(keep: ["font"])) == expected)
    }

    @Test("a tag with a quote that does not end is not kept, and other quotes within quotes are")
    func quotes() {
        let keep = FieldEdit.Change.stripTags(keep: ["font"])
        #expect(cleaned("<font face=\">x\">y", keep) == "x\">y")
        #expect(cleaned("<font face='>x", keep) == "x")
        #expect(cleaned("<font face=\"it's\">x", keep) == "<font face=\"it's\">x")
    }

    @Test("broken pieces go with the tags, so that no lenient reader finds a tag in them")
    func broken() {
        let keep = FieldEdit.Change.stripTags(keep: ["font"])
        #expect(cleaned(bytes: [0xC0, 0xBC] + Array("b>x".utf8), keep) == Array("b>x".utf8))
        #expect(cleaned(bytes: Array("<fo".utf8) + [0xFF] + Array("nt>x".utf8), keep) == Array("x".utf8))
        #expect(cleaned(bytes: [0x3D, 0xD8] + utf16("<b>") + [0x00, 0xDE] + utf16("x"), keep, .utf16le) == utf16("x"))
    }

    @Test(
        "whatever comes in, every tag that comes out is one that is kept, and cleaning again changes nothing",
        arguments: [UInt64(1), 2, 3])
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let parts = [
            "<", ">", "<", "/", "font", "FONT", "b", " ", "\"", "'", "=", "x", "é", "😀", "<b>", "</font>", "\u{0}",
        ]
        let tag = #/<\/?(?i:font)(?:[ \/][^<>]*)?>/#
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in parts.randomElement(using: &random) ?? ""
            }.joined()
            guard let clean = cleaned(text, .stripTags(keep: ["font"])) else {
                Issue.record("\(text) cannot be cleaned")
                continue
            }
            #expect(!clean.replacing(tag, with: "").contains("<"), "\(text) became \(clean)")
            #expect(cleaned(clean, .stripTags(keep: ["font"])) == clean, "\(text) became \(clean)")
        }
    }

    @Test("a text full of openings is cleaned in one go")
    func linear() {
        let text = [UInt8](repeating: UInt8(ascii: "<"), count: 60_000)
        #expect(cleaned(bytes: text, .stripTags(keep: ["font"])) == [])
        #expect(cleaned(bytes: text + [UInt8(ascii: ">")], .stripTags(keep: ["font"])) == [])
    }

    @Test("what is not shown but acted on goes, and letters stay")
    func control() {
        #expect(
            cleaned("a\u{0}b\tc\nd\u{7F}e\u{85}f\u{202E}g\u{2066}h\u{200B}i\u{FEFF}j\u{2028}k", .stripControl)
                == "abcdefghijk")
        #expect(cleaned("ä €😀 <b> \u{200D}", .stripControl) == "ä €😀 <b> \u{200D}")
        #expect(cleaned(bytes: [0x61, 0xC0, 0x80, 0xFF, 0x62], .stripControl) == [0x61, 0x62])
        // In a code page these are letters.
        #expect(cleaned(bytes: [0x61, 0x07, 0x85, 0x7F], .stripControl, .latin1) == [0x61, 0x85])
    }

    @Test("a text is cut between characters, never within one")
    func truncate() {
        #expect(cleaned("a😀b", .truncate(3)) == "a😀b")
        #expect(cleaned("a😀b", .truncate(2)) == "a😀")
        #expect(cleaned("a😀b", .truncate(1)) == "a")
        #expect(cleaned("a😀b", .truncate(0)) == "")
        let bytes = Array("é€😀".utf8)
        #expect(cleaned(bytes: bytes, .truncate(1)) == Array("é".utf8))
        #expect(cleaned(bytes: bytes, .truncate(2)) == Array("é€".utf8))
        #expect(cleaned(bytes: bytes, .truncate(3)) == bytes)
    }
}
