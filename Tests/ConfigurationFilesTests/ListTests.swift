import ConfigurationFiles
import Reputation
import Settings
import Testing
import WireBytes

@Suite("lists of addresses")
struct ListTests {
    private func folder(_ lists: String, _ files: [String: String] = [:]) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write(
            "s.yaml",
            """
            version: 1
            listeners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]
            reputation: { lists: [\(lists)] }

            """)
        for (name, text) in files { try folder.write(name, text) }
        return folder
    }

    @Test("files beside the service's file become one table that knows which list an address stands in")
    func loads() throws {
        let folder = try folder(
            "{ file: a.txt, action: refuse }, { file: lists/b.txt, action: refuse }",
            ["a.txt": "192.0.2.1\n", "lists/b.txt": "192.0.2.0/24\n192.0.2.1\n2001:db8::/32\n"])
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.text == "")
        let configuration = try #require(result.configuration)
        #expect(
            configuration.settings.reputation.lists == [
                ListSettings(file: "a.txt", action: .refuse), ListSettings(file: "lists/b.txt", action: .refuse),
            ])
        #expect(configuration.lists.names == ["a.txt", "lists/b.txt"])
        let refused = configuration.lists.refused
        #expect(refused.value(of: try IPAddress(parsing: "192.0.2.1")) == 0)
        #expect(refused.value(of: try IPAddress(parsing: "192.0.2.2")) == 1)
        #expect(refused.value(of: try IPAddress(parsing: "192.0.3.1")) == nil)
        #expect(refused.value(of: try IPAddress(parsing: "2001:db8::7")) == 1)
    }

    @Test("no list at all, and one without entries, are nobody")
    func empty() throws {
        #expect(try folder("").check("s.yaml") == "")
        let folder = try folder("{ file: a.txt, action: refuse }", ["a.txt": ""])
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.configuration?.lists.refused.isEmpty == true)
    }

    @Test("mistakes in a list are shown with their lines, and the configuration is not used")
    func mistakes() throws {
        let text = "192.0.2.1\n  10.0.0.1/8 # office\n192.0.2.1 - 192.0.2.9\nexample.org\n"
        let folder = try folder("{ file: a.txt, action: refuse }", ["a.txt": text])
        #expect(
            folder.check("s.yaml") == """
                a.txt:2:3: error[C050]: expected an address or network
                    2 |   10.0.0.1/8 # office
                      |   ^~~~~~~~~~
                   help: bits behind the prefix are set; the network is 10.0.0.0/8
                a.txt:3:11: error[C050]: a second word stands behind the entry
                    3 | 192.0.2.1 - 192.0.2.9
                      |           ^
                   help: one address or network a line; # and ; begin a comment
                a.txt:4:1: error[C050]: expected an address or network
                    4 | example.org
                      | ^~~~~~~~~~~
                   help: not an IPv4 address: four numbers of 0 to 255 without leading zeros, as in 192.0.2.1

                """)
        #expect(ConfigurationLoader.load(folder.path + "/s.yaml").configuration == nil)
    }

    @Test("of a list that is wrong everywhere twenty mistakes are shown and the rest is counted")
    func many() throws {
        let text = String(repeating: "x\n", count: 4_321)
        let folder = try folder("{ file: a.txt, action: refuse }", ["a.txt": text])
        let result = ConfigurationLoader.check(folder.path + "/s.yaml")
        #expect(result.errorCount == 4_321)
        #expect(result.diagnostics.count == 20)
        #expect(result.text.hasSuffix("… and 4301 more\n"))
    }

    @Test("a file that is not there is shown where it is named")
    func missing() throws {
        let folder = try folder("{ file: lists/a.txt, action: refuse }")
        #expect(
            folder.check("s.yaml") == """
                s.yaml:3:31: error[C022]: lists/a.txt: no such file
                    3 | reputation: { lists: [{ file: lists/a.txt, action: refuse }] }
                      |                               ^~~~~~~~~~~

                """)
    }

    @Test("a score is not there yet, another action does not exist, and no list stands twice")
    func keys() throws {
        let text = try folder(
            "{ file: a.txt, score: 5 }, { file: b.txt, action: drop }, { file: c.txt }, { action: refuse }, "
                + "{ file: d.txt, action: refuse }, { file: d.txt, action: refuse }",
            ["d.txt": ""]
        ).check("s.yaml")
        #expect(text.contains("error[C015]: 'score' is not supported yet by this version"))
        #expect(text.contains("error[C013]: expected one of refuse, found 'drop'"))
        #expect(text.contains("error[C011]: a list needs the key 'action'"))
        #expect(text.contains("error[C011]: a list needs the key 'file'"))
        #expect(text.contains("error[C024]: the list 'd.txt' is named twice"))
        #expect(text.split(separator: "\n").count { $0.contains("error[") } == 5)
    }

    @Test("a hundred lists are read, and one more is refused")
    func hundred() throws {
        func lists(_ count: Int) -> String {
            (0..<count).map { "{ file: \($0).txt, action: refuse }" }.joined(separator: ", ")
        }
        let files = Dictionary((0..<101).map { ("\($0).txt", "") }) { first, _ in first }
        #expect(try folder(lists(100), files).check("s.yaml") == "")
        #expect(try folder(lists(101), files).check("s.yaml").contains("error[C037]: there are at most 100 lists"))
    }
}
