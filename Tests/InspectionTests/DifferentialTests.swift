import Inspection
import RuleEngine
import StreamCiphers
import TestSupport
import Testing
import WireBytes

/// The same random game three ways: clear, clear in pieces, and enciphered in pieces.
///
/// All must come to the same.
@Suite("Clear, enciphered and in pieces")
struct DifferentialTests {
    private static let seedCount = 600
    private static let keys = "key: { client: \"01 02 03\", server: \"04 05 06\" }"

    /// What of a packet is enciphered: all, all behind the length, or all behind the opcode.
    private enum Part: Int, CaseIterable {
        case stream, behindLength, payload

        var offset: Int { [0, 2, 3][rawValue] }
        var line: String {
            let applies = ["stream", "\"from 2\"", "payload"][rawValue]
            return "cipher: { name: rc4, \(DifferentialTests.keys), applies: \(applies) }"
        }
    }

    private struct Rulesets {
        let clear: Ruleset
        let enciphered: [Ruleset]

        init(_ policy: String) throws {
            clear = try Rules.make(DifferentialTests.game(""), policy)
            enciphered = try Part.allCases.map { try Rules.make(DifferentialTests.game($0.line), policy) }
        }
    }

    /// Everything that changes what goes on: drops, delays, rewrites, counters, memory, phases that wait for a value.
    private static func game(_ cipher: String) -> String {
        """
        phases:
          - name: first
            \(cipher)
            frame: { length: u16le@0, counts: packet, min: 3, max: 300 }
            opcode: u8@2
            accept: { client: [MOVE, SAY, BAD, SLOW, COUNTED, GO] }
            next_on: [{ packet: GO, where: { to: 1 } }, { packet: LEAD, goto: third, other_side_after: GO }]
          - name: second
            next_on: [{ packet: BACK, goto: first }, { packet: GO, goto: third }]
          - name: third
            opcode: { client: u8@2, server: u8@2 }
            next_on: { packet: BACK, goto: second }
        packets:
          client:
            MOVE: { opcode: 1 }
            SAY: { opcode: 2, size: 6..200, fields: { text: "utf8z@[u8@3]", kind: u8@4 } }
            BAD: { opcode: 3 }
            SLOW: { opcode: 4 }
            COUNTED: { opcode: 5, size: 5..12, counter: { at: u8@3 } }
            GO: { opcode: 6, size: 4, fields: { to: u8@3 } }
            LINKED:
              opcode: 7
              size: 8..100
              arrays: { links: { count: u8@3, first: u8@4, links: here-next, min_element: 2 } }
              fields: { text: "utf8z@[u8@5]" }
          server:
            MOVED: { opcode: 1 }
            SAID: { opcode: 2, size: 6..200, fields: { text: "utf8z@[u8@3]" } }
            WORSE: { opcode: 3 }
            SLOWER: { opcode: 4 }
            LEAD: { opcode: 6 }
            BACK: { opcode: 7 }
        """
    }

    private static let policy = """
        violations: { malformed: drop, size: drop, counter: drop, phase: drop }
        rules:
          - { id: 100, name: bad, packet: [BAD, WORSE], action: drop }
          - { id: 101, name: slow, packet: SLOW, limit: { rate: 2/s, burst: 2 }, action: delay }
          - { id: 102, name: slower, packet: SLOWER, limit: { rate: 2/s, burst: 2 }, action: delay }
          - { id: 103, name: tags, packet: [SAY, SAID], action: { rewrite: { text: { strip_tags: { keep: [b] } } } } }
          - { id: 104, name: cut, packet: LINKED, action: { rewrite: { text: { truncate: 3 } } } }
          - { id: 105, name: again, packet: MOVE, repeats: { count: 3, in: 1s }, action: drop }
          - { id: 106, name: unsaid, packet: MOVE, not_after: { packet: SAY, in: 2s }, action: drop }
        """
    private static let more = "\n  - { id: 900, name: never, packet: MOVE, where: { size: 299 }, action: drop }"

    private static let rulesets = Result { [try Rulesets(policy), try Rulesets(policy + more)] }

    @Test("600 random games are judged alike, both ends stay in step, and what goes on has no fault")
    func alike() throws {
        let rulesets = try Self.rulesets.get()
        // What was dropped is missing in its phase, and what was renumbered counts right: only that is asked here.
        let lax = try Rules.make(
            Self.game("").replacing("accept: { client: [MOVE, SAY, BAD, SLOW, COUNTED, GO] }", with: ""),
            "rules: []")
        var passedCount: UInt64 = 0
        var firedNames: Set<String> = []
        for seed in 0..<UInt64(Self.seedCount) {
            var run = try Run(seed: seed, part: Part.allCases[Int(seed % 3)], rulesets)
            run.play()
            #expect(run.complaints == [], "seed \(seed)")
            let again = Wire(lax)
            again.send(run.clear.forwarded.inbound)
            #expect(again.fired.isEmpty, "seed \(seed)")
            passedCount += run.clear.packetCounts.inbound
            firedNames.formUnion(run.clear.fired)
        }
        // The games are not idle.
        #expect(passedCount > 10_000)
        #expect(
            firedNames.isSuperset(of: [
                "bad", "tags", "cut", "again", "unsaid", "size", "malformed", "counter", "phase", "slow", "slower",
            ]))
    }

    /// One end that enciphers and deciphers on its own.
    private struct Player {
        var sending: StreamCipher
        var receiving: StreamCipher
        let part: Part

        mutating func seal(_ bytes: [UInt8]) -> [UInt8] { Self.apply(&sending, part, bytes) }
        mutating func open(_ bytes: [UInt8]) -> [UInt8] { Self.apply(&receiving, part, bytes) }

        /// Lengths are clear but in a cipher of the whole stream, where packets do not matter.
        private static func apply(_ cipher: inout StreamCipher, _ part: Part, _ bytes: [UInt8]) -> [UInt8] {
            var result = bytes
            var start = 0
            while start < bytes.count {
                let isWhole = part == .stream || start + 2 > bytes.count
                let size = isWhole ? bytes.count - start : Int(bytes[start]) | Int(bytes[start + 1]) << 8
                let end = min(start + max(size, 3), bytes.count)
                let first = min(start + part.offset, end)
                var piece = Array(bytes[first..<end])
                piece.withUnsafeMutableBytes { cipher.apply($0) }
                result.replaceSubrange(first..<end, with: piece)
                start = end
            }
            return result
        }
    }

    /// One random game.
    private struct Run {
        let clear: Wire
        private let whole: Wire
        private let enciphered: Wire
        private let rulesets: [Rulesets]
        private let part: Part
        private var client: Player
        private var server: Player
        private var random: SplitMix64
        private var traffic: DifferentialTraffic
        private var unlike: [String] = []

        init(seed: UInt64, part: Part, _ rulesets: [Rulesets]) throws {
            let pair = try #require(CipherScheme.rc4(droppedByteCount: 0).makePair(keys: [[1, 2, 3], [4, 5, 6]]))
            client = Player(sending: pair.inbound, receiving: pair.outbound, part: part)
            server = Player(sending: pair.outbound, receiving: pair.inbound, part: part)
            self.rulesets = rulesets
            self.part = part
            clear = Wire(rulesets[0].clear)
            whole = Wire(rulesets[0].clear)
            enciphered = Wire(rulesets[0].enciphered[part.rawValue])
            random = SplitMix64(seed: seed &* 77 &+ 5)
            traffic = DifferentialTraffic(random: SplitMix64(seed: seed &* 131 &+ 7))
        }

        mutating func play() {
            for _ in 0..<40 {
                send()
                if random.next() % 4 == 0 { wait(random.next() % (3 * second)) }
                if random.next() % 25 == 0 { reload() }
            }
            // Whatever is held goes on.
            for _ in 0..<200 { wait(second) }
        }

        private mutating func send() {
            let direction: Direction = random.next() % 3 == 0 ? .outbound : .inbound
            var bytes: [UInt8] = []
            for _ in 0...random.next() % 4 { bytes += traffic.packet(direction) }
            let wire = direction == .inbound ? client.seal(bytes) : server.seal(bytes)
            whole.send(bytes, direction)
            var start = 0
            while start < bytes.count {
                let end = min(start + 1 + Int(random.next() % 20), bytes.count)
                clear.send(Array(bytes[start..<end]), direction)
                enciphered.send(Array(wire[start..<end]), direction)
                start = end
            }
        }

        private func wait(_ durationNS: UInt64) {
            for wire in [clear, whole, enciphered] { wire.wait(durationNS) }
        }

        private mutating func reload() {
            let next = rulesets[Int(random.next() % 2)]
            let following = clear.following(next.clear)
            if enciphered.following(next.enciphered[part.rawValue]) != following { unlike.append("a reload") }
            if whole.following(next.clear) != following { unlike.append("a reload of the whole") }
        }

        /// In what the three ways differ.
        var complaints: [String] {
            var (client, server) = (client, server)
            var all = unlike
            func note(_ isAlike: Bool, _ what: String) { if !isAlike { all.append(what) } }
            note(clear.outcome.forwarded == whole.outcome.forwarded, "bytes of whole and pieces")
            note(clear.fired == whole.fired, "rules of whole and pieces")
            note(clear.fired == enciphered.fired, "rules of clear and enciphered")
            note(clear.end == enciphered.end && clear.end == whole.end, "ends")
            note(server.open(enciphered.forwarded.inbound) == clear.forwarded.inbound, "what the server reads")
            note(client.open(enciphered.forwarded.outbound) == clear.forwarded.outbound, "what the client reads")
            return all
        }
    }
}
