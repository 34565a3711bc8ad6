import Foundation
import Testing

extension Scratch {
    /// Puts another file in the place of one, as `mv` does.
    fileprivate func replace(_ name: String, _ text: String) throws {
        try write(name + ".new", text)
        guard rename("\(path)/\(name).new", "\(path)/\(name)") == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}

extension String {
    fileprivate func has(_ text: String, count: Int) -> Bool { components(separatedBy: text).count > count }
}

extension EndToEnd {
    @Suite("Lists")
    struct ListTests {
        @Test("a listed address is refused, a reload adds and removes, and a list with a mistake changes nothing")
        func refuses() throws {
            let lists = try Scratch()
            try lists.write("blocked.txt", "# nobody yet\r\n127.0.0.9 ; one\r\n")
            let server = try Server()
            let relay = try Relay(
                to: server.port,
                service: "reputation: { lists: [{ file: \(lists.path)/blocked.txt, action: refuse }] }")
            let notice = try relay.waitFor(notice: "lists-read")
            #expect(notice.contains("blocked (refuse): 1 entry"))
            let player = try relay.connect(from: "127.0.0.8")
            let game = try server.accept()
            #expect(try relay.connect(from: "127.0.0.9").receiveAll().ending == .reset)
            try relay.waitFor(
                connection: "client=127.0.0.9:", "end=BP reason=listed rule=- rule_name=\"blocked\"")

            try lists.write("blocked.txt", "127.0.0.8/31\n127.0.0.9/8\n")
            relay.child.signal(SIGHUP)
            #expect(try relay.waitFor(notice: "reload-failed").contains("blocked.txt:2:1: "))
            #expect(relay.child.err.contains("the network is 127.0.0.0/8"))
            #expect(try relay.connect(from: "127.0.0.9").receiveAll().ending == .reset)

            try lists.write("blocked.txt", "127.0.0.8\n")
            relay.child.signal(SIGHUP)
            try relay.waitFor(notice: "lists-read", count: 2)
            #expect(try relay.connect(from: "127.0.0.8").receiveAll().ending == .reset)
            let other = try relay.connect(from: "127.0.0.9")
            let newGame = try server.accept()
            try other.send("new")
            #expect(try newGame.receive(text: 3) == "new")
            // Who was in stays.
            try player.send("old")
            #expect(try game.receive(text: 3) == "old")
        }

        @Test("a list whose file is replaced is followed without a gap and without a reload, and a broken one is not")
        func follows() throws {
            let lists = try Scratch()
            try lists.write("blocked.txt", "127.0.0.9\n")
            let server = try Server()
            let relay = try Relay(
                to: server.port, service: "reputation: { lists: [{ file: \(lists.path)/blocked.txt, action: refuse }] }"
            )
            try relay.waitFor(notice: "lists-read")
            // Whoever stands in the old file and in the new one is refused at every moment.
            for (count, other) in [(1, "127.0.0.20"), (2, "127.0.0.16/28")] {
                try lists.replace("blocked.txt", "127.0.0.9\n\(other)\n")
                try eventually("the new list is followed, not:\n\(relay.child.err)") { () throws -> Bool? in
                    let ending = try relay.connect(from: "127.0.0.9").receiveAll().ending
                    #expect(ending == .reset)
                    return relay.child.err.has("lists-reloaded", count: count) ? true : nil
                }
                #expect(try relay.connect(from: "127.0.0.20").receiveAll().ending == .reset)
            }
            #expect(relay.child.err.contains("lists-reloaded blocked (refuse): 2 entries"))

            try lists.replace("blocked.txt", "127.0.0.8\nnobody\n")
            let notice = try relay.waitFor(notice: "list-failed")
            #expect(notice.contains("blocked stays as it was: \(lists.path)/blocked.txt:2:1: expected an address"))
            #expect(try relay.connect(from: "127.0.0.9").receiveAll().ending == .reset)
            let player = try relay.connect(from: "127.0.0.8")
            let game = try server.accept()
            try player.send("in")
            #expect(try game.receive(text: 2) == "in")
        }
    }
}
