import Foundation
import Testing

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
            #expect(notice.contains("1 address and 0 networks are refused: \(lists.path)/blocked.txt"))
            let player = try relay.connect(from: "127.0.0.8")
            let game = try server.accept()
            #expect(try relay.connect(from: "127.0.0.9").receiveAll().ending == .reset)
            try relay.waitFor(
                connection: "client=127.0.0.9:", "end=BP reason=listed rule=- rule_name=", "\(lists.path)/blocked.txt")

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
    }
}
