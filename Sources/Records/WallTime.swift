/// A moment as a calendar shows it, in UTC.
///
/// Shape: the proleptic Gregorian calendar, from 1970 to the end of 9999; a moment outside becomes the nearest inside,
/// because a clock that is so far off must not break the logs.
public struct WallTime: Equatable {
    /// 9999-12-31 23:59:59.999999.
    static let latestUS: Int64 = 253_402_300_799_999_999

    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int
    /// Of the day, below 86,400,000,000.
    var microsecond: Int64

    /// - Parameter wallUS: microseconds since 1970.
    public init(wallUS: Int64) {
        let microsecondsPerDay: Int64 = 86_400_000_000
        let wallUS = max(0, min(wallUS, Self.latestUS))
        microsecond = wallUS % microsecondsPerDay
        // Years are counted from March here, so that a leap day is the last of its year and every month but the last
        // has a place that five months of 153 days repeat. Day 0 is 0000-03-01, 719,468 days before 1970.
        let dayNumber = Int(wallUS / microsecondsPerDay) + 719_468
        let daysPer400Years = 146_097
        let era = dayNumber / daysPer400Years
        let dayOfEra = dayNumber % daysPer400Years
        // One day less for each 4 years, one more for each century, one less for the 400th.
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// Appends `2026-05-01 12:00:00,123`, as fail2ban's own log has it.
    func appendLogForm(to line: inout [UInt8]) {
        appendDate(to: &line)
        line.append(UInt8(ascii: " "))
        appendTime(to: &line)
        line.append(UInt8(ascii: ","))
        Self.append(Int(microsecond / 1_000 % 1_000), digitCount: 3, to: &line)
    }

    /// Appends `2026-05-01T12:00:00.123456Z` (RFC 3339).
    public func appendRFC3339(to line: inout [UInt8]) {
        appendDate(to: &line)
        line.append(UInt8(ascii: "T"))
        appendTime(to: &line)
        line.append(UInt8(ascii: "."))
        Self.append(Int(microsecond % 1_000_000), digitCount: 6, to: &line)
        line.append(UInt8(ascii: "Z"))
    }

    private func appendDate(to line: inout [UInt8]) {
        Self.append(year, digitCount: 4, to: &line)
        line.append(UInt8(ascii: "-"))
        Self.append(month, digitCount: 2, to: &line)
        line.append(UInt8(ascii: "-"))
        Self.append(day, digitCount: 2, to: &line)
    }

    private func appendTime(to line: inout [UInt8]) {
        let second = Int(microsecond / 1_000_000)
        Self.append(second / 3_600, digitCount: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        Self.append(second / 60 % 60, digitCount: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        Self.append(second % 60, digitCount: 2, to: &line)
    }

    private static func append(_ number: Int, digitCount: Int, to line: inout [UInt8]) {
        var place = 1
        for _ in 1..<digitCount { place *= 10 }
        while place > 0 {
            line.append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
    }
}
