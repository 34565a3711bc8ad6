import Testing

@Suite("The lint of the repository's top")
struct LayoutTests {
    private let gitignore = ".build/\nPackage.resolved\n*.swp\n"

    private func check(_ names: some Sequence<String>, _ gitignore: String) -> [String] {
        Layout.check(names: Array(names), gitignore: gitignore).map(\.description)
    }

    @Test("what belongs there passes, beside what git leaves out")
    func passes() {
        let names = Layout.required.union([".git", ".build", "Package.resolved", "notes.swp", "Benchmarks"])
        #expect(check(names, gitignore).isEmpty)
    }

    @Test("a stray file, a missing one and a build directory that git would keep are errors")
    func complaints() {
        #expect(
            check(Layout.required.union(["notes.txt"]), gitignore) == [
                "notes.txt: does not belong at the top of the repository"
            ])
        #expect(check(Layout.required.subtracting(["LICENSE"]), gitignore) == ["LICENSE: is missing"])
        #expect(check(Layout.required, ".build/\n") == [".gitignore: does not leave out 'Package.resolved'"])
    }
}
