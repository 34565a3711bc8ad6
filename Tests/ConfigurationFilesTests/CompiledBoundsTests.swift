import ConfigurationFiles
import Testing

@Suite("what rules and packets may become together")
struct CompiledBoundsTests {
    /// A service whose protocol has so many packets, and so many rules of a form.
    private func check(packets: Int, rules: Int, rule: String) throws -> String {
        let folder = try ScratchFolder()
        try folder.write(
            "s.yaml",
            """
            version: 1
            listeners: [{ name: l, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: game, policies: [rules] }]
            """)
        let names = (1...packets).map { "    P\($0): { opcode: \($0) }\n" }.joined()
        try folder.write(
            "protocols/game.yaml",
            """
            version: 1
            protocol: game
            phases: [{ name: play, frame: { length: u16be@0, counts: packet, min: 4 }, opcode: u16be@2 }]
            packets:
              client:

            """ + names)
        let list = (0..<rules).map { "  - { id: \(1_000 + $0), name: r\($0), \(rule) }\n" }.joined()
        try folder.write("policies/rules.yaml", "version: 1\npolicy: rules\nprotocol: game\nrules:\n" + list)
        return folder.check("s.yaml")
    }

    private let ownBuckets = "limit: { per: [connection, packet], rate: 1/s }"

    @Test("a connection may have 4096 buckets of its own, and not one more")
    func buckets() throws {
        // The unknown packet has one, too.
        #expect(try check(packets: 1_023, rules: 4, rule: ownBuckets) == "")
        let text = try check(packets: 1_024, rules: 4, rule: ownBuckets)
        #expect(text.contains("every connection of 'l' would have 4100 buckets, and at most 4096 are possible"))
    }

    @Test("what rules remember of packets counts among the buckets")
    func memories() throws {
        let names = (1...32).map { "P\($0)" }.joined(separator: ", ")
        let repeats = "packet: [\(names)], repeats: { count: 2, in: 1s }"
        #expect(try check(packets: 32, rules: 4, rule: repeats) == "")
        let text = try check(packets: 32, rules: 5, rule: repeats)
        #expect(text.contains("every connection of 'l' would have 5120 buckets, and at most 4096 are possible"))
        // All packets of a rule that names none are remembered together.
        #expect(try check(packets: 1_000, rules: 128, rule: "repeats: { count: 2, in: 1s }") == "")
    }

    @Test("rules times packets are refused before they are compiled")
    func checks() throws {
        let text = try check(packets: 20_000, rules: 2_000, rule: ownBuckets)
        #expect(text.contains("the rules of 'l' become 40002000 checks, and at most 1000000 are possible"))
    }

    @Test("rules that name no packet are cheap, however many packets have a name")
    func everywhere() throws {
        #expect(try check(packets: 20_000, rules: 500, rule: "limit: { rate: 1/s }") == "")
    }

    @Test("a file that check does not read, and a folder it does not look into, are said")
    func leftOut() throws {
        let folder = try ScratchFolder()
        let deep = (1...12).map { "d\($0)" }.joined(separator: "/")
        try folder.write("line.yaml", "version: 1\nprotocol: line\nphases: [{ name: a, opaque: true }]\n")
        try folder.write("other.yml", "version: 1\n")
        try folder.write("\(deep)/lost.yaml", "nonsense")
        let text = folder.check()
        #expect(text.contains("other.yml: warning[C026]: was not read: the names of files end in .yaml\n"))
        #expect(text.contains(": warning[C026]: is too many folders deep and was not looked into\n"))
    }

    @Test("marks that turn the direction of text, and line breaks in a value, never reach the terminal")
    func hostileText() throws {
        let text = try ScratchFolder.check(
            "s.yaml", "version: 1\nlisteners: [{ name: \"a\\u202eb\\nc\", bind: 1, to: 2, \u{202E}key: 1 }]\n")
        #expect(!text.unicodeScalars.contains("\u{202E}"))
        #expect(text.contains("a?b?c"))
    }
}
