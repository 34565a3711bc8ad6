import Testing
import WireBytes

@testable import Demonstration

/// A player who talks to a world without sockets, on a clock that the test moves.
private struct Table {
    var player = Player(name: "thief", address: IPAddress(ipv4: 0x7F00_0A01), pauseNS: 100_000_000)
    var world = WorldSession()
    var nowNS: UInt64 = 1_000_000_000

    init() {
        let greeting = world.receive(Array("PROXY TCP4 127.0.10.1 127.0.0.1 40000 13327\r\n".utf8))
        exchange(player.connected(nowNS: nowNS))
        deliver(greeting)
    }

    /// Hands the player's bytes to the world, and the answers back, until both are silent.
    mutating func exchange(_ bytes: [UInt8]) { deliver(world.receive(bytes)) }

    mutating func deliver(_ answers: [UInt8]) {
        let more = player.receive(answers, nowNS: nowNS)
        if !more.isEmpty { exchange(more) }
    }

    /// The next command's answers, not yet delivered.
    mutating func nextAnswers() -> [UInt8] {
        nowNS += 100_000_000
        return world.receive(player.due(nowNS: nowNS))
    }

    /// Commands until one brings a line of text, and its answers: the line, then the number.
    mutating func answersOfSpeech() -> [GamePacket] {
        while true {
            var stream = PacketStream()
            let bytes = nextAnswers()
            let packets = stream.packets(in: bytes)
            if packets.count == 2 { return packets }
            deliver(bytes)
        }
    }
}

@Suite("A player")
struct PlayerTests {
    @Test("logs in, plays, and has every command answered in order")
    func plays() {
        var table = Table()
        #expect(table.player.state == .playing)
        for count in 1...200 {
            table.deliver(table.nextAnswers())
            #expect(table.player.answeredCount == count)
        }
        #expect(table.player.complaint == nil)
        table.player.leave()
        #expect(table.player.isSettled)
        #expect(table.player.due(nowNS: table.nowNS + 100_000_000).isEmpty)
    }

    @Test("numbers its commands on when two bytes are full")
    func wraps() {
        var table = Table()
        for _ in 0..<66_000 { table.deliver(table.nextAnswers()) }
        #expect(table.player.complaint == nil)
        #expect(table.player.answeredCount == 66_000)
    }

    @Test("plays on while the world's heartbeat comes in between, and answers come in single bytes")
    func heartbeat() {
        var table = Table()
        for number in 1...20 {
            table.deliver(table.world.tick(UInt32(number)))
            for byte in table.nextAnswers() { table.deliver([byte]) }
        }
        #expect(table.player.answeredCount == 20)
    }

    @Test("measures the time from a command to its answer")
    func roundTrip() {
        var table = Table()
        let answers = table.nextAnswers()
        table.nowNS += 3_000_000
        table.deliver(answers)
        #expect(table.player.roundTripUS == 3_000)
        let more = table.nextAnswers()
        table.nowNS += 11_000_000
        table.deliver(more)
        #expect(table.player.roundTripUS == 4_000)
    }

    @Test("notices an answer that was lost")
    func lost() {
        var table = Table()
        _ = table.nextAnswers()
        table.deliver(table.nextAnswers())
        #expect(table.player.complaint == "answer 2 came instead of 1")
    }

    @Test("notices answers in another order")
    func reordered() {
        var table = Table()
        let first = table.nextAnswers()
        let second = table.nextAnswers()
        table.deliver(second + first)
        #expect(table.player.complaint == "answer 2 came instead of 1")
    }

    @Test("notices a command that did not arrive as it was sent")
    func altered() {
        var table = Table()
        table.nowNS += 100_000_000
        var command = table.player.due(nowNS: table.nowNS)
        command[command.count - 1] ^= 1
        table.exchange(command)
        #expect(table.player.complaint == "command 1 arrived altered")
    }

    @Test("notices every single bit of an answer that is turned")
    func alteredAnswer() {
        for bit in 0..<13 * 8 {
            var table = Table()
            var answers = table.nextAnswers()
            #expect(answers.count == 13)
            answers[bit / 8] ^= 1 << UInt8(bit % 8)
            table.deliver(answers)
            // A longer length only makes the player wait: then the patience ends it.
            table.nowNS += Player.patienceNS + 1
            _ = table.player.due(nowNS: table.nowNS)
            #expect(table.player.complaint != nil, "bit \(bit)")
        }
    }

    @Test("notices an answer that came twice")
    func doubled() {
        var table = Table()
        let answers = table.nextAnswers()
        table.deliver(answers + answers)
        #expect(table.player.complaint == "answer 1 came to no command")
    }

    @Test("notices a line of text that was lost, changed or put behind the answer")
    func lines() {
        var table = Table()
        let speech = table.answersOfSpeech()
        #expect(speech.map(\.word) == ["drawextinfo", "comc"])

        var without = table
        without.deliver(speech[1].bytes)
        #expect(without.player.complaint?.hasPrefix("the line of command ") == true)

        var changed = table
        changed.deliver(GamePacket("drawextinfo", text: speech[0].text + "!").bytes)
        #expect(changed.player.complaint?.hasPrefix("a line came that nobody said") == true)

        var behind = table
        behind.deliver(speech[1].bytes + speech[0].bytes)
        #expect(behind.player.complaint != nil)

        table.deliver(speech[0].bytes + speech[1].bytes)
        #expect(table.player.complaint == nil)
    }

    @Test("waits five seconds for an answer, and no longer")
    func patience() {
        var table = Table()
        _ = table.nextAnswers()
        let sentNS = table.nowNS
        table.player.leave()
        _ = table.player.due(nowNS: sentNS + Player.patienceNS)
        #expect(table.player.complaint == nil)
        #expect(!table.player.isSettled)
        _ = table.player.due(nowNS: sentNS + Player.patienceNS + 1)
        #expect(table.player.complaint == "command 1 was not answered")
        #expect(table.player.isSettled)
    }

    @Test("notices that the login leads nowhere, and that lost its connection")
    func ends() {
        var silent = Player(name: "thief", address: IPAddress(ipv4: 1), pauseNS: 1)
        _ = silent.connected(nowNS: 5)
        _ = silent.due(nowNS: 5 + Player.patienceNS)
        #expect(silent.complaint == nil)
        _ = silent.due(nowNS: 6 + Player.patienceNS)
        #expect(silent.complaint == "could not log in")

        var table = Table()
        table.player.connectionEnded()
        #expect(table.player.complaint == "lost its connection")
        #expect(table.player.due(nowNS: table.nowNS + 1_000_000_000).isEmpty)
    }
}
