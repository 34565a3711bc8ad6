import Reputation
import Settings
import Testing
import WireBytes

@Suite("What lists say about an address")
struct AddressListsTests {
    /// Each list with its entries.
    private func lists(_ lists: [(AddressList, [String])]) throws -> AddressLists {
        var builder = AddressMapBuilder()
        for (number, list) in lists.enumerated() {
            for text in list.1 { builder.add(try IPNetwork(parsing: text), list: number) }
        }
        return AddressLists(builder.build(), lists.map(\.0))
    }

    private let refusing = AddressList(name: "refusing", action: .refuse)
    private let also = AddressList(name: "also", action: .refuse)
    private let allowing = AddressList(name: "allowing", action: .allow)
    private let logging = AddressList(name: "logging", action: .log, score: 2)
    private let scoring = AddressList(name: "scoring", action: nil, score: 0.5)

    @Test("nothing is said about who stands in no list, and without any list")
    func none() throws {
        let address = try IPAddress(parsing: "192.0.2.1")
        #expect(AddressLists().standing(of: address) == ListStanding())
        #expect(try lists([(refusing, ["192.0.2.2"])]).standing(of: address) == ListStanding())
    }

    @Test("each list has its own action and points, and all that hold an address count")
    func all() throws {
        let lists = try lists([
            (scoring, ["192.0.2.0/28"]), (also, ["192.0.2.4", "192.0.2.5"]), (refusing, ["192.0.2.4/30"]),
            (logging, ["192.0.2.1", "192.0.2.5"]),
        ])
        func standing(_ text: String) throws -> ListStanding { lists.standing(of: try IPAddress(parsing: text)) }
        let plain = try standing("192.0.2.2")
        #expect(plain.refusing == nil && !plain.isAllowed && plain.baseScore == 0.5 && plain.logging.isEmpty)
        let logged = try standing("192.0.2.1")
        #expect(logged.baseScore == 2.5 && logged.logging.numbers == [3] && logged.refusing == nil)
        // The first of those that refuse it, as they are listed, is named.
        #expect(try standing("192.0.2.4").refusing == 1)
        #expect(try standing("192.0.2.6").refusing == 2)
        #expect(lists.names(of: try standing("192.0.2.5").lists) == ["scoring", "also", "refusing", "logging"])
    }

    @Test("a list that allows beats lists that refuse and points of others, but its address still stands in them")
    func allow() throws {
        let lists = try lists([
            (refusing, ["192.0.2.0/24"]), (scoring, ["192.0.2.0/24"]), (allowing, ["192.0.2.7"]),
            (logging, ["192.0.2.7"]),
        ])
        let standing = lists.standing(of: try IPAddress(parsing: "192.0.2.7"))
        #expect(standing.isAllowed && standing.refusing == nil && standing.baseScore == 0)
        #expect(standing.lists.numbers == [0, 1, 2, 3] && standing.logging.numbers == [3])
    }

    @Test("128 lists are told apart")
    func many() throws {
        let all = (0..<ListSet.listCountMax).map { number in
            (AddressList(name: "l\(number)", action: nil, score: 1), ["10.0.0.0/8", "10.0.0.\(number)"])
        }
        let lists = try lists(all)
        #expect(lists.standing(of: try IPAddress(parsing: "10.0.0.127")).lists.numbers == Array(0..<128))
        #expect(lists.standing(of: try IPAddress(parsing: "10.0.0.127")).baseScore == 128)
        #expect(lists.number(of: "l127") == 127 && lists.number(of: "l128") == nil)
    }

    @Test("the summary says of each list what becomes of how many")
    func summary() throws {
        let counted = AddressList(name: "a", action: .refuse, entryCount: 1)
        let lists = AddressLists(
            AddressMapBuilder().build(), [counted, AddressList(name: "b", action: .log, score: 2.5, entryCount: 20)])
        #expect(lists.summary == "a (refuse): 1 entry; b (log, score 2.5): 20 entries")
    }
}
