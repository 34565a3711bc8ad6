import Captures
import ConfigurationFiles
import Foundation
import Rehearsal
import TestSupport
import Testing
import WireBytes

/// A folder of files that lasts as long as the value.
final class GameFiles {
    let path: String

    /// A small game: a length of two bytes, big-endian, of the whole packet, then one byte that says what it is.
    static let game = """
        version: 1
        protocol: game
        phases:
          - name: login
            deadline: 20s
            frame: { length: u16be@0, counts: packet, min: 3, max: 256 }
            opcode: u8@2
            accept: { client: [LOGIN] }
            next_on: { packet: WELCOME }
          - name: play
        packets:
          client:
            LOGIN: { opcode: 1, size: 3..64 }
            SAY: { opcode: 2, size: 3..256 }
            MOVE: { opcode: 3, size: 5 }
          server:
            WELCOME: { opcode: 1 }
            SAID: { opcode: 2 }

        """

    /// What is not allowed in it.
    static let policy = """
        version: 1
        policy: rules
        protocol: game
        violations:
          framing: { action: close, score: 10 }
        rules:
          - { id: 100, name: cheat, packet: SAY, bytes: [{ text: "cheat", encoding: ascii }], action: { ban: 10m } }
          - { id: 101, name: flood, packet: SAY, limit: { rate: 1/s, burst: 3 }, action: drop, score: 2 }
          - id: 102
            name: swearing
            packet: SAY
            bytes: [{ text: "damn", encoding: ascii }]
            mode: shadow
            action: close
            score: 9
          - { id: 103, name: seen, packet: MOVE, action: log }
          - { id: 104, name: rude, packet: SAY, bytes: [{ text: "rude", encoding: ascii }], action: close }

        """

    /// - Parameters:
    ///   - listener: lines that belong to the listener.
    ///   - service: lines of the service's file.
    init(
        listener: [String] = [], service: String = "", game: String = GameFiles.game,
        policy: String = GameFiles.policy
    ) throws {
        path = NSTemporaryDirectory() + "portcullis-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path + "/protocols", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: path + "/policies", withIntermediateDirectories: true)
        try write("protocols/game.yaml", game)
        try write("policies/rules.yaml", policy)
        try write("portcullis.yaml", Self.service(listener: listener, service: service))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static func service(listener: [String] = [], service: String = "") -> String {
        """
        version: 1
        listeners:
          - name: front
            bind: 127.0.0.1:7000
            protocol: game
            policies: [rules]
            to: 127.0.0.1:7001
        \(listener.map { "    \($0)\n" }.joined())
        \(service)
        """
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// The service, read; a mistake in it fails the test.
    func configuration(_ name: String = "portcullis.yaml") throws -> LoadedConfiguration {
        let result = ConfigurationLoader.load("\(path)/\(name)")
        #expect(result.text == "")
        return try #require(result.configuration)
    }
}

/// What a service does with a captured game.
struct Replayed {
    let report: ReplayReport
    let counts: CaptureCounts

    init(
        _ writer: CaptureWriter, _ configuration: LoadedConfiguration, listener: String? = nil, port: UInt16? = nil
    ) throws {
        try self.init(writer.file(), configuration, listener: listener, port: port)
    }

    init(
        _ file: [UInt8], _ configuration: LoadedConfiguration, listener: String? = nil, port: UInt16? = nil
    ) throws {
        let path = NSTemporaryDirectory() + "portcullis-\(UUID().uuidString).pcap"
        try Data(file).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let target = try ReplayTarget(configuration, listener: listener, port: port)
        var replay = Replay(configuration, target: target)
        var reader = try CaptureReader(path: path, serverPorts: target.ports)
        var events: [CaptureEvent] = []
        do throws(CaptureError) {
            while try reader.read(into: &events) {
                for event in events { replay.take(event) }
                events.removeAll()
            }
        } catch {
            // A file that breaks off still tells what stands before.
        }
        reader.finish(into: &events)
        for event in events { replay.take(event) }
        report = replay.finish()
        counts = reader.counts
    }

    /// `id action count` of each rule that fired.
    var rules: [String] {
        report.rules.map { "\($0.id) \($0.isShadow ? "would " : "")\($0.action) \($0.count)" }
    }

    /// `reason count`.
    var refusals: [String] { report.refusals.map { "\($0.reason) \($0.count)" } }
    var endings: [String] { report.endings.map { "\($0.reason) \($0.count)" } }

    /// `address connections/packets/dropped/closed/bans/points/refused` of each player.
    var players: [String] {
        report.players.map {
            "\($0.address.map { "\($0.base)" } ?? "-") \($0.connections)/\($0.packets)/\($0.dropped)/\($0.closed)/"
                + "\($0.bans)/\($0.points)/\($0.refused)"
        }
    }
}

/// Plays connections of the game into a capture.
struct GameCapture {
    var writer: CaptureWriter
    private var next = PerDirection<UInt32>(both: 1)

    init(_ writer: CaptureWriter = CaptureWriter()) { self.writer = writer }

    /// A new connection, with login and welcome.
    mutating func login(host: UInt8 = 1, port: UInt16 = 40_000) {
        open(host: host, port: port)
        send(.inbound, Self.packet(1, "me"))
        send(.outbound, Self.packet(1))
    }

    mutating func open(host: UInt8 = 1, port: UInt16 = 40_000) {
        writer.clientHost = host
        writer.clientPort = port
        writer.handshake()
        next = PerDirection(both: 1)
    }

    mutating func say(_ text: String) { send(.inbound, Self.packet(2, text)) }

    mutating func send(_ direction: Direction, _ bytes: [UInt8]) {
        writer.segment(direction, next[direction], bytes, ack: next[direction.opposite])
        next[direction] &+= UInt32(bytes.count)
    }

    /// Bytes that went by and were not captured.
    mutating func miss(_ direction: Direction, _ byteCount: Int) { next[direction] &+= UInt32(byteCount) }

    mutating func close() {
        writer.segment(.inbound, next.inbound, flags: [.fin, .ack], ack: next.outbound)
        writer.segment(.outbound, next.outbound, flags: [.fin, .ack], ack: next.inbound &+ 1)
    }

    mutating func wait(_ seconds: Double) { writer.timeNS += UInt64(seconds * 1_000_000_000) }

    static func packet(_ opcode: UInt8, _ text: String = "") -> [UInt8] {
        [0, UInt8(3 + text.utf8.count), opcode] + Array(text.utf8)
    }
}
