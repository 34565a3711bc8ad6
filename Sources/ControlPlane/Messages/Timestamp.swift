import Records
import WireBytes

/// A moment as JSON has it: RFC 3339 in UTC, `2026-05-01T12:00:00.123456Z`.
public struct Timestamp: Sendable, Equatable, Codable {
    /// Microseconds since 1970.
    public var wallUS: Int64

    /// The moment so many microseconds after the beginning of 1970.
    public init(wallUS: Int64) {
        self.wallUS = wallUS
    }

    /// A moment that may be never.
    ///
    /// - Parameter endUS: the greatest number is never.
    init?(endUS: Int64) {
        guard endUS != .max else { return nil }
        wallUS = endUS
    }

    /// Reads RFC 3339; the seconds may have up to six places, and an offset is taken into account.
    public init?(_ text: some StringProtocol) {
        var scan = Array(text.utf8)[...]
        guard let year = Self.number(&scan, 4), Self.take(&scan, "-"), let month = Self.number(&scan, 2),
            Self.take(&scan, "-"), let day = Self.number(&scan, 2), Self.take(&scan, "T") || Self.take(&scan, " "),
            let hour = Self.number(&scan, 2), Self.take(&scan, ":"), let minute = Self.number(&scan, 2),
            Self.take(&scan, ":"), let second = Self.number(&scan, 2),
            (1970...9999).contains(year), (1...12).contains(month), (1...Self.dayCount(year, month)).contains(day),
            hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var microsecond = 0
        if Self.take(&scan, ".") {
            var scale = 100_000
            guard let first = scan.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
            while let digit = Self.number(&scan, 1) {
                microsecond += digit * scale
                scale /= 10
            }
        }
        guard let offset = Self.offsetMinutes(&scan), scan.isEmpty else { return nil }
        let seconds = ((Self.dayNumber(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
        wallUS = Int64(seconds) * 1_000_000 + Int64(microsecond)
        guard wallUS >= 0 else { return nil }
    }

    /// The moment in RFC 3339, UTC.
    public var text: String {
        var bytes: [UInt8] = []
        WallTime(wallUS: wallUS).appendRFC3339(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what ``encode(to:)`` writes.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let moment = Timestamp(text) else {
            throw ControlError(
                .badRequest, "\(SubjectText.shown(text)) is no time as RFC 3339 has it: 2026-05-01T12:00:00Z")
        }
        self = moment
    }

    /// As a text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// `Z`, or hours and minutes ahead of UTC.
    private static func offsetMinutes(_ scan: inout ArraySlice<UInt8>) -> Int? {
        if take(&scan, "Z") { return 0 }
        let isAhead = take(&scan, "+")
        guard isAhead || take(&scan, "-"), let hours = number(&scan, 2), hours < 24, take(&scan, ":"),
            let minutes = number(&scan, 2), minutes < 60
        else { return nil }
        return (isAhead ? 1 : -1) * (hours * 60 + minutes)
    }

    private static func dayCount(_ year: Int, _ month: Int) -> Int {
        let isLeapYear = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        switch month {
        case 2: return isLeapYear ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// Days from 1970, with years counted from March so that a leap day is the last of its year.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    }

    private static func number(_ scan: inout ArraySlice<UInt8>, _ digitCount: Int) -> Int? {
        guard scan.count >= digitCount else { return nil }
        var value = 0
        for byte in scan.prefix(digitCount) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        scan = scan.dropFirst(digitCount)
        return value
    }

    private static func take(_ scan: inout ArraySlice<UInt8>, _ character: Unicode.Scalar) -> Bool {
        guard scan.first == UInt8(ascii: character) else { return false }
        scan = scan.dropFirst()
        return true
    }
}
