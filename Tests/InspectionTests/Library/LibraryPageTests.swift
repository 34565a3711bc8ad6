import GameProtocol
import Inspection
import TestSupport
import Testing
import WireBytes

@Suite("The manual's page about the library")
struct LibraryPageTests {
    private static let page = "docs/manual/library.md"

    /// The cells of the row of each protocol.
    private func rows() throws -> [String: [String]] {
        var rows: [String: [String]] = [:]
        for line in try PackageFiles.text(Self.page).split(separator: "\n") where line.hasPrefix("| [") {
            let cells = line.dropFirst(2).dropLast(2).split(separator: "|").map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            let name = String(try #require(cells.first).dropFirst().prefix { $0 != "]" })
            #expect(rows[name] == nil, "\(name) has two rows")
            #expect(cells.first == "[\(name)](../../rules/protocols/\(name).yaml)")
            rows[name] = cells
        }
        return rows
    }

    @Test("it has a row for each protocol that is shipped, in order of the alphabet")
    func complete() throws {
        let shipped = try PackageFiles.names(in: "rules/protocols").filter { $0.hasSuffix(".yaml") }
            .map { String($0.dropLast(".yaml".count)) }
        let rows = try rows()
        #expect(rows.keys.sorted() == shipped)
        let links = try PackageFiles.text(Self.page).matches(of: /\| \[([^\]]+)\]/).map { String($0.1) }
        #expect(links == shipped)
    }

    @Test("each row has the title of the file, what of it cannot be read, and whether it was seen on real traffic")
    func rowsAreTrue() throws {
        for (name, cells) in try rows() {
            try #require(cells.count == 7, "\(name)")
            let text = try PackageFiles.text("rules/protocols/\(name).yaml")
            let title = try #require(text.firstMatch(of: /\ntitle: ([^\n]+)/)).1
            #expect(cells[1] == title)

            let phases = try Rules.shipped(name).descriptor.phases
            let opaque = Set(phases.filter(\.isOpaque).map(\.name))
            let named = Set(cells[5].matches(of: /`([^`]+)`/).map { String($0.1) })
            #expect(named == opaque, "\(name)")
            let isServerUncut = phases.contains { $0.lanes?.outbound.frame.isUncut ?? false }
            #expect(cells[5].contains("the server's side") == isServerUncut, "\(name)")
            #expect((cells[5] == "–") == (opaque.isEmpty && !isServerUncut), "\(name)")

            let recordings = try PackageFiles.names(in: "Tests/Fixtures")
            #expect((cells[6] == "recorded session") == recordings.contains("\(name).pcap"), "\(name)")
            let comments = text.replacing("\n# ", with: " ")
            let isAnExample = name == "line" || cells[2] == "–"
            #expect(
                cells[6] == "recorded session" || isAnExample || comments.contains("verified on real traffic"),
                "\(name) does not say that it was not")
        }
    }
}
