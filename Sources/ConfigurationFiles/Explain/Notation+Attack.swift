import Settings

extension Notation {
    /// A rate as it is written: `50/s`, `5/10s`.
    static func frequency(_ frequency: Frequency) -> String {
        let period = Shown.duration(frequency.periodNS)
        // One of a unit needs no number.
        return "\(frequency.count)/"
            + (period.hasPrefix("1") && period.dropFirst().allSatisfy(\.isLetter)
                ? String(period.dropFirst()) : period)
    }
}
