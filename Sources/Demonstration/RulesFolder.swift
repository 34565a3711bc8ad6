import Glibc

/// Where the shipped rules are.
enum RulesFolder {
    /// What shows that a folder holds them.
    private static let mark = "/protocols/crossfire.yaml"

    /// - Parameter given: what the operator said; then nothing else is looked at.
    static func find(given: String?) throws(SetupFailure) -> String {
        let candidates = given.map { [$0] } ?? besideProgram() + ["rules"]
        for folder in candidates {
            if let path = absolute(folder), absolute(path + mark) != nil { return path }
        }
        throw .rulesMissing(given.map { [$0] } ?? ["rules", "any folder above the program"])
    }

    /// `rules` in the program's folder and those above it, as in a checkout of the package.
    private static func besideProgram() -> [String] {
        guard let program = absolute("/proc/self/exe") else { return [] }
        var parts = program.split(separator: "/")
        var folders: [String] = []
        while !parts.isEmpty {
            parts.removeLast()
            folders.append("/" + parts.joined(separator: "/") + "/rules")
        }
        return folders
    }

    /// The path without links; `nil` when nothing is there.
    private static func absolute(_ path: String) -> String? {
        // Safe: realpath's answer is NULL or a NUL-ended text that is ours to free.
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
