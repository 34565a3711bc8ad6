import Testing

@Suite("The lints of files")
struct FileLintTests {
    private func file(lineCount: Int) -> TextFile {
        TextFile(path: "A.swift", text: String(repeating: "x\n", count: lineCount))
    }

    private func describe(_ complaints: [Complaint]) -> [String] { complaints.map(\.description) }

    @Test("400 lines need no reason, 401 do, and no reason helps above 600")
    func lengths() {
        #expect(FileShape.lengths([file(lineCount: 400)], reasons: [:]).isEmpty)
        #expect(
            describe(FileShape.lengths([file(lineCount: 401)], reasons: [:])) == [
                "A.swift: 401 lines: above 400 a file needs a listed reason"
            ])
        #expect(FileShape.lengths([file(lineCount: 600)], reasons: ["A.swift": "a table"]).isEmpty)
        #expect(
            describe(FileShape.lengths([file(lineCount: 601)], reasons: ["A.swift": "a table"])) == [
                "A.swift: 601 lines, most 600"
            ])
    }

    @Test("a reason for a file that is short or gone is an error")
    func staleReasons() {
        #expect(
            describe(FileShape.lengths([file(lineCount: 400)], reasons: ["A.swift": "a table", "B.swift": "a table"]))
                == [
                    "A.swift: is listed as a long file and is none", "B.swift: is listed as a long file and is none",
                ])
    }

    @Test("a line of 120 columns passes, one of 121 does not, and columns are characters")
    func columns() {
        let text = String(repeating: "é", count: 120) + "\n" + String(repeating: "é", count: 121) + "\n"
        #expect(
            describe(FileShape.columns(TextFile(path: "A.swift", text: text))) == ["A.swift:2: 121 columns, most 120"])
    }

    @Test(
        "each forbidden word is found where it stands by itself",
        arguments: [
            "// TO" + "DO: later", "FIX" + "ME", "X" + "XX", "let a = try" + "! f()",
            "class A: @unchecked" + " Sendable {",
            "nonisolated" + "(unsafe) var a", "swiftc -O" + "unchecked", ".unsafe" + "Flags([])", "cd /wo" + "rk/main",
            "\"/ro" + "ot/.cache\"",
        ])
    func forbidden(line: String) {
        let complaints = ForbiddenWords.check(TextFile(path: "a", text: "fine\n\(line)\n"))
        #expect(complaints.map(\.line) == [2], "\(complaints)")
    }

    @Test(
        "a part of a longer word or path is not forbidden",
        arguments: [
            "mktemp run.XX" + "XXXX", "TO" + "DOS", "https://example.org/net/wo" + "rk/x", "try f()", "frame/wo" + "rk",
        ])
    func lookalikes(line: String) {
        #expect(ForbiddenWords.check(TextFile(path: "a", text: line)).isEmpty)
    }
}
