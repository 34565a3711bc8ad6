import ConfigurationFiles
import GameProtocol
import Inspection
import PacketFields
import RuleEngine
import TestSupport
import Testing
import WireBytes

@testable import Rehearsal

@Suite("Evidence: no password and no ticket is ever kept")
struct SecretTests {
    private static let games =
        (try? PackageFiles.names(in: "rules/protocols")
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }) ?? []

    private func ruleset(_ game: String) throws -> Ruleset {
        let text = """
            version: 1
            listeners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: \(game) }]
            """
        let result = ConfigurationLoader.load(text: text, path: "\(PackageFiles.root)/rules/(test)")
        return try #require(result.configuration).listeners[0].ruleset
    }

    /// A packet, and another one that differs from it in nothing but its secrets.
    private struct Pair {
        let name: String
        let facts: PacketFacts
        let one: [UInt8]
        let other: [UInt8]
        let isSecret: Bool
    }

    /// Two packets of each name that has secrets, with random bytes in all that may hold any.
    private func pairs(_ ruleset: Ruleset, using random: inout SplitMix64) -> [Pair] {
        let descriptor = ruleset.descriptor
        var pairs: [Pair] = []
        for (number, phase) in descriptor.phases.enumerated() {
            for direction in Direction.allCases where phase.isFramed(direction) {
                for (index, entry) in descriptor.packets[direction].entries.enumerated()
                where entry.version == phase.version
                    && phase.accept[direction]?.contains(PacketIndex(index + 1)) ?? true
                {
                    guard entry.isSecret || entry.layout?.hasSecrets == true else { continue }
                    var draft = PacketDraft(descriptor)
                    var text = PacketText(name: entry.name, place: ScenarioPlace(line: 1, column: 1))
                    for field in entry.layout?.fields ?? [] where field.meaning == .secret {
                        guard let value = Self.value(field, using: &random) else { continue }
                        text.values.append(value)
                    }
                    guard let one = try? draft.bytes(of: text, direction, phase: number) else { continue }
                    var other = one
                    var hasChanged = entry.isSecret
                    for (index, field) in (entry.layout?.fields ?? []).enumerated() where field.meaning == .secret {
                        // Safe: any bits are a byte, and the array lives as long as the span.
                        guard let span = unsafe entry.layout?.span(of: index, in: one.span.bytes) else { continue }
                        for offset in span.value {
                            other[offset] = one[offset] == 0x7A ? 0x61 : one[offset] &+ 1
                            hasChanged = true
                        }
                    }
                    guard hasChanged else {
                        Issue.record("\(entry.name) has a secret of no bytes")
                        continue
                    }
                    pairs.append(
                        Pair(
                            name: entry.name,
                            facts: PacketFacts(
                                direction: direction, packet: PacketIndex(index + 1), phase: UInt8(number),
                                byteCount: one.count, opcode: 0),
                            one: one, other: other, isSecret: entry.isSecret))
                }
            }
        }
        return pairs
    }

    /// Small letters for a secret, as many as fit.
    private static func value(_ field: Field, using random: inout SplitMix64) -> PacketText.Value? {
        var count = Int.random(in: 4...9, using: &random)
        switch field.kind {
        case .bytes(.fixed(let byteCount)), .text(.fixed(let byteCount), _, _): count = min(count, byteCount)
        case .bytes, .text, .terminated: break
        case .integer, .float, .varint: return nil
        }
        if case .bytes(.fixed(let byteCount)) = field.kind { count = byteCount }
        let letters = (0..<count).map { _ in UInt8.random(in: 0x61...0x79, using: &random) }
        let place = ScenarioPlace(line: 1, column: 1)
        if case .bytes = field.kind {
            let hex = letters.map { String($0, radix: 16) }.joined(separator: " ")
            return PacketText.Value(field: field.name, word: "hex", quoted: Array(hex.utf8), place: place)
        }
        return PacketText.Value(field: field.name, word: "", quoted: letters, place: place)
    }

    private func excerpt(_ ruleset: Ruleset, _ facts: PacketFacts, _ bytes: [UInt8], rule: RuleIndex) -> Excerpt {
        let finding = Finding(rule: rule, action: .ban(baseNS: nil), isShadow: false, score: 0, packet: facts)
        // Safe: any bits are a byte, and the array lives as long as the span.
        return unsafe ruleset.excerpt(of: finding, in: bytes.span.bytes)
    }

    @Test(
        "what is kept of a shipped protocol's packet does not depend on its secrets: whole, in part, of a wrong size",
        arguments: games)
    func shipped(game: String) throws {
        let ruleset = try ruleset(game)
        var random = SplitMix64(seed: 71)
        for _ in 0..<20 {
            for pair in pairs(ruleset, using: &random) {
                var counts = Array(1...pair.one.count)
                if counts.count > 200 { counts = Array(1...160) + [pair.one.count] }
                for count in counts {
                    for byteCount in [pair.one.count, pair.one.count - 1, pair.one.count + 1, count] {
                        var facts = pair.facts
                        facts.byteCount = byteCount
                        for rule in [RuleIndex(100), Violation.malformed.index, Violation.size.index] {
                            let one = excerpt(ruleset, facts, Array(pair.one.prefix(count)), rule: rule)
                            let other = excerpt(ruleset, facts, Array(pair.other.prefix(count)), rule: rule)
                            guard one == other else {
                                Issue.record("\(pair.name): \(count) of \(byteCount) bytes tell a secret")
                                return
                            }
                            if pair.isSecret { #expect(one == .nothing) }
                        }
                    }
                }
            }
        }
    }

    @Test("the protocols with a login have secrets, and what could be one is marked", arguments: games)
    func marked(game: String) throws {
        let descriptor = try ruleset(game).descriptor
        let words = ["password", "passwd", "ticket", "pin_check", "pin_set", "pin_change", "token", "secret"]
        for direction in Direction.allCases {
            for entry in descriptor.packets[direction].entries where !entry.isSecret {
                for field in entry.layout?.fields ?? [] where words.contains(where: { field.name.contains($0) }) {
                    #expect(field.meaning == .secret, "\(entry.name): \(field.name)")
                }
                let name = entry.name.lowercased()
                let asks = name.contains("need") || name.contains("request") || direction == .outbound
                guard !asks, words.contains(where: { name.contains($0) }) else { continue }
                #expect(entry.layout?.hasSecrets == true, "\(entry.name)")
            }
        }
    }
}
