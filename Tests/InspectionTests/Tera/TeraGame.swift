import Inspection
import TestSupport
import Testing
import WireBytes

/// A client and a server of TERA with a session between them, in clear for the test.
final class TeraGame {
    static let versions: [UInt32] = [366_226, 367_078, 367_081, 376_012]

    let wire: Wire
    let version: UInt32
    private let opcodes: [String: UInt16]
    private let keys: TeraKeys
    private var client: TeraEnd
    private var server: TeraEnd
    private let pieceByteCount: Int
    private var readCounts = PerDirection<Int>(both: 0)
    /// Bytes that went on the wire, without the keys.
    private(set) var sent = PerDirection<[UInt8]>(both: [])

    /// - Parameter pieceByteCount: how many bytes come at a time.
    init(_ version: UInt32 = 367_081, pieceByteCount: Int = .max, ruleset: Ruleset? = nil) throws {
        self.version = version
        self.pieceByteCount = pieceByteCount
        opcodes = try Self.map(version)
        wire = Wire(try ruleset ?? Rules.shipped("tera-92"))
        keys = TeraKeys(seed: UInt64(version))
        client = TeraEnd(keys, isClient: true)
        server = TeraEnd(keys, isClient: false)
        let order: [Direction] = [.inbound, .outbound, .inbound, .outbound]
        send(TeraKeys.magic, .outbound)
        for (direction, key) in zip(order, keys.keys) { send(key, direction) }
        readCounts = PerDirection(inbound: wire.forwarded.inbound.count, outbound: wire.forwarded.outbound.count)
        #expect(readCounts == PerDirection(inbound: 256, outbound: 260))
    }

    /// The names and numbers of a map that is shipped.
    private static func map(_ version: UInt32) throws -> [String: UInt16] {
        var opcodes: [String: UInt16] = [:]
        let text = try PackageFiles.text("rules/protocols/maps/tera-\(version).map")
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            opcodes[String(words[0])] = UInt16(words[1])
        }
        return opcodes
    }

    func opcode(_ name: String) throws -> UInt16 { try #require(opcodes[name], "\(version) has no \(name)") }

    func packet(_ name: String, _ bodyByteCount: Int = 0) throws -> TeraPacket {
        TeraPacket(try opcode(name), [UInt8](repeating: 0, count: bodyByteCount))
    }

    private func send(_ bytes: [UInt8], _ direction: Direction) {
        var rest = bytes[...]
        while !rest.isEmpty {
            wire.send(Array(rest.prefix(pieceByteCount)), direction)
            rest = rest.dropFirst(pieceByteCount)
        }
    }

    /// Sends packets, and says what the other end got; `nil` when it cannot read its stream any more.
    @discardableResult
    func send(_ packets: [TeraPacket], _ direction: Direction = .inbound) -> [TeraPacket]? {
        let sealed = direction == .inbound ? client.seal(packets) : server.seal(packets)
        sent[direction] += sealed
        send(sealed, direction)
        return receive(direction)
    }

    /// What has arrived since it was last asked.
    func receive(_ direction: Direction) -> [TeraPacket]? {
        let arrived = Array(wire.forwarded[direction].dropFirst(readCounts[direction]))
        readCounts[direction] += arrived.count
        return direction == .inbound ? server.open(arrived) : client.open(arrived)
    }

    /// Plays up to the choice of a character.
    func logIn() throws {
        let packets = [
            TeraPacket.version(version),
            .login(try opcode("C_LOGIN_ARBITER"), name: "player", ticket: Array("ticket".utf8)),
            try packet("C_HARDWARE_INFO", 60),
        ]
        #expect(send(packets) == packets)
        let answers = [
            TeraPacket(19_901, [1]), TeraPacket(try opcode("S_LOGIN_ARBITER"), [1, 0, 0, 0, 0, 0]),
            try packet("S_PING"),
        ]
        #expect(wire.phaseName == "login")
        #expect(send(answers, .outbound) == answers)
        #expect(wire.phaseName == "lobby")
        let pong = try packet("C_PONG")
        #expect(send([pong]) == [pong])
    }

    /// Plays up to the world.
    func enterWorld() throws {
        try logIn()
        let packets = [try packet("C_GET_USER_LIST"), try packet("C_SELECT_USER", 12)]
        #expect(send(packets) == packets)
        let login = try packet("S_LOGIN", 300)
        #expect(send([login], .outbound) == [login])
        #expect(wire.phaseName == "world")
    }
}
