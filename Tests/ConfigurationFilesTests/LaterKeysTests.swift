import Testing

@Suite("keys of the language that come later")
struct LaterKeysTests {
    @Test("such a key of a service is refused by its name", arguments: ["fleet"])
    func service(key: String) throws {
        let text = "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\n\(key): x\n"
        try expectRefused(key, try ScratchFolder.check("s.yaml", text))
    }

    private func expectRefused(_ line: String, _ text: String) throws {
        let key = line.split(separator: ":").first ?? ""
        #expect(text.contains("error[C015]: '\(key)' is not supported yet by this version\n"))
        #expect(text.split(separator: "\n").count { $0.contains("error[") } == 1)
    }
}
