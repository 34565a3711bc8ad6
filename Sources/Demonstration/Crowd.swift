import Glibc
import WireBytes

/// Everybody who connects to Portcullis: the players and the attackers, with their sockets, in one loop.
struct Crowd {
    private struct Seat {
        var player: Player
        var line = Line()
        var opensNS: UInt64
        var hasOpened = false
    }

    private struct Raid {
        var attacker: Attacker
        var lines: [Line]
        var runs: [AttackRun]
        var opensNS: UInt64
        /// Whether the world answered on a connection after the ban.
        var isServed = false
    }

    private let gate: Endpoint
    private var seats: [Seat]
    private var raids: [Raid]

    /// - Parameter nowNS: the players set out then, and the attackers one after the other behind them.
    init(gate: Endpoint, nowNS: UInt64) {
        self.gate = gate
        seats = Self.names.enumerated().map { index, name in
            let player = Player(
                name: name, address: IPAddress(ipv4: 0x7F00_0A01 + UInt32(index)),
                pauseNS: 160_000_000 + UInt64(index) * 23_000_000)
            return Seat(player: player, opensNS: nowNS + UInt64(index) * 120_000_000)
        }
        raids = AttackKind.allCases.enumerated().map { index, kind in
            Raid(
                attacker: Attacker(kind, address: IPAddress(ipv4: 0x7F00_4201 + UInt32(index))),
                lines: Array(repeating: Line(), count: kind.lineCount),
                runs: Array(repeating: AttackRun(kind), count: kind.lineCount),
                opensNS: nowNS + 1_000_000_000 + UInt64(index) * 1_000_000_000)
        }
    }

    private static let names = ["knight", "ranger", "wizard", "priest", "thief"]

    var players: [Player] { seats.map(\.player) }
    var attackers: [Attacker] { raids.map(\.attacker) }
    /// Whether no player waits for an answer any more.
    var isSettled: Bool { seats.allSatisfy(\.player.isSettled) }

    /// Plays on for a moment: waits at most `mostMS`, and does what is due.
    mutating func step(mostMS: Int32) {
        openLines(nowNS: Clock.nowNS)
        var polled: [pollfd] = []
        for seat in seats { polled.append(seat.line.polled ?? Self.nothing) }
        for raid in raids { for line in raid.lines { polled.append(line.polled ?? Self.nothing) } }
        Clock.poll(&polled, mostMS: mostMS)
        var next = polled.makeIterator()
        for index in seats.indices {
            if next.next()?.revents != 0 { look(at: &seats[index]) }
            work(&seats[index])
        }
        for index in raids.indices {
            for line in raids[index].lines.indices {
                if next.next()?.revents != 0 { look(at: &raids[index], line) }
                work(&raids[index], line)
            }
        }
    }

    /// An attacker's address was banned: from here on it only tries to come back.
    mutating func banned(_ address: IPAddress, nowNS: UInt64) {
        for index in raids.indices where raids[index].attacker.address == address {
            guard !raids[index].attacker.isBanned else { continue }
            raids[index].attacker.banned(nowNS: nowNS)
            for line in raids[index].lines.indices { raids[index].lines[line].close() }
            raids[index].opensNS = nowNS + Attacker.returnPauseNS
        }
    }

    /// Lets the players finish: they send no more commands.
    mutating func leave() {
        for index in seats.indices { seats[index].player.leave() }
    }

    /// Closes every connection.
    mutating func close() {
        for index in seats.indices { seats[index].line.close() }
        for index in raids.indices { for line in raids[index].lines.indices { raids[index].lines[line].close() } }
    }

    /// Poll ignores it.
    private static var nothing: pollfd { pollfd(fd: -1, events: 0, revents: 0) }

    private mutating func openLines(nowNS: UInt64) {
        for index in seats.indices where !seats[index].hasOpened && nowNS >= seats[index].opensNS {
            seats[index].hasOpened = true
            if !seats[index].line.open(from: seats[index].player.address, to: gate) {
                seats[index].player.connectionEnded()
            }
        }
        for index in raids.indices where nowNS >= raids[index].opensNS {
            let attacker = raids[index].attacker
            let lines = raids[index].lines
            // Whoever is banned knocks with one connection at a time.
            let free = attacker.isBanned ? (lines[0].isOpen ? nil : 0) : lines.firstIndex { !$0.isOpen }
            guard let free else { continue }
            raids[index].runs[free] = AttackRun(attacker.kind)
            raids[index].isServed = false
            let isOpen = raids[index].lines[free].open(from: attacker.address, to: gate)
            if isOpen, attacker.kind == .connectionFlood, !attacker.isBanned { raids[index].attacker.sent(1) }
            raids[index].opensNS = nowNS + (attacker.isBanned ? Attacker.returnPauseNS : attacker.kind.reopenNS)
        }
    }

    private func look(at seat: inout Seat) {
        let news = seat.line.look()
        let nowNS = Clock.nowNS
        if news.isNew { seat.line.write(seat.player.connected(nowNS: nowNS)) }
        if !news.bytes.isEmpty { seat.line.write(seat.player.receive(news.bytes, nowNS: nowNS)) }
        if news.isOver { seat.player.connectionEnded() }
    }

    private func work(_ seat: inout Seat) {
        seat.line.write(seat.player.due(nowNS: Clock.nowNS))
        seat.line.flush()
    }

    private func look(at raid: inout Raid, _ line: Int) {
        let news = raid.lines[line].look()
        let nowNS = Clock.nowNS
        guard !raid.attacker.isBanned else {
            if !news.bytes.isEmpty { raid.isServed = true }
            if news.isOver { raid.attacker.returned(wasServed: raid.isServed) }
            return
        }
        if news.isNew { raid.lines[line].write(raid.runs[line].connected(nowNS: nowNS)) }
        if !news.bytes.isEmpty { raid.lines[line].write(raid.runs[line].receive(news.bytes, nowNS: nowNS)) }
    }

    private func work(_ raid: inout Raid, _ line: Int) {
        guard !raid.attacker.isBanned else { return }
        let before = raid.runs[line].sentCount
        // What the relay does not take is not piled up here.
        if raid.lines[line].isClear { raid.lines[line].write(raid.runs[line].due(nowNS: Clock.nowNS)) }
        raid.lines[line].flush()
        raid.attacker.sent(raid.runs[line].sentCount - before)
    }
}
