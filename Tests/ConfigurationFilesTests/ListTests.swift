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
                ListSettings(file: "a.txt", name: "a", action: .refuse),
                ListSettings(file: "lists/b.txt", name: "b", action: .refuse),
            ])
        #expect(
            configuration.lists.lists == [
                AddressList(name: "a", action: .refuse, entryCount: 1),
                AddressList(name: "b", action: .refuse, entryCount: 3),
            ])
        func refusing(_ text: String) throws -> Int? {
            configuration.lists.standing(of: try IPAddress(parsing: text)).refusing
        }
        #expect(try refusing("192.0.2.1") == 0)
        #expect(try refusing("192.0.2.2") == 1)
        #expect(try refusing("192.0.3.1") == nil)
        #expect(try refusing("2001:db8::7") == 1)
    }

    @Test("no list at all, and one without entries, are nobody")
    func empty() throws {
        #expect(try folder("").check("s.yaml") == "")
        let folder = try folder("{ file: a.txt, action: refuse }", ["a.txt": ""])
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.configuration?.lists.map.isEmpty == true)
    }

    @Test("mistakes in a list are shown with their lines, and the configuration is not used")
    func mistakes() throws {
        let text = "192.0.2.1\n  10.0.0.1/8 # office\n192.0.2.1 192.0.2.9\nexample.org\n192.0.2.9-192.0.2.1\n"
        let folder = try folder("{ file: a.txt, action: refuse }", ["a.txt": text])
        #expect(
            folder.check("s.yaml") == """
                a.txt:2:3: error[C050]: expected an address or network
                    2 |   10.0.0.1/8 # office
                      |   ^~~~~~~~~~
                   help: bits behind the prefix are set; the network is 10.0.0.0/8
                a.txt:3:11: error[C050]: a second word stands behind the entry
                    3 | 192.0.2.1 192.0.2.9
                      |           ^~~~~~~~~
                   help: one entry a line; #, ; and // begin a comment; format: columns reads the first word only
                a.txt:4:1: error[C050]: expected an address or network
                    4 | example.org
                      | ^~~~~~~~~~~
                   help: not an IPv4 address: four numbers of 0 to 255 without leading zeros, as in 192.0.2.1
                a.txt:5:1: error[C050]: this range ends before it begins
                    5 | 192.0.2.9-192.0.2.1
                      | ^~~~~~~~~~~~~~~~~~~
                   help: a range is as in 192.0.2.1 - 192.0.2.9

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

    @Test("each list has its action, points, name and format, and the table knows them")
    func actions() throws {
        let folder = try folder(
            "{ file: office.txt, action: allow }, { file: d/bad.ips.txt, name: bad, score: 2.5 }, "
                + "{ file: c.csv, action: log, score: 1, format: csv, column: addr }, "
                + "{ file: j, action: refuse, format: auto, column: net }",
            [
                "office.txt": "192.0.2.8", "d/bad.ips.txt": "192.0.2.0/28", "c.csv": "n,addr\n1,192.0.2.1\n",
                "j": "{\"net\":\"192.0.2.9\"}",
            ])
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.text == "")
        let configuration = try #require(result.configuration)
        #expect(
            configuration.settings.reputation.lists == [
                ListSettings(file: "office.txt", name: "office", action: .allow),
                ListSettings(file: "d/bad.ips.txt", name: "bad", action: nil, score: 2.5),
                ListSettings(
                    file: "c.csv", name: "c", action: .log, score: 1, format: .csv, column: .name("addr")),
                ListSettings(file: "j", name: "j", action: .refuse, column: .name("net")),
            ])
        let lists = configuration.lists
        #expect(lists.standing(of: try IPAddress(parsing: "192.0.2.8")).isAllowed)
        #expect(lists.standing(of: try IPAddress(parsing: "192.0.2.1")).baseScore == 3.5)
        #expect(lists.standing(of: try IPAddress(parsing: "192.0.2.1")).logging.numbers == [2])
        #expect(lists.standing(of: try IPAddress(parsing: "192.0.2.9")).refusing == 3)
        #expect(lists.summary.hasPrefix("office (allow): 1 entry; bad (score 2.5): 1 entry; c (log, score 1.0)"))
    }

    @Test("what a list cannot have is told where it stands")
    func keys() throws {
        let text = try folder(
            "{ file: a.txt }, { file: b.txt, action: drop }, { action: refuse }, { file: d.txt, action: refuse }, "
                + "{ file: d.txt, action: refuse }, { file: e/d.txt, action: refuse }, "
                + "{ file: f, action: allow, score: 1 }, { file: \"?.txt\", score: 1 }, { file: g, score: 0 }, "
                + "{ file: h, score: 1, format: yaml }, { file: i, score: 1, format: plain, column: 1 }, "
                + "{ file: k, score: 1, column: 101 }, { file: l, score: 1, format: json, column: 1 }, "
                + "{ file: m, score: 1, format: columns, column: x }",
            ["d.txt": "", "h": ""]
        ).check("s.yaml")
        for message in [
            "error[C011]: a list needs the key 'action'",
            "error[C013]: expected one of refuse, allow, log, found 'drop'",
            "error[C011]: a list needs the key 'file'", "error[C024]: two lists have the file 'd.txt'",
            "error[C024]: two lists have the name 'd'", ": points mean nothing to who is refused or exempt",
            "error[C011]: this list needs a 'name': the file's own is none", ": 0.0 is outside 0.001 to 1000000.0",
            "expected one of auto, plain, columns, csv, dshield, p2p, ipset, json, nginx, found 'yaml'",
            ": this format has no columns", ": expected 1 to 100, or a name, found 101",
            ": expected a member's name, found 1", ": expected a number\n",
        ] { #expect(text.contains(message), "\(message)\n\(text)") }
        #expect(text.split(separator: "\n").count { $0.contains("error[") } == 13)
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
