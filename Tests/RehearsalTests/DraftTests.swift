import ConfigurationFiles
import GameProtocol
import TestSupport
import Testing
import WireBytes

@testable import Rehearsal

@Suite("Scenarios: packets made from descriptors")
struct DraftTests {
    private static let games =
        (try? PackageFiles.names(in: "rules/protocols")
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }) ?? []

    private func descriptor(_ game: String) throws -> Descriptor {
        let text = """
            version: 1
            listeners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: \(game) }]
            """
        let result = ConfigurationLoader.load(text: text, path: "\(PackageFiles.root)/rules/(test)")
        #expect(result.text == "")
        return try #require(result.configuration).listeners[0].ruleset.descriptor
    }

    @Test("every packet of every shipped protocol can be made, and is cut as itself", arguments: games)
    func shipped(game: String) throws {
        let descriptor = try descriptor(game)
        var made = PerDirection<Set<Int>>(both: [])
        var wanted = PerDirection<Set<Int>>(both: [])
        for (number, phase) in descriptor.phases.enumerated() {
            for direction in Direction.allCases where phase.isFramed(direction) {
                for (index, entry) in descriptor.packets[direction].entries.enumerated()
                where entry.version == phase.version
                    && phase.accept[direction]?.contains(PacketIndex(index + 1)) ?? true
                {
                    wanted[direction].insert(index)
                    guard !made[direction].contains(index) else { continue }
                    var draft = PacketDraft(descriptor)
                    let text = PacketText(name: entry.name, place: ScenarioPlace(line: 1, column: 1))
                    guard let packet = try? draft.bytes(of: text, direction, phase: number) else { continue }
                    var scanned = 0
                    let cut = try descriptor.cutter.cut(
                        packet.span.bytes, direction, phase: number, scannedByteCount: &scanned)
                    guard case .packet(let cut) = cut else {
                        Issue.record("\(entry.name) in \(phase.name) is not whole")
                        continue
                    }
                    #expect(cut.byteCount == packet.count && Int(cut.packet) == index + 1)
                    made[direction].insert(index)
                }
            }
        }
        for direction in Direction.allCases {
            let missing = wanted[direction].subtracting(made[direction])
            #expect(missing.map { descriptor.packets[direction].entries[$0].name }.sorted() == [])
        }
    }
}
