import GameProtocol
import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

/// The games of the library and a session with each.
enum Library {
    /// The file's name in `rules/protocols/`, and what is played through its rules.
    static let sessions: [(game: String, script: String)] =
        lengths + selected + tables + texts + talesOfPirates + sealed

    /// An example of the manual, and a game with tests of its own.
    static let heldElsewhere: Set = ["line", "tera-92"]
}

@Suite("The library of protocols")
struct LibraryTests {
    static let games = Library.sessions.map(\.game)

    @Test("every protocol that is shipped has a session that is played through it")
    func coverage() throws {
        let shipped = try PackageFiles.names(in: "rules/protocols").filter { $0.hasSuffix(".yaml") }
            .map { String($0.dropLast(".yaml".count)) }
        #expect(Set(shipped) == Set(Self.games).union(Library.heldElsewhere))
        #expect(Self.games.count == Set(Self.games).count)
    }

    @Test("a session made from the facts is cut and named as they say, and breaks no rule", arguments: games)
    func passes(game: String) throws {
        for piece in [Int.max, 1, 3] {
            for session in try script(game).sessions {
                let player = try LibraryPlayer(game, piece: piece)
                for step in session { player.take(step, refusals: .skipped) }
                #expect(player.complaints == [], "in pieces of \(piece)")
                #expect(player.wire.end == nil)
            }
        }
    }

    @Test(
        "bytes that no client of the game sends, and packets over a limit, break the rule that is named",
        arguments: games)
    func refused(game: String) throws {
        var count = 0
        for session in try script(game).sessions {
            for (index, step) in session.enumerated() {
                guard case .send(let line) = step, case .refused = line.expectation else { continue }
                count += 1
                let player = try LibraryPlayer(game, piece: count.isMultiple(of: 2) ? 1 : Int.max)
                for earlier in session[..<index] { player.take(earlier, refusals: .skipped) }
                player.take(step, refusals: .sent)
                #expect(player.complaints == [])
            }
        }
        // Where nothing is cut, floods of bytes are held back rather than refused.
        let isOpaque = try Rules.shipped(game).descriptor.phases.allSatisfy(\.isOpaque)
        #expect(count > 0 || isOpaque)
    }

    @Test("the sessions go through every phase in which packets are cut", arguments: games)
    func phases(game: String) throws {
        let ruleset = try Rules.shipped(game)
        var seen: Set<String> = []
        for session in try script(game).sessions {
            let player = try LibraryPlayer(game, piece: Int.max)
            for step in session { player.take(step, refusals: .skipped) }
            seen.formUnion(player.phases)
        }
        let framed = ruleset.descriptor.phases.filter { $0.lanes != nil }.map(\.name)
        #expect(Set(framed).subtracting(seen) == [])
    }

    private func script(_ game: String) throws -> LibraryScript {
        try LibraryScript(try #require(Library.sessions.first { $0.game == game }).script)
    }
}

/// Plays a script through a session, and remembers what was not as it says.
private final class LibraryPlayer {
    enum Refusals { case sent, skipped }

    /// The rule that tells the name of everything that passes.
    private static let seen = "seen"

    let wire: Wire
    private let ruleset: Ruleset
    private let piece: Int
    private(set) var complaints: [String] = []
    private(set) var phases: Set<String> = []

    init(_ game: String, piece: Int) throws {
        ruleset = try Rules.shipped(game, remarkedBy: Self.seen)
        wire = Wire(ruleset)
        self.piece = piece
    }

    func take(_ step: LibraryScript.Step, refusals: Refusals) {
        // One wrong line makes all that follow it wrong.
        guard complaints.isEmpty else { return }
        switch step {
        case .wait(let seconds): wire.wait(seconds * second)
        case .send(let line):
            if case .refused = line.expectation, refusals == .skipped { return }
            for _ in 0..<line.count where complaints.isEmpty { send(line) }
        }
    }

    private func send(_ line: LibraryScript.Line) {
        let findings = wire.findings.count
        let forwarded = wire.forwarded[line.direction].count
        var rest = line.bytes[...]
        while !rest.isEmpty {
            wire.send(Array(rest.prefix(piece)), line.direction)
            rest = rest.dropFirst(piece)
        }
        let found = wire.findings[findings...].map { ($0, ruleset.policy.rules[Int($0.rule)].name) }
        let names = found.filter { $0.1 == Self.seen }.map { name(of: $0.0) }
        let rules = found.map(\.1).filter { $0 != Self.seen }
        let sizes = found.filter { $0.1 == Self.seen }.map(\.0.packet.byteCount)
        let passed = wire.forwarded[line.direction].count - forwarded == line.bytes.count
        let place = "line \(line.number):"
        switch line.expectation {
        case .packet(let name, let phase):
            let judged = found.first { $0.1 == Self.seen }.map { phaseName(of: $0.0) }
            phases.formUnion(judged.map { [$0] } ?? [])
            if sizes != [line.bytes.count] { complaints.append("\(place) is \(sizes) of \(line.bytes.count) bytes") }
            if names != [name] { complaints.append("\(place) is \(names), not \(name)") }
            if let phase, judged != phase { complaints.append("\(place) is in \(judged ?? "none"), not \(phase)") }
            let expected = name == "unknown" && rules == ["unknown"] ? rules : []
            if rules != expected { complaints.append("\(place) breaks \(rules)") }
            if !passed { complaints.append("\(place) does not pass: \(describeEnd())") }
        case .raw:
            if names != [] || rules != [] { complaints.append("\(place) is a packet \(names) \(rules)") }
            if !passed { complaints.append("\(place) does not pass: \(describeEnd())") }
        case .refused(let rule):
            if rules.last != rule { complaints.append("\(place) breaks \(rules), not \(rule)") }
            if passed { complaints.append("\(place) passes") }
        case .remarked(let rule):
            if rules != [rule] { complaints.append("\(place) breaks \(rules), not \(rule)") }
            if !passed { complaints.append("\(place) does not pass: \(describeEnd())") }
        }
    }

    private func name(of finding: Finding) -> String {
        ruleset.descriptor.packets[finding.packet.direction].name(of: finding.packet.packet)
    }

    private func phaseName(of finding: Finding) -> String { ruleset.descriptor.phases[Int(finding.packet.phase)].name }

    private func describeEnd() -> String {
        guard wire.end != nil else { return "it waits for more" }
        return "\(wire.endingRule ?? "a deadline") \(wire.detail(of: .framing) ?? "")"
    }
}
