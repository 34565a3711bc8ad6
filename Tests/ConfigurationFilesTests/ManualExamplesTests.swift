import ConfigurationFiles
import Foundation
import RuleEngine
import TestSupport
import Testing

/// Files and parts of files that a page shows.
struct ManualPage {
    struct Block {
        /// 1-based line of the page.
        let line: Int
        /// What stands behind the `#` of its first line.
        let title: String
        let text: String

        /// A path in the page's folder; `nil` for a part of a file.
        var fileName: String? {
            [".yaml", ".txt", ".map"].contains { title.hasSuffix($0) } && !title.hasPrefix("in ") ? title : nil
        }
    }

    let path: String
    let blocks: [Block]

    init(_ path: String) throws {
        self.path = path
        var blocks: [Block] = []
        var open: (line: Int, lines: [Substring])?
        let lines = try PackageFiles.text(path).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line == "```yaml" || line == "```text" {
                open = (index + 2, [])
            } else if line == "```", let block = open {
                let first = block.lines.first ?? ""
                let title = first.hasPrefix("# ") ? String(first.dropFirst(2)) : ""
                blocks.append(Block(line: block.line, title: title, text: block.lines.joined(separator: "\n") + "\n"))
                open = nil
            } else {
                open?.lines.append(line)
            }
        }
        self.blocks = blocks
    }

    /// The name of a protocol that the page shows whole.
    var protocolName: String? {
        blocks.compactMap(\.fileName).first { $0.hasPrefix("protocols/") }
            .map { String($0.dropFirst("protocols/".count).dropLast(".yaml".count)) }
    }

    /// A folder with the page's files, on top of those of `rules/` where the page speaks of them.
    func folder() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for kind in ["protocols", "policies"] where Manual.standsOnShippedFiles.contains(path) {
            for path in PackageFiles.files(below: "rules/\(kind)") {
                try folder.write(String(path.dropFirst("rules/".count)), try PackageFiles.text(path))
            }
        }
        for (name, database) in [("GeoLite2-Country", "country"), ("GeoLite2-ASN", "asn")] {
            try folder.write("\(name).mmdb", bytes: PackageFiles.bytes("Tests/Fixtures/geo/\(database).mmdb"))
        }
        for block in blocks {
            if let name = block.fileName { try folder.write(name, block.text) }
        }
        return folder
    }

    /// The file a part is made into, and its name.
    func completed(_ block: Block) throws -> (name: String, text: String) {
        switch block.title {
        case "in portcullis.yaml":
            let listeners = block.text.contains("\nlisteners:") ? "" : "listeners: [\(Self.listener)]\n"
            return ("part.yaml", "version: 1\n" + listeners + block.text)
        case "in a policy":
            let name = try #require(protocolName, "\(path) shows no protocol for this part to name packets of")
            return ("policies/part.yaml", "version: 1\npolicy: part\nprotocol: \(name)\n" + block.text)
        case "in a phase":
            let phase = block.text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
            return ("protocols/part.yaml", "version: 1\nprotocol: part\nphases:\n  - name: play\n" + phase + "\n")
        default:
            throw UnknownTitle(place: "\(path):\(block.line)", title: block.title)
        }
    }

    private static let listener = "{ name: part, bind: 127.0.0.1:1, to: 127.0.0.1:2 }"

    /// A block whose first line says neither which file it is nor where it belongs.
    struct UnknownTitle: Error {
        let place: String
        let title: String
    }
}

enum Manual {
    /// Their examples name protocols and policies of `rules/`.
    static let standsOnShippedFiles: Set = ["README.md", "docs/manual/operating.md"]

    static var paths: [String] {
        ["README.md"] + PackageFiles.files(below: "docs/manual").filter { $0.hasSuffix(".md") }
    }

    /// The pages that say what may stand in the files.
    static func reference() throws -> String {
        try ["service", "kernel", "state", "under-attack", "protocols", "fields", "policies"]
            .map { try PackageFiles.text("docs/manual/\($0).md") }.joined()
    }
}

@Suite("The manual")
struct ManualExamplesTests {
    @Test("the files that a page shows pass the check without a word", arguments: Manual.paths)
    func files(path: String) throws {
        let page = try ManualPage(path)
        guard page.blocks.contains(where: { $0.fileName != nil }) else { return }
        let folder = try page.folder()
        #expect(folder.check() == "")
    }

    @Test("a part of a file that a page shows passes the check without a word", arguments: Manual.paths)
    func parts(path: String) throws {
        let page = try ManualPage(path)
        for block in page.blocks where block.fileName == nil {
            let folder = try page.folder()
            let (name, text) = try page.completed(block)
            try folder.write(name, text)
            #expect(folder.check(name) == "", "\(path):\(block.line)")
        }
    }

    @Test("there are examples, so that the tests above test something")
    func isNotEmpty() throws {
        let blocks = try Manual.paths.flatMap { try ManualPage($0).blocks }
        #expect(blocks.count { $0.fileName != nil } >= 12)
        #expect(blocks.count { $0.fileName == nil } >= 12)
    }

    @Test("every link between pages leads to a page and a heading that are there", arguments: Manual.paths)
    func links(path: String) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        for link in try PackageFiles.text(path).matches(of: /\]\(([^)\s]+)\)/).map(\.1) where !link.contains("://") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file = parts[0].isEmpty ? path : folder.isEmpty ? String(parts[0]) : "\(folder)/\(parts[0])"
            if PackageFiles.isDirectory(file) { continue }
            let text = try PackageFiles.text(file)
            guard parts.count == 2 else { continue }
            let anchors = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
                heading.drop { $0 == "#" || $0 == " " }.lowercased().replacing(" ", with: "-")
                    .filter { $0.isLetter || $0.isNumber || $0 == "-" }
            }
            #expect(anchors.contains(String(parts[1])), "\(path): \(link)")
        }
    }

    @Test("every key and word that a file may hold is in the manual")
    func keys() throws {
        let text = try Manual.reference()
        let words = try ReaderWords.all().union(Violation.allCases.map(\.name))
        #expect(words.count > 120, "only \(words.count) words were found in the readers")
        for word in words.sorted() {
            let isMentioned = text.contains("`\(word)`") || text.contains("`\(word):")
            #expect(isMentioned, "the manual does not say what '\(word)' means")
        }
    }
}

/// The keys and words that the readers know, from their own source.
private enum ReaderWords {
    static func all() throws -> Set<String> {
        var words: Set<String> = []
        for path in PackageFiles.files(below: "Sources/ConfigurationFiles") {
            let text = try PackageFiles.text(path)
            // What a mapping is called comes first in a shape; its keys and those that come later follow.
            for shape in text.ranges(of: "Shape(") {
                words.formUnion(literals(in: call(text[shape.upperBound...])).dropFirst())
            }
            for choice in text.ranges(of: "choice([") {
                words.formUnion(literals(in: call(text[choice.upperBound...])))
            }
            for list in text.matches(of: /static let keys = \[([^\]]*)\]/) {
                words.formUnion(literals(in: list.1))
            }
        }
        return words
    }

    /// The arguments of a call, up to the parenthesis that ends it.
    private static func call(_ text: Substring) -> Substring {
        var depth = 1
        for index in text.indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return text[..<index] }
        }
        return text
    }

    private static func literals(in text: Substring) -> [String] {
        text.matches(of: /"([^"\\]*)"/).map { String($0.1) }
    }
}
