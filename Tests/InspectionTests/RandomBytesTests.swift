import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

@Suite("Random bytes")
struct RandomBytesTests {
    /// - Parameter isLoose: whether a stream that cannot be cut goes on uncut.
    private static func rulesets(isLoose: Bool) throws -> [Ruleset] {
        let policy = """
            unknown: { client: drop, server: log }
            violations: { size: { action: drop, score: 1 }, malformed: { action: \(isLoose ? "log" : "close") } }
            rules:
              - { id: 100, name: look, bytes: [{ hex: "00 ??" }, { hex: "7f", within: 4 }], action: log }
              - { id: 101, name: flood, limit: { rate: 50/s, burst: 20 }, action: drop }
              - { id: 102, name: shape, limit: { count: bytes, rate: 1KiB/s, burst: 256B }, action: delay }
            """
        let forms = """
            phases:
              - name: hello
                preamble:
                  - { from: client, either: [{ starts: "0?", bytes: 3 }, { until: "00", max: 40 }] }
              - name: play
                frame:
                  client: { length: varint(3)@0, counts: payload, min: 1, max: 300 }
                  server:
                    length: u16be@0
                    counts: packet
                    min: 3
                    max: 400
                    escapes: [{ equals: 0xffff, length: u32be@2, counts: packet }]
                opcode: { client: varint@after-length, server: u8@2 }
            packets: { client: { A: { opcode: 1 } }, server: { X: { opcode: 1 } } }
            """
        return [
            try Rules.make(Rules.lines, policy), try Rules.make(Rules.numbers, policy),
            try Rules.make(forms, policy), try Rules.make(forms, policy, mode: "shadow"),
            try Rules.make(nil, "rules: [{ id: 102, name: m, limit: { count: bytes, rate: 1KiB/s }, action: delay }]"),
            try Rules.shipped("crossfire"), try Rules.shipped("openttd"), try Rules.shipped("tales-of-pirates"),
            try Rules.shipped("tera-92"),
            try Rules.shipped("terraria"), try Rules.shipped("line"),
        ]
    }

    /// Bytes that are small more often than not, so that lengths and opcodes fit now and then.
    private func bytes(_ random: inout SplitMix64) -> [UInt8] {
        let count = Int.random(in: 1...300, using: &random)
        return random.bytes(count).map { random.chance(1, in: 2) ? $0 : $0 % 24 }
    }

    @Test("whatever either side sends, nothing traps and every byte is forwarded, dropped, or still there")
    func neverTraps() throws {
        for (number, ruleset) in try Self.rulesets(isLoose: true).enumerated() {
            for seed in 0..<60 as Range<UInt64> {
                var random = SplitMix64(seed: seed << 8 | UInt64(number))
                let wire = Wire(ruleset)
                for _ in 0..<12 {
                    let direction = random.chance(2, in: 3) ? Direction.inbound : .outbound
                    wire.send(pieces: random.pieces(of: bytes(&random), most: 64), direction)
                    wire.wait(UInt64.random(in: 0..<3 * second, using: &random))
                }
                for direction in Direction.allCases {
                    let settled = wire.sentCounts[direction] - wire.unread[direction].count
                    #expect(Int(wire.byteCounts[direction]) == settled, "ruleset \(number), seed \(seed)")
                    #expect(wire.forwarded[direction].count <= settled)
                    if wire.droppedCounts[direction] == 0 {
                        #expect(wire.forwarded[direction].count == settled, "ruleset \(number), seed \(seed)")
                    }
                }
            }
        }
    }

    @Test("random bytes have the same outcome whole and in pieces, as long as no time goes by")
    func sameInPieces() throws {
        // Where bytes are not cut, each piece is judged by itself, so a delay falls elsewhere.
        for (number, ruleset) in try Self.rulesets(isLoose: false).enumerated() where number != 3 && number != 4 {
            for seed in 0..<60 as Range<UInt64> {
                var random = SplitMix64(seed: seed << 16 | UInt64(number))
                let stream = (0..<4).flatMap { _ in bytes(&random) }
                let whole = Wire(ruleset)
                whole.send(stream)
                let parts = Wire(ruleset)
                parts.send(pieces: random.pieces(of: stream, most: 9))
                #expect(parts.outcome == whole.outcome, "ruleset \(number), seed \(seed)")
            }
        }
    }
}
