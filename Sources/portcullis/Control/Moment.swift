import CLinux
import ControlPlane
import Records

/// Times as an operator reads them: on the clock in UTC, and from now.
enum Moment {
    /// `2026-05-01 12:00:00 UTC`.
    static func clock(_ time: Timestamp) -> String {
        let text = time.text
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
    }

    /// `in 59 min`, `3 d 4 h ago`, `now`.
    static func relative(_ time: Timestamp, nowUS: Int64 = clinux_wall_us()) -> String {
        let seconds = Int64((Double(time.wallUS - nowUS) / 1_000_000).rounded())
        if seconds == 0 { return "now" }
        return seconds > 0 ? "in \(span(seconds))" : "\(span(-seconds)) ago"
    }

    /// `until 2026-05-01 12:00:00 UTC (in 59 min)`, or `until it is lifted`.
    static func until(_ time: Timestamp?) -> String {
        time.map { "until \(clock($0)) (\(relative($0)))" } ?? "until it is lifted"
    }

    /// The two greatest units.
    static func span(_ seconds: Int64) -> String {
        let units: [(String, Int64)] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]
        guard let first = units.firstIndex(where: { seconds >= $0.1 }) else { return "0 s" }
        let (name, size) = units[first]
        var text = "\(seconds / size) \(name)"
        if first + 1 < units.count {
            let (nextName, nextSize) = units[first + 1]
            let rest = seconds % size / nextSize
            if rest > 0 { text += " \(rest) \(nextName)" }
        }
        return text
    }
}
