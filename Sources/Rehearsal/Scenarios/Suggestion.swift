import ConfigurationFiles

/// What an operator may have meant.
enum Suggestion {
    /// The nearest of some names, or all of them where they are few.
    static func among(_ known: [String], _ written: String) -> String? {
        if let nearest = NearestName.of(written, in: known) { return "did you mean '\(nearest)'?" }
        guard !known.isEmpty, known.count <= 12 else { return nil }
        return "known are: \(known.joined(separator: ", "))"
    }
}
