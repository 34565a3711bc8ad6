import TestSupport
import Testing

/// Holds the repository itself against the lints.
@Suite("The repository")
struct RepositoryTests {
    /// Why a Swift file has more than 400 lines.
    static let longFiles: [String: String] = [:]

    private func texts(below directories: [String]) throws -> [TextFile] {
        try directories.flatMap { try PackageFiles.files(below: $0).compactMap(text) }
    }

    /// Nil for what is not text.
    private func text(_ path: String) throws -> TextFile? {
        String(validating: try PackageFiles.bytes(path), as: UTF8.self).map { TextFile(path: path, text: $0) }
    }

    private func swiftFiles() throws -> [TextFile] {
        try texts(below: ["Sources", "Tests"]).filter { $0.path.hasSuffix(".swift") }
            + [text("Package.swift")].compactMap(\.self)
    }

    private func expectNone(_ complaints: [Complaint], sourceLocation: SourceLocation = #_sourceLocation) {
        for complaint in complaints {
            Issue.record("\(complaint)", sourceLocation: sourceLocation)
        }
    }

    @Test("every import is one that ARCHITECTURE.md allows, and every target is in its table")
    func imports() throws {
        let table = try ImportTable(markdown: PackageFiles.text(ImportTable.path))
        let files = try swiftFiles()
        #expect(files.count > 20, "the lint found only \(files.count) Swift files")
        expectNone(table.complaints)
        expectNone(table.compare(directories: try PackageFiles.names(in: "Sources")))
        expectNone(table.forbidden(in: files))
    }

    @Test("ARCHITECTURE.md allows no import that nobody makes")
    func allowances() throws {
        let table = try ImportTable(markdown: PackageFiles.text(ImportTable.path))
        expectNone(table.unused(by: try swiftFiles()))
    }

    @Test("no file is too long to be one concept, and no line too long to read")
    func shape() throws {
        let files = try swiftFiles()
        expectNone(FileShape.lengths(files, reasons: Self.longFiles))
        expectNone(files.flatMap(FileShape.columns))
    }

    @Test("no file holds a word of unfinished or unchecked work, or a path of one machine")
    func words() throws {
        let top = try PackageFiles.names(in: "")
            .filter { Layout.allowed.contains($0) && !PackageFiles.isDirectory($0) }.compactMap(text)
        let files = try texts(below: ["Sources", "Tests", "rules", "docs", "packaging", ".ci", "Benchmarks"])
        expectNone((top + files).flatMap(ForbiddenWords.check))
    }

    @Test("the top of the repository holds what belongs there, and git leaves out what a build makes")
    func layout() throws {
        expectNone(
            Layout.check(names: try PackageFiles.names(in: ""), gitignore: try PackageFiles.text(".gitignore")))
    }

    @Test("every target is compiled with the project's settings")
    func settings() throws {
        let withoutSwift = try PackageFiles.names(in: "Sources").filter { directory in
            !PackageFiles.files(below: "Sources/\(directory)").contains { $0.hasSuffix(".swift") }
        }
        expectNone(Manifest.check(try PackageFiles.text("Package.swift"), withoutSwift: Set(withoutSwift)))
    }
}
