import Testing

@Suite("The import lint")
struct ImportTableTests {
    private let markdown = """
        ## Words

        | `Other` | is | not this table |

        ## Targets

        | target | is | may import |
        |---|---|---|
        | `App` | the top | `Core` `Glibc` |
        | `Core` | the bottom | |

        ## More
        """

    private func describe(_ complaints: [Complaint]) -> [String] { complaints.map(\.description) }

    @Test("the table's rows are read with what they allow and where they stand")
    func rows() {
        let table = ImportTable(markdown: markdown)
        #expect(table.complaints.isEmpty)
        #expect(
            table.rows == [
                .init(target: "App", allowed: ["Core", "Glibc"], line: 9), .init(target: "Core", allowed: [], line: 10),
            ])
    }

    @Test("a missing table, a short row and a second row are errors")
    func brokenTables() {
        #expect(
            describe(ImportTable(markdown: "## Words").complaints) == ["ARCHITECTURE.md: no table below '## Targets'"])
        let broken = ImportTable(markdown: "## Targets\n| `App` | `Core` |\n| `A` | is | |\n| `A` | is | |")
        #expect(
            describe(broken.complaints) == [
                "ARCHITECTURE.md:2: the row of 'App' has 2 cells where 3 are expected",
                "ARCHITECTURE.md:4: 'A' has a second row",
            ])
    }

    @Test("a directory without a row and a row without a directory are errors")
    func directories() {
        let table = ImportTable(markdown: markdown)
        #expect(table.compare(directories: ["App", "Core"]).isEmpty)
        #expect(
            describe(table.compare(directories: ["Core", "New"])) == [
                "Sources/New: has no row in ARCHITECTURE.md",
                "ARCHITECTURE.md:9: 'App' has no directory below Sources",
            ])
    }

    @Test("an import outside the row is an error with file, line and what is allowed")
    func forbidden() {
        let table = ImportTable(markdown: markdown)
        let files = [
            TextFile(path: "Sources/App/Main.swift", text: "import Core\n\npublic import Foundation\n"),
            TextFile(path: "Sources/Core/Deep/Core.swift", text: "import Glibc\n"),
            TextFile(path: "Tests/AppTests/AppTests.swift", text: "import Foundation\n"),
        ]
        #expect(
            describe(table.forbidden(in: files)) == [
                "Sources/App/Main.swift:3: imports 'Foundation'; 'App' may import Core Glibc",
                "Sources/Core/Deep/Core.swift:1: imports 'Glibc'; 'Core' may import nothing",
            ])
    }

    @Test("an allowance of which no file makes use is an error")
    func unused() {
        let files = [TextFile(path: "Sources/App/Main.swift", text: "import Core\n")]
        #expect(
            describe(ImportTable(markdown: markdown).unused(by: files)) == [
                "ARCHITECTURE.md:9: 'App' may import 'Glibc', but no file of it does"
            ])
    }

    @Test(
        "an import is found whatever stands around it",
        arguments: [
            "import Core", "public import Core", "private import Core", "@_exported import Core",
            "@preconcurrency public import Core", "@_spi(Inside) import Core", "import struct Core.Thing",
            "import Core.Inner", "let x = 1; import Core", "import `Core`", "    import Core  // why",
            "\"\"; import Core", "#\"\\\"# ; import Core",
        ])
    func spellings(line: String) {
        #expect(ImportLine.all(in: "// first line\n\(line)\n") == [ImportLine(module: "Core", line: 2)])
    }

    @Test(
        "what only looks like an import is none",
        arguments: [
            "// import Core", "/* import Core */", "/*\n/* */\nimport Core\n*/", "\"import Core\"",
            "let text = \"\"\"\n    import Core\n    \"\"\"", "#\"\"\"\n\"\"\"\nimport Core\n\"\"\"#",
            "important(Core)", "let importer = 1",
        ])
    func lookalikes(text: String) {
        #expect(ImportLine.all(in: text).isEmpty)
    }
}
