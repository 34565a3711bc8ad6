import GameProtocol
import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

@Suite("Recorded games through the session")
struct RecordedGameTests {
    private struct Game: Sendable {
        let name: String
        /// How the decode text calls a packet.
        let label: @Sendable (PacketTable.Entry) -> String
    }

    private static let games = [
        Game(name: "crossfire") { $0.name },
        Game(name: "openttd") { entry in
            if case .number(let opcode, _) = entry.identity { return "\(opcode)" }
            return entry.name
        },
    ]

    /// How often each name stands in the `ops` line of a direction (`s2c` or `c2s`).
    private func histogram(_ text: String, _ direction: Direction) throws -> [String: Int] {
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        let start = try #require(lines.firstIndex { $0.hasPrefix(direction == .inbound ? "c2s:" : "s2c:") })
        let names = try #require(lines[start...].first { $0.hasPrefix("ops ") })
        var counts: [String: Int] = [:]
        for word in names.split(separator: " ").dropFirst() {
            let parts = word.split { $0 == ":" || $0 == "(" }
            try #require(parts.count == 3)
            let count = try #require(Int(parts[1]))
            counts[String(parts[0])] = count
        }
        try #require(!counts.isEmpty)
        return counts
    }

    private func replay(_ game: String, _ ruleset: Ruleset, seed: UInt64?) throws -> Wire {
        let conversation = try RecordedCapture(game)
        let start = try #require(conversation.chunks.first).timeNS
        let wire = Wire(ruleset)
        var random = SplitMix64(seed: seed ?? 0)
        for chunk in conversation.chunks {
            let nowNS = second + chunk.timeNS - start
            wire.wait(max(nowNS, wire.nowNS) - wire.nowNS)
            let pieces = seed == nil ? [chunk.bytes] : random.pieces(of: chunk.bytes, most: 1_500)
            wire.send(pieces: pieces, chunk.direction)
        }
        for direction in Direction.allCases {
            #expect(wire.forwarded[direction] == conversation.bytes(direction))
            #expect(wire.unread[direction].isEmpty)
            #expect(wire.byteCounts[direction] == UInt64(conversation.bytes(direction).count))
            #expect(!wire.isMidPacket(direction))
        }
        return wire
    }

    @Test(
        "a recorded game passes the shipped rules byte for byte, with no finding and no drop",
        arguments: ["crossfire", "openttd"])
    func passes(game: String) throws {
        let ruleset = try Rules.shipped(game)
        for seed in [nil, 1, 2, 3] as [UInt64?] {
            let wire = try replay(game, ruleset, seed: seed)
            #expect(wire.fired == [])
            #expect(wire.end == nil)
            #expect(wire.droppedCounts == PerDirection(both: 0))
            #expect(wire.stage == .established)
        }
    }

    @Test(
        "every packet of a recorded game has the name that another program gave it",
        arguments: ["crossfire", "openttd"])
    func names(game: String) throws {
        // A rule that logs every packet makes the session tell what it saw.
        let shipped = try Rules.shipped(game)
        let all = RuleDefinition(id: 60_000, name: "seen", packets: PerDirection(both: .all), action: .log)
        let policy = Policy(
            [all], violations: [:],
            packetCounts: PerDirection(
                inbound: shipped.descriptor.packets.inbound.count,
                outbound: shipped.descriptor.packets.outbound.count))
        let wire = try replay(game, Ruleset(descriptor: shipped.descriptor, policy: policy), seed: nil)
        let text = try PackageFiles.text("Tests/Fixtures/\(game).decode.txt")
        let label = try #require(Self.games.first { $0.name == game }).label
        for direction in Direction.allCases {
            var counts: [String: Int] = [:]
            for finding in wire.findings where finding.packet.direction == direction {
                try #require(finding.packet.packet > 0)
                let entry = shipped.descriptor.packets[direction].entries[Int(finding.packet.packet) - 1]
                counts[label(entry), default: 0] += 1
            }
            #expect(try counts == histogram(text, direction))
            #expect(Int(wire.packetCounts[direction]) == counts.values.reduce(0, +))
        }
    }
}
