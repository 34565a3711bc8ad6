import Reputation
import Settings
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("lists whose files change")
struct ListRefreshTests {
    private static let service = """
        version: 1
        listeners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]
        reputation:
          lists:
            - { file: a.txt, action: refuse }
            - { file: b.txt, action: allow }
            - { file: c.txt, score: 3 }

        """

    private struct Running {
        let folder: ScratchFolder
        var lists: AddressLists
        let settings: [ListSettings]
        let paths: [String]

        init(_ files: [String: String]) throws {
            folder = try ScratchFolder()
            try folder.write("s.yaml", ListRefreshTests.service)
            for (name, text) in files { try folder.write(name, text) }
            let configuration = try #require(ConfigurationLoader.load(folder.path + "/s.yaml").configuration)
            lists = configuration.lists
            settings = configuration.settings.reputation.lists
            paths = configuration.listPaths
            #expect(configuration.watched.paths == paths)
        }

        mutating func refresh(_ changed: String...) -> ListRefresh {
            let refresh = ListRefresh(
                lists, settings, paths, changed: Set(changed.map { folder.path + "/" + $0 }))
            lists = refresh.lists
            return refresh
        }

        func standing(_ text: String) throws -> ListStanding { lists.standing(of: try IPAddress(parsing: text)) }
    }

    private let files = [
        "a.txt": "192.0.2.1\n192.0.2.0/28\n2001:db8::1\n", "b.txt": "192.0.2.7\n10.0.0.1-10.0.0.9\n",
        "c.txt": "192.0.2.0/24\n2001:db8::/32\n",
    ]

    @Test("a changed list is read anew, and all others stay as they are")
    func changes() throws {
        var running = try Running(files)
        try running.folder.write("a.txt", "198.51.100.1\n")
        try running.folder.write("b.txt", "203.0.113.1\n")
        let refresh = running.refresh("a.txt")
        #expect(refresh.renewed == [0] && refresh.failures == [] && refresh.text == "")
        #expect(try running.standing("198.51.100.1").refusing == 0)
        #expect(try running.standing("192.0.2.1").refusing == nil)
        #expect(try running.standing("192.0.2.1").baseScore == 3)
        #expect(try running.standing("2001:db8::1").lists.numbers == [2])
        // Nobody said that this one has changed.
        #expect(try running.standing("192.0.2.7").isAllowed)
        #expect(try running.standing("10.0.0.9").isAllowed)
        #expect(try !running.standing("203.0.113.1").isAllowed)
        #expect(refresh.lists.lists.map(\.entryCount) == [1, 2, 2])
        #expect(running.refresh("b.txt").renewed == [1])
        #expect(try running.standing("203.0.113.1").isAllowed)
        #expect(try running.standing("198.51.100.1").refusing == 0)
    }

    @Test("a list with a mistake, or that cannot be read, stays as it was, and another one is renewed all the same")
    func mistakes() throws {
        var running = try Running(files)
        try running.folder.write("a.txt", "198.51.100.1\n198.51.100.1/8\nx\n")
        try running.folder.write("c.txt", "198.51.100.0/24\n")
        let refresh = running.refresh("a.txt", "c.txt")
        #expect(refresh.renewed == [2])
        let path = running.folder.path + "/a.txt"
        #expect(
            refresh.failures == [
                .init(list: 0, problem: "\(path):2:1: expected an address or network", mistakeCount: 2)
            ])
        #expect(refresh.text.contains("help: bits behind the prefix are set; the network is 198.0.0.0/8"))
        #expect(try running.standing("192.0.2.1").refusing == 0)
        #expect(try running.standing("192.0.2.15").refusing == 0)
        #expect(try running.standing("2001:db8::1").lists.numbers == [0])
        #expect(try running.standing("198.51.100.1").lists.numbers == [2])
        #expect(refresh.lists.lists.map(\.entryCount) == [3, 2, 1])
        // Mended, it is read.
        try running.folder.write("a.txt", "198.51.100.1\n")
        #expect(running.refresh("a.txt").failures == [])
        #expect(try running.standing("198.51.100.1").refusing == 0)

        try running.folder.remove("b.txt")
        let missing = running.refresh("b.txt")
        #expect(
            missing.renewed == [] && missing.failures.map(\.problem) == [running.folder.path + "/b.txt: no such file"])
        #expect(try running.standing("192.0.2.7").isAllowed)
    }

    @Test("what stays as it was can stay so any number of times")
    func again() throws {
        var running = try Running(files)
        let asked = ["192.0.2.1", "192.0.2.7", "192.0.2.255", "10.0.0.5", "2001:db8::1", "2001:db9::", "::"]
        let before = try asked.map { try running.standing($0) }
        for _ in 0..<5 { #expect(running.refresh().renewed == []) }
        #expect(try asked.map { try running.standing($0) } == before)
        #expect(running.lists.lists.map(\.entryCount) == [3, 2, 2])
    }
}
