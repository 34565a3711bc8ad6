/// The compiler settings that Package.swift gives each target.
enum Manifest {
    private static let path = "Package.swift"
    private static let kinds = [".target(", ".executableTarget(", ".testTarget("]
    private static let expectations: [(list: String, settings: [String])] = [
        (
            "strict",
            [
                ".swiftLanguageMode(.v6)", ".strictMemorySafety()", ".treatAllWarnings(as: .error)",
                ".enableUpcomingFeature(\"ExistentialAny\")", ".enableUpcomingFeature(\"MemberImportVisibility\")",
                ".enableUpcomingFeature(\"InternalImportsByDefault\")",
            ]
        ),
        ("lifetimes", ["strict +"]),
        ("testing", [".swiftLanguageMode(.v6)", ".treatAllWarnings(as: .error)"]),
    ]

    /// - Parameter withoutSwift: the targets that hold no Swift, and so need no settings.
    static func check(_ text: String, withoutSwift: Set<String>) -> [Complaint] {
        missingSettings(text) + targets(text).flatMap { complaints(about: $0, withoutSwift: withoutSwift) }
    }

    private struct Target {
        let call: Substring
        let isTest: Bool
        let line: Int

        /// What stands between the quotes behind `name:`.
        var name: String {
            guard let label = call.firstRange(of: "name: \"") else { return "?" }
            return String(call[label.upperBound...].prefix { $0 != "\"" })
        }

        /// The words behind `swiftSettings:`, up to the call's end.
        var settings: String? {
            guard let label = call.firstRange(of: "swiftSettings: ") else { return nil }
            return String(call[label.upperBound...].dropLast())
        }
    }

    private static func complaints(about target: Target, withoutSwift: Set<String>) -> [Complaint] {
        let allowed = target.isTest ? ["testing"] : ["strict", "lifetimes"]
        if let settings = target.settings {
            if allowed.contains(settings) { return [] }
        } else if withoutSwift.contains(target.name) {
            return []
        }
        let found = target.settings.map { "'\($0)'" } ?? "no settings"
        let message = "'\(target.name)' has \(found) where \(allowed.joined(separator: " or ")) is expected"
        return [Complaint(path: path, line: target.line, message: message)]
    }

    /// Each call that declares a target, to its closing parenthesis.
    private static func targets(_ text: String) -> [Target] {
        kinds.flatMap { kind in
            text.ranges(of: kind).map { range in
                var depth = 1
                var end = range.upperBound
                while end < text.endIndex, depth > 0 {
                    if text[end] == "(" { depth += 1 }
                    if text[end] == ")" { depth -= 1 }
                    end = text.index(after: end)
                }
                let line = 1 + text[..<range.lowerBound].count { $0 == "\n" }
                return Target(call: text[range.lowerBound..<end], isTest: kind == ".testTarget(", line: line)
            }
        }
        .sorted { $0.line < $1.line }
    }

    private static func missingSettings(_ text: String) -> [Complaint] {
        expectations.flatMap { list, settings -> [Complaint] in
            guard let start = text.firstRange(of: "let \(list): [SwiftSetting] =") else {
                return [Complaint(path: path, message: "defines no settings '\(list)'")]
            }
            // A list ends where the next declaration begins.
            let rest = text[start.upperBound...]
            let definition = rest[..<(rest.firstRange(of: "\nlet ")?.lowerBound ?? rest.endIndex)]
            return settings.filter { !definition.contains($0) }.map {
                Complaint(path: path, message: "'\(list)' lacks \($0)")
            }
        }
    }
}
