import Glibc

/// Times of day as texts, and back.
public enum TimeText {
    /// The time zone of a text that names none.
    public enum Zone: Sendable {
        case utc
        /// This host's.
        case local
    }

    private static let secondUS: Int64 = 1_000_000
    /// The first instant that no text of four digits for the year has: the year 10000.
    static let endUS: Int64 = 253_402_300_800 * secondUS

    /// `2026-05-01T12:00:00.123456Z`, for what lies from 1970 to 9999; others become the nearest of these.
    public static func text(_ wallUS: Int64) -> String {
        let bounded = min(max(wallUS, 0), endUS - 1)
        let (second, micros) = bounded.quotientAndRemainder(dividingBy: secondUS)
        let (day, secondOfDay) = second.quotientAndRemainder(dividingBy: 86_400)
        let date = date(ofDay: day)
        var text: [UInt8] = []
        appendDigits(date.year, 4, to: &text)
        for part in [date.month, date.day] {
            text.append(UInt8(ascii: "-"))
            appendDigits(part, 2, to: &text)
        }
        var separator = UInt8(ascii: "T")
        for part in [secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60] {
            text.append(separator)
            appendDigits(part, 2, to: &text)
            separator = UInt8(ascii: ":")
        }
        text.append(UInt8(ascii: "."))
        appendDigits(micros, 6, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads `2026-05-01T12:00:00.123456Z`, also with a space for the `T`, another fraction, an offset as in `+02:00`,
    /// or without a zone; `nil` for anything else, and for what lies before 1970.
    public static func parse(_ text: some StringProtocol, zone: Zone = .utc) -> Int64? {
        var digits = TextScan(text)
        guard let year = digits.number(digitCount: 4), digits.takes("-"),
            let month = digits.number(digitCount: 2), digits.takes("-"),
            let day = digits.number(digitCount: 2), digits.takes("T") || digits.takes("t") || digits.takes(" "),
            let hour = digits.number(digitCount: 2), digits.takes(":"),
            let minute = digits.number(digitCount: 2), digits.takes(":"),
            let second = digits.number(digitCount: 2),
            year >= 1970, (1...12).contains(month), (1...dayCount(year, month)).contains(day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        var micros: Int64 = 0
        if digits.takes(".") || digits.takes(",") {
            guard let fraction = digits.fractionOfMillion() else { return nil }
            micros = fraction
        }
        let civil = Civil(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        guard let seconds = digits.zoned(civil, zone: zone), digits.isAtEnd, seconds >= 0 else { return nil }
        return seconds * secondUS + micros
    }

    fileprivate struct Civil {
        var year: Int64
        var month: Int64
        var day: Int64
        var hour: Int64
        var minute: Int64
        var second: Int64

        /// Seconds since 1970, were it in UTC.
        var utc: Int64 { TimeText.day(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second }

        /// Seconds since 1970 by this host's time zone.
        var local: Int64? {
            // Safe: a `tm` is plain numbers and a pointer to the zone's name, which stays nil and is not read.
            var parts = unsafe tm()
            unsafe parts.tm_year = Int32(year - 1_900)
            unsafe parts.tm_mon = Int32(month - 1)
            unsafe parts.tm_mday = Int32(day)
            unsafe parts.tm_hour = Int32(hour)
            unsafe parts.tm_min = Int32(minute)
            unsafe parts.tm_sec = Int32(second)
            unsafe parts.tm_isdst = -1
            // Safe: `parts` is a local of the type that the call reads and brings into order.
            let seconds = unsafe mktime(&parts)
            return seconds < 0 ? nil : Int64(seconds)
        }
    }

    private static func appendDigits(_ number: Int64, _ count: Int, to text: inout [UInt8]) {
        var place: Int64 = 1
        for _ in 1..<count { place *= 10 }
        while place > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to January 1st of a year from 1970 on.
    private static func day(ofYear year: Int64) -> Int64 {
        let before = year - 1
        return (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
    }

    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        (1..<month).reduce(self.day(ofYear: year)) { $0 + dayCount(year, $1) } + day - 1
    }

    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 366 days a year is too many, so this begins at or before the right one.
        var year = 1970 + day / 366
        while self.day(ofYear: year + 1) <= day { year += 1 }
        var rest = day - self.day(ofYear: year)
        var month: Int64 = 1
        while rest >= dayCount(year, month) {
            rest -= dayCount(year, month)
            month += 1
        }
        return (year, month, rest + 1)
    }
}

extension TextScan {
    /// What stands behind a point, as millionths; more than six digits are cut off.
    fileprivate mutating func fractionOfMillion() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit = digit() {
            if count < 6 { value = value * 10 + digit }
            count += 1
            guard count <= 18 else { return nil }
        }
        guard count > 0 else { return nil }
        for _ in min(count, 6)..<6 { value *= 10 }
        return value
    }

    /// The seconds since 1970, by the zone that follows, or by another where none does.
    fileprivate mutating func zoned(_ civil: TimeText.Civil, zone: TimeText.Zone) -> Int64? {
        if takes("Z") || takes("z") { return civil.utc }
        let sign: Int64 = takes("+") ? 1 : takes("-") ? -1 : 0
        guard sign != 0 else { return zone == .utc ? civil.utc : civil.local }
        guard let hours = number(digitCount: 2) else { return nil }
        _ = takes(":")
        guard let minutes = number(digitCount: 2), hours < 24, minutes < 60 else { return nil }
        return civil.utc - sign * (hours * 3_600 + minutes * 60)
    }
}
