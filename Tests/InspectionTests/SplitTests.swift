import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

@Suite("A stream in pieces")
struct SplitTests {
    /// Judged by size, name, content and limit; some pass, some do not.
    private static let policy = """
        unknown: { client: drop, server: pass }
        rules:
          - { id: 100, name: shouts, packet: say, bytes: [{ text: "HEY", encoding: ascii }], action: drop, score: 1 }
          - { id: 101, name: moves, packet: move, limit: { rate: 1/s, burst: 2 }, action: drop }
        """
    private static let stream =
        "say hi\nmove 1\nnonsense\nsay HEY\nsay\nmove 2\nmove 3\nsay twelve bytes\nmove 4\nmove a\nsay end\n"

    private func outcome(_ ruleset: Ruleset, _ pieces: [[UInt8]]) -> Wire.Outcome {
        let wire = Wire(ruleset)
        wire.send(pieces: pieces)
        return wire.outcome
    }

    @Test("any one or two splits of a stream give the same outcome as none")
    func everySplit() throws {
        let ruleset = try Rules.make(Rules.lines, Self.policy)
        let bytes = Self.stream.utf8Bytes
        let whole = outcome(ruleset, [bytes])
        #expect(String(decoding: whole.forwarded.inbound, as: UTF8.self) == "say hi\nmove 1\nmove 2\nsay end\n")
        #expect(whole.dropped.inbound == 7)
        for first in 1..<bytes.count {
            #expect(outcome(ruleset, [Array(bytes[..<first]), Array(bytes[first...])]) == whole, "split at \(first)")
            for next in stride(from: first + 1, to: bytes.count, by: 7) {
                let pieces = [bytes[..<first], bytes[first..<next], bytes[next...]].map { Array($0) }
                #expect(outcome(ruleset, pieces) == whole, "split at \(first) and \(next)")
            }
        }
    }

    @Test("one byte at a time gives the same outcome as all at once")
    func singleBytes() throws {
        let ruleset = try Rules.make(Rules.lines, Self.policy)
        let bytes = Self.stream.utf8Bytes
        #expect(outcome(ruleset, bytes.map { [$0] }) == outcome(ruleset, [bytes]))
    }

    @Test("a stream that breaks the frame ends with the same bytes forwarded, however it is split")
    func brokenStream() throws {
        let ruleset = try Rules.make(Rules.numbers)
        let bytes: [UInt8] = [3, 1, 0xAA, 2, 2, 21, 1, 0, 0]
        let whole = outcome(ruleset, [bytes])
        #expect(whole.forwarded.inbound == [3, 1, 0xAA, 2, 2])
        #expect(whole.end?.reason == .violation)
        for first in 1..<bytes.count {
            #expect(outcome(ruleset, [Array(bytes[..<first]), Array(bytes[first...])]) == whole, "split at \(first)")
        }
    }

    @Test("a preamble, two phases and both directions give the same outcome however they are split")
    func phases() throws {
        let game = """
            phases:
              - name: keys
                preamble:
                  - { from: server, bytes: 4, equals: "01 00 00 00" }
                  - { from: client, bytes: 8, as: key }
              - name: login
                frame: { length: u8@0, counts: packet, min: 2, max: 20 }
                opcode: u8@1
                accept: { client: [LOGIN] }
                next_on: { packet: WELCOME }
              - name: world
            packets:
              client: { LOGIN: { opcode: 1 }, PLAY: { opcode: 2 } }
              server: { WELCOME: { opcode: 1 } }
            """
        let ruleset = try Rules.make(game)
        let inbound: [UInt8] = Array(1...8) + [4, 1, 7, 7]
        let outbound: [UInt8] = [1, 0, 0, 0, 3, 1, 9]
        let later: [UInt8] = [5, 2, 1, 2, 3]
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let wire = Wire(ruleset)
            wire.send(pieces: random.pieces(of: inbound, most: 5))
            wire.send(pieces: random.pieces(of: outbound, most: 3), .outbound)
            wire.send(pieces: random.pieces(of: later, most: 2))
            #expect(wire.end == nil)
            #expect(wire.forwarded.inbound == inbound + later)
            #expect(wire.forwarded.outbound == outbound)
            #expect(wire.captured("key") == Array(1...8))
            #expect(wire.packetCounts == PerDirection(inbound: 2, outbound: 1))
            #expect(wire.stage == .established)
        }
    }
}
