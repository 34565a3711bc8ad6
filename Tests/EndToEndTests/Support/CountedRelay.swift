import TestSupport
import Testing

/// Portcullis with counters in it, one player, and a server of the test's own that both ends are driven from.
final class CountedRelay {
    /// A protocol and a policy, as the files say them behind their names.
    struct Rules {
        let game: String
        let policy: String
        /// Bytes of a packet's length, which come first; its opcode of two bytes follows.
        let lengthByteCount: Int

        func packet(_ number: Int, byteCount: Int) -> [UInt8] {
            let length = (0..<lengthByteCount).map { UInt8(truncatingIfNeeded: byteCount >> (8 * $0)) }
            let body = (lengthByteCount + 2..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
            return length + [UInt8(number % Self.packetCount + 1), 0] + body
        }

        private static let packetCount = 40
        private static let names = (1...packetCount).map { "P\($0)" }

        /// A length and an opcode, and fifty rules that no packet of the tests breaks: packets and bytes limited per
        /// connection and per address, twenty signatures that may stand anywhere in any packet of the client, and
        /// rules on the sizes of some packets.
        static func full(lengthByteCount: Int = 2, serverMost: String = "16KiB") -> Rules {
            let length = "length: u\(8 * lengthByteCount)le@0, counts: packet, min: \(lengthByteCount + 2)"
            let packets = names.enumerated().map { "    \($1): { opcode: \($0 + 1) }" }.joined(separator: "\n")
            let game = """
                phases:
                  - name: play
                    frame:
                      client: { \(length), max: 16KiB }
                      server: { \(length), max: \(serverMost) }
                    opcode: u16le@\(lengthByteCount)
                packets:
                  client:
                \(packets)
                  server:
                \(packets)
                """
            var rules: [String] = []
            for scope in ["connection", "address"] {
                rules.append("limit: { count: packets, per: \(scope), rate: 1000000/s, burst: 1000000 }, action: drop")
                rules.append("limit: { count: bytes, per: \(scope), rate: 1000MiB/s, burst: 1000MiB }, action: drop")
            }
            for number in 0..<20 {
                rules.append("bytes: { text: \"cheat-tool-\(number)\", encoding: ascii }, action: close")
            }
            for number in 0..<26 {
                let packets = "packet: [\(names[number]), \(names[number + 1])], from: client"
                rules.append("\(packets), where: { size: \"> 8000\" }, action: drop")
            }
            let lines = rules.enumerated().map { "  - { id: \(100 + $0), name: rule-\($0), \($1) }" }
            return Rules(
                game: game, policy: "rules:\n" + lines.joined(separator: "\n"), lengthByteCount: lengthByteCount)
        }
    }

    let counters: Counters
    let relay: Relay
    let player: Stream
    let game: Stream
    private let rules: Rules?
    private let server: Server
    private let folder: Scratch

    /// Starts it and lets a player in.
    ///
    /// - Parameters:
    ///   - rules: `nil` for a listener with neither a protocol nor a policy.
    ///   - isCounted: whether the counters are in it.
    init(_ rules: Rules?, isCounted: Bool = true) throws {
        if let fault = try CountedProgram.fault() { throw TooLate(description: fault) }
        self.rules = rules
        folder = try Scratch()
        counters = try Counters(in: folder)
        server = try Server()
        relay = try Relay(
            to: server.port,
            // A deadline that comes while the test runs is no part of a packet's way.
            listener: ["timeouts: { packet: 1h, idle: 1h }"], pool: "connect_timeout: 1h",
            policy: rules?.policy, game: rules?.game,
            program: ["/usr/bin/env"] + (isCounted ? counters.environment : []) + [CountedProgram.path])
        player = try relay.connect()
        try player.send(Self.packet(0, byteCount: 64, rules))
        game = try server.accept()
        _ = try game.receive(64)
    }

    /// Bytes that are a packet where there is a protocol.
    func packet(_ number: Int, byteCount: Int) -> [UInt8] { Self.packet(number, byteCount: byteCount, rules) }

    private static func packet(_ number: Int, byteCount: Int, _ rules: Rules?) -> [UInt8] {
        rules?.packet(number, byteCount: byteCount) ?? [UInt8](repeating: UInt8(number & 0xFF), count: byteCount)
    }

    /// One packet there and the same back.
    func echo(_ number: Int, byteCount: Int = 96) throws {
        try echo(packet(number, byteCount: byteCount))
    }

    /// Bytes there, in one send, and the same back.
    func echo(_ bytes: [UInt8]) throws {
        try player.send(bytes)
        #expect(try game.receive(bytes.count) == bytes)
        try game.send(bytes)
        #expect(try player.receive(bytes.count) == bytes)
    }
}
