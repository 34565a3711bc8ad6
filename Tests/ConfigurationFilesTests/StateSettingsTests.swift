import ConfigurationFiles
import Settings
import Testing

@Suite("state on disk, as a service asks for it")
struct StateSettingsTests {
    private static let listeners = """
        version: 1
        listeners:
          - { name: world, bind: 0.0.0.0:1, to: 127.0.0.1:9 }

        """

    private func settings(_ state: String) throws -> StateSettings? {
        let folder = try ScratchFolder()
        let result = ConfigurationLoader.load(try folder.write("s.yaml", Self.listeners + state))
        #expect(result.text == "")
        return try #require(result.configuration).settings.state
    }

    @Test("a path alone and a mapping say the same, and what is left out has its default")
    func everything() throws {
        #expect(try settings("") == nil)
        let plain = StateSettings(file: "/var/lib/portcullis/state.db")
        #expect(plain.leastScore == 1 && plain.historyNS == 90 * 86_400_000_000_000)
        #expect(try settings("state: /var/lib/portcullis/state.db\n") == plain)
        #expect(try settings("state: { file: /var/lib/portcullis/state.db }\n") == plain)
        var all = StateSettings(file: "s.db")
        (all.leastScore, all.historyNS) = (2.5, 3_600_000_000_000)
        #expect(try settings("state: { file: s.db, scores_above: 2.5, history: 1h }\n") == all)
    }

    @Test(
        "what cannot be is told in its place",
        arguments: [
            ("[s.db]", "4:8: error[C012]: expected a path, found a list"),
            ("{ scores_above: 1 }", "4:8: error[C011]: 'state' needs the key 'file'"),
            ("\":memory:\"", "4:8: error[C013]: ':memory:' is no path of a file"),
            ("\"-\"", "4:8: error[C013]: '-' is no path of a file"),
            ("file:s.db", "4:8: error[C013]: 'file:s.db' is no path of a file"),
            ("/var/lib/", "4:8: error[C013]: '/var/lib/' is a folder's path"),
            ("{ file: s.db, scores_above: -1 }", "4:36: error[C013]: "),
            ("{ file: s.db, scores_above: 1000001 }", "4:36: error[C014]: "),
            ("{ file: s.db, history: 59m }", "4:31: error[C014]: "),
            ("{ file: s.db, history: 3651d }", "4:31: error[C014]: "),
            ("{ file: s.db, histry: 1d }", "4:22: error[C010]: 'state' has no key 'histry'"),
        ])
    func mistakes(state: String, message: String) throws {
        let found = try ScratchFolder.check("s.yaml", Self.listeners + "state: \(state)\n").split(separator: "\n")
            .filter { $0.hasPrefix("s.yaml:") }
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.yaml:" + message) == true, "\(found)")
    }

    @Test("an explanation says where state is kept, and nothing where it is not")
    func explained() throws {
        let folder = try ScratchFolder()
        let with = try folder.write("s.yaml", Self.listeners + "state: { file: s.db, history: 30d }\n")
        let text = ConfigurationLoader.explain(with).explanation?.text(width: 200) ?? ""
        #expect(text.contains("bans and scores above 1 are kept in s.db, what happened to bans for 30d"))
        let without = try folder.write("t.yaml", Self.listeners)
        #expect(ConfigurationLoader.explain(without).explanation?.text(width: 200).contains("kept in") == false)
    }
}
