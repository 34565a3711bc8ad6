import Events
import Foundation
import Inspection
import Records
import Reputation
import Settings
import TestSupport
import WireBytes

/// 2026-05-01 12:00:00.123456 UTC.
let noonUS: Int64 = 1_777_636_800_123_456

let player = Endpoint(IPAddress(ipv4: 0xCB00_7107), port: 50_123)
let player6 = IPAddress(high: 0x2001_0DB8_0001_0002, low: 0xABCD)
let balancer = Endpoint(IPAddress(ipv4: 0x0A00_0005), port: 41_000)
let server = Endpoint(IPAddress(ipv4: 0x7F00_0001), port: 10_001)

/// Each call changes what matters to its test.
func makeFinding(_ adjust: (inout FindingRecord) -> Void = { _ in }) -> FindingRecord {
    var record = FindingRecord(
        wallUS: noonUS, connection: "ab12", listener: "world", client: player, ruleID: 1_001,
        ruleName: "packet-flood", action: "drop", isShadow: false, score: 0.2, from: "client", packet: "C_CHAT",
        opcode: 49_692, byteCount: 40)
    adjust(&record)
    return record
}

func makeBan(_ change: BanRecord.Change = .began, _ adjust: (inout BanRecord) -> Void = { _ in }) -> BanRecord {
    let cause = BanCause(origin: .rule, ruleID: 1_201, ruleName: "chat-spam", packet: "C_CHAT", connection: "ab12")
    let ban = Ban(
        subject: .network(IPNetwork(holding: player.address, prefixLength: 128)), address: player.address, startedNS: 0,
        untilNS: 600_000_000_000, number: 2, cause: cause)
    let isOver = change == .ended || change == .lifted
    var record = BanRecord(wallUS: noonUS, change: change, ban: ban, remainingSeconds: isOver ? 0 : 600)
    adjust(&record)
    return record
}

/// What was to be seen when ``makeBan(_:_:)``'s was decided: a password of four bytes is left out.
func makeEvidence(_ adjust: (inout Evidence) -> Void = { _ in }) -> Evidence {
    var evidence = Evidence(listener: "world", connection: "ab12", client: player)
    evidence.phase = "play"
    evidence.packet = "C_CHAT"
    evidence.opcode = 49_692
    evidence.byteCount = 40
    evidence.excerpt = [0x28, 0x00, 0x1C, 0xC2, 0, 0, 0, 0, 0xFF]
    evidence.redacted = [4..<8]
    evidence.detail = "field 'name' is too long"
    evidence.ageUS = 65_000_999
    evidence.byteCounts = PerDirection(inbound: 4_096, outbound: 90_000)
    evidence.packetCounts = PerDirection(inbound: 120, outbound: 900)
    evidence.droppedCounts = PerDirection(inbound: 7, outbound: 0)
    evidence.trail = [
        ScorePoint(wallUS: noonUS - 60_123_456, ruleID: 1_001, ruleName: "packet-flood", points: 15, score: 15),
        ScorePoint(wallUS: noonUS - 123_456, ruleID: 1_201, ruleName: "chat-spam", points: 6.5, score: 20.5),
    ]
    adjust(&evidence)
    return evidence
}

/// A ban of an account that an operator decided.
func makeAccountBan(_ name: String, _ change: BanRecord.Change = .began) -> BanRecord {
    makeBan(change) {
        guard let account = AccountName(name) else { return }
        $0.ban.subject = .account(account)
        $0.ban.cause.origin = .operator
        $0.ban.cause.who = "alice"
    }
}

func makeCommand(_ adjust: (inout OperatorRecord) -> Void = { _ in }) -> OperatorRecord {
    var record = OperatorRecord(
        wallUS: noonUS, who: "alice", verb: "allow", subject: "203.0.113.0/24", text: "2 bans lifted; our office")
    adjust(&record)
    return record
}

func makeAttack(_ adjust: (inout UnderAttackRecord) -> Void = { _ in }) -> UnderAttackRecord {
    var record = UnderAttackRecord(
        wallUS: noonUS, listener: "world", change: .began, measure: .new, count: 240, threshold: 200, limits: "siege")
    adjust(&record)
    return record
}

func makeConnection(_ adjust: (inout ConnectionRecord) -> Void = { _ in }) -> ConnectionRecord {
    var record = ConnectionRecord(
        acceptedWallUS: noonUS - 65_000_999, endedWallUS: noonUS, connection: "ab12", listener: "world",
        pool: "arena", server: server, client: player, peer: balancer, connectUS: 3_210,
        byteCounts: PerDirection(inbound: 4_096, outbound: 90_000),
        packetCounts: PerDirection(inbound: 120, outbound: 900),
        droppedPacketCounts: PerDirection(inbound: 7, outbound: 0),
        termination: Termination(cause: .rule, stage: .established, reason: .rule), ruleID: 1_001,
        ruleName: "packet-flood", openCount: 17)
    adjust(&record)
    return record
}

let notice = Notice(wallUS: noonUS, level: .info, name: "started", text: "2 workers listen: world 0.0.0.0:7801")

/// A directory of its own for a test, with the three logs in it, and a file that takes what goes to stderr.
final class LogDirectory {
    let path: String
    private let noticeFile: FileHandle

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("records-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
        _ = FileManager.default.createFile(atPath: path + "/stderr", contents: nil)
        noticeFile = try FileHandle(forWritingTo: url.appendingPathComponent("stderr"))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// All three logs here, unless a test wants otherwise.
    func settings(_ adjust: (inout LogSettings) -> Void = { _ in }) -> LogSettings {
        var settings = LogSettings()
        settings.bans = path + "/bans.log"
        settings.connections = path + "/connections.log"
        settings.events = path + "/events.json"
        adjust(&settings)
        return settings
    }

    func recorder(_ adjust: (inout LogSettings) -> Void = { _ in }) throws -> Recorder {
        try Recorder(
            settings: settings(adjust), processID: 4711, noticeDescriptor: noticeFile.fileDescriptor)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    /// The lines of a log; its last one has to be complete.
    func lines(_ name: String) throws -> [String] {
        let text = try text(name)
        guard text.isEmpty || text.hasSuffix("\n") else { throw CocoaError(.fileReadCorruptFile) }
        return text.isEmpty
            ? [] : text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The objects of `events.json`.
    func objects() throws -> [[String: Any]] {
        try lines("events.json").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            guard let object = object as? [String: Any] else { throw CocoaError(.fileReadCorruptFile) }
            return object
        }
    }
}

/// Text that somebody might write to break a log: all of these at random.
func hostileText(_ random: inout SplitMix64) -> String {
    let pieces = [
        "\"", "\\", "\n", "\r\n", "\0", "\u{1B}[31m", "\u{7F}", "\u{85}", "\u{2028}", "\u{202E}", " ", "=",
        "]: NOTICE [",
        "Ban 198.51.100.9", "ä", "漢", "🎮", "\u{FEFF}", "'", "{", "}", ",", "C_CHAT", "\t", "é",
    ]
    return (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
        .joined()
}

/// A name that a player might have chosen for the same purpose: of what an account's name may hold.
func hostileName(_ random: inout SplitMix64) -> String {
    let pieces = [
        "\"", "\\", " ", "=", "]: NOTICE [operator] Ban 198.51.100.9", "198.51.100.9", "Ban ", "for=forever", "ä", "🎮",
        "'", "{", "}", ",", "\" kind=hard", "account:", "%n",
    ]
    return (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
        .joined()
}
