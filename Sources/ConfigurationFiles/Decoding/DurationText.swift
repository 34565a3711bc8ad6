/// Durations with a unit, as the files and the commands have them.
public enum DurationText {
    /// Nanoseconds of `250ms`, `10s`, `5m`, `1h` or `30d`; `nil` for anything else, and the greatest number for what is
    /// longer than that can say.
    public static func nanoseconds(_ text: String) -> UInt64? { UnitText.duration(text) }

    /// The duration in the greatest unit that is exact, in milliseconds at least.
    public static func text(_ nanoseconds: UInt64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, UInt64)]
        where milliseconds.isMultiple(of: scale) && milliseconds > 0 {
            return "\(milliseconds / scale)\(unit)"
        }
        return "\(milliseconds)ms"
    }
}
