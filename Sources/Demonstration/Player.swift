import WireBytes

/// A well-behaved player: logs in, walks, talks, and checks every answer.
///
/// Sans-IO: bytes and time come in, bytes to send come out.
struct Player {
    /// How far a player is.
    enum State: Equatable {
        case connecting
        case loggingIn
        case playing
        /// Something a player would notice has happened.
        case disturbed(String)
    }

    /// A command whose answer has not come.
    private struct Waiting {
        var number: UInt16
        var checksum: UInt32
        /// The line of text that must come before the answer.
        var line: String?
        var sentNS: UInt64
    }

    let name: String
    let address: IPAddress
    private(set) var state = State.connecting
    /// Commands that were answered, in order and unaltered.
    private(set) var answeredCount = 0
    /// The time from a command to its answer, smoothed over about eight; `nil` before the first.
    private(set) var roundTripUS: UInt64?

    private let pauseNS: UInt64
    private var login: Login
    private var stream = PacketStream()
    private var waiting: [Waiting] = []
    private var sentCount = 0
    private var nextNS: UInt64 = 0
    private var loginNS: UInt64?
    private var isLeaving = false

    /// An answer that takes longer is a disturbance.
    static let patienceNS: UInt64 = 5_000_000_000
    /// What the player does, over and over.
    private static let ways = ["north", "east", "east", "south", "west", "say which way is the inn, step %?", "west"]

    /// - Parameter pauseNS: between two commands.
    init(name: String, address: IPAddress, pauseNS: UInt64) {
        self.name = name
        self.address = address
        self.pauseNS = pauseNS
        login = Login(name: name)
    }

    /// Whether nothing is left that an answer must come to.
    var isSettled: Bool { waiting.isEmpty && (isLeaving || isDisturbed) }

    /// What disturbed the player; `nil` if nothing did.
    var complaint: String? {
        if case .disturbed(let complaint) = state { return complaint }
        return nil
    }

    private var isDisturbed: Bool { complaint != nil }

    /// The connection stands.
    ///
    /// - Returns: what to send.
    mutating func connected(nowNS: UInt64) -> [UInt8] {
        state = .loggingIn
        loginNS = nowNS
        return login.opening.bytes
    }

    /// The connection is gone, and the player did not want that.
    mutating func connectionEnded() {
        disturb("lost its connection")
    }

    /// Takes what arrived.
    ///
    /// - Returns: what to send.
    mutating func receive(_ bytes: [UInt8], nowNS: UInt64) -> [UInt8] {
        var answers: [UInt8] = []
        for packet in stream.packets(in: bytes) where !isDisturbed {
            if state == .loggingIn {
                if let answer = login.answer(to: packet) { answers += answer.bytes }
                if login.isDone {
                    state = .playing
                    nextNS = nowNS &+ pauseNS
                }
            } else {
                check(packet, nowNS: nowNS)
            }
        }
        return answers
    }

    /// What it is time to send now.
    mutating func due(nowNS: UInt64) -> [UInt8] {
        if state == .loggingIn, let loginNS, nowNS > loginNS &+ Self.patienceNS { disturb("could not log in") }
        if let first = waiting.first, nowNS > first.sentNS &+ Self.patienceNS {
            disturb("command \(first.number) was not answered")
        }
        guard state == .playing, !isLeaving, nowNS >= nextNS else { return [] }
        nextNS = nowNS &+ pauseNS
        sentCount += 1
        let text = Self.ways[sentCount % Self.ways.count].replacing("%", with: "\(sentCount)")
        let packet = GamePacket.command(UInt16(truncatingIfNeeded: sentCount), text)
        let line = text.hasPrefix("say ") ? "0 10 0 \(name) says: \(text.dropFirst(4))" : nil
        waiting.append(
            Waiting(
                number: UInt16(truncatingIfNeeded: sentCount), checksum: packet.checksum, line: line, sentNS: nowNS))
        return packet.bytes
    }

    /// Sends no more commands; the answers that are on their way are still awaited.
    mutating func leave() { isLeaving = true }

    private mutating func check(_ packet: GamePacket, nowNS: UInt64) {
        switch packet.word {
        case "comc": checkAnswer(packet, nowNS: nowNS)
        case "drawextinfo":
            guard let first = waiting.first, first.line == packet.text else {
                return disturb("a line came that nobody said: \(packet.text.prefix(40))")
            }
            waiting[0].line = nil
        case "tick", "newmap": break
        default: disturb("an unexpected packet came: \(packet.word.prefix(20))")
        }
    }

    private mutating func checkAnswer(_ packet: GamePacket, nowNS: UInt64) {
        guard let number = packet.number(at: 0, byteCount: 2), let checksum = packet.number(at: 2, byteCount: 4),
            packet.body.count == 6
        else { return disturb("an answer of \(packet.body.count) bytes came") }
        guard let first = waiting.first else { return disturb("answer \(number) came to no command") }
        guard number == first.number else { return disturb("answer \(number) came instead of \(first.number)") }
        guard checksum == first.checksum else { return disturb("command \(number) arrived altered") }
        guard first.line == nil else { return disturb("the line of command \(number) was lost") }
        waiting.removeFirst()
        answeredCount += 1
        let tookUS = (nowNS &- first.sentNS) / 1_000
        roundTripUS = roundTripUS.map { ($0 * 7 + tookUS) / 8 } ?? tookUS
    }

    private mutating func disturb(_ complaint: String) {
        guard !isDisturbed else { return }
        state = .disturbed(complaint)
        waiting = []
    }
}
