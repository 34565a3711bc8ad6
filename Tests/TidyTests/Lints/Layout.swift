/// What stands at the top of the repository, and what git is told to leave out.
enum Layout {
    static let required: Set<String> = [
        ".ci", ".gitignore", ".swift-format", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE", "Makefile",
        "Package.swift", "README.md", "Sources", "Tests", "docs", "packaging", "rules",
    ]
    static let allowed = required.union(["Benchmarks"])
    static let ignored = [".build", "Package.resolved"]

    static func check(names: [String], gitignore: String) -> [Complaint] {
        let patterns = gitignore.split(separator: "\n").map { $0.hasSuffix("/") ? $0.dropLast() : $0 }
        func isIgnored(_ name: String) -> Bool {
            name == ".git" || patterns.contains { $0.hasPrefix("*") ? name.hasSuffix($0.dropFirst()) : name == $0 }
        }
        let present = names.filter { !isIgnored($0) }
        let strays = present.filter { !allowed.contains($0) }.sorted()
            .map { Complaint(path: $0, message: "does not belong at the top of the repository") }
        let missing = required.subtracting(present).sorted()
            .map { Complaint(path: $0, message: "is missing") }
        let tracked = ignored.filter { !isIgnored($0) }
            .map { Complaint(path: ".gitignore", message: "does not leave out '\($0)'") }
        return strays + missing + tracked
    }
}
