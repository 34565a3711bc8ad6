import Testing

@Suite("what is wrong with the text itself")
struct YAMLDiagnosticsTests {
    @Test("an alias is refused")
    func alias() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners: *all

                """)
                    == """
                    s.yaml:2:12: error[C004]: aliases (*name) are not allowed
                        2 | listeners: *all
                          |            ^~~~
                       help: write the value out

                    """)
    }

    @Test("an anchor is refused")
    func anchor() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners: &all
                  - name: world

                """)
                    == """
                    s.yaml:2:12: error[C004]: anchors (&name) are not allowed
                        2 | listeners: &all
                          |            ^

                    """)
    }

    @Test("a tag is refused")
    func tag() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners: !!seq []

                """)
                    == """
                    s.yaml:2:12: error[C004]: tags (!name) are not allowed
                        2 | listeners: !!seq []
                          |            ^~~~~~~
                       help: put a text that begins with ! in quotes

                    """)
    }

    @Test("a second document is refused")
    func second() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                ---
                version: 1

                """)
                    == """
                    s.yaml:6:1: error[C004]: a file holds one document; a second one begins here
                        6 | ---
                          | ^~~

                    """)
    }

    @Test("a tab in the indentation is no YAML")
    func tab() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                \t- name: world

                """)
                    == """
                    s.yaml:3:1: error[C003]: this is no YAML: found character that cannot start any token
                        3 |  - name: world
                          | ^
                       help: indent with spaces, not with tabs

                    """)
    }

    @Test(
        "what YAML takes for its own sign is told with the way to write it",
        arguments: [
            ("title: { a: > 5 }", "put a text that begins with @, `, % or > in quotes"),
            (
                "title: { a: utf8z@[u16le@4] }",
                "put a text with brackets, braces or commas in it in quotes, such as \"utf8z@[u16le@4]\""
            ),
            ("title:\n  a: > 5", "put a text that begins with > or | in quotes"),
            (
                #"title: { a: "\d+" }"#,
                #"between double quotes a \ begins an escape: write '…' with single quotes, or \\"#
            ),
            ("title:\n  a:\n    - 1\n\tb: 2", "indent with spaces, not with tabs"),
        ])
    func signs(line: String, help: String) throws {
        #expect(try ScratchFolder.check("s.yaml", "version: 1\n\(line)\n").contains("   help: \(help)\n"))
    }

    @Test("a bracket that is never closed is no YAML")
    func open() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners: [

                """)
                    == """
                    s.yaml:3:1: error[C003]: this is no YAML: did not find expected node content
                        3 |
                          | ^

                    """)
    }

    @Test("a file of comments holds nothing")
    func comments() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                # nothing

                """)
                    == """
                    s.yaml: error[C002]: this file holds nothing but comments

                    """)
    }

    @Test("an empty file is no document")
    func empty() throws {
        #expect(
            try ScratchFolder.check("s.yaml", "")
                == """
                s.yaml: error[C002]: this file is empty

                """)
    }
}
