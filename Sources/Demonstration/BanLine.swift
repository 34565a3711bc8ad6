/// A line of the ban log, for the view.
enum BanLine {
    /// Without the date and what is the same in every line: `10:00:00 [rule-1] Ban 127.0.66.2 …`.
    static func abridged(_ line: String) -> String {
        let words = line.split(separator: " ", maxSplits: 5)
        guard words.count == 6 else { return line }
        return "\(words[1].prefix(8)) \(words[5])"
    }
}
