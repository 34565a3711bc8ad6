import Events
import Foundation
import Records
import TestSupport
import Testing

@Suite("Wall time in the logs")
struct WallTimeTests {
    /// The time as the human-readable and the JSON log write it.
    private func forms(_ wallUS: [Int64]) throws -> [(log: String, json: String)] {
        let directory = try LogDirectory()
        let events = wallUS.map { time in Event.finding(makeFinding { $0.wallUS = time }) }
        try directory.recorder { $0.linesPerSecond = .max }.record(events, leftOutCount: 0, nowUS: noonUS)
        let logs = try directory.lines("bans.log").map { String($0.prefix(23)) }
        let objects = try directory.objects().map { $0["timestamp"] as? String ?? "" }
        return zip(logs, objects).map { ($0, $1) }
    }

    @Test("the calendar's corners are right")
    func corners() throws {
        let cases: [(Int64, String, String)] = [
            (0, "1970-01-01 00:00:00,000", "1970-01-01T00:00:00.000000Z"),
            (951_782_399_999_999, "2000-02-28 23:59:59,999", "2000-02-28T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29 00:00:00,000", "2000-02-29T00:00:00.000000Z"),
            (951_868_800_000_000, "2000-03-01 00:00:00,000", "2000-03-01T00:00:00.000000Z"),
            (1_709_164_800_000_001, "2024-02-29 00:00:00,000", "2024-02-29T00:00:00.000001Z"),
            (1_772_323_200_000_000, "2026-03-01 00:00:00,000", "2026-03-01T00:00:00.000000Z"),
            (4_107_542_399_000_000, "2100-02-28 23:59:59,000", "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400_000_000, "2100-03-01 00:00:00,000", "2100-03-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31 23:59:59,999", "9999-12-31T23:59:59.999999Z"),
        ]
        for (form, expected) in zip(try forms(cases.map(\.0)), cases) {
            #expect(form == (expected.1, expected.2))
        }
    }

    @Test("a clock outside the calendar is shown as its nearest moment", arguments: [-1, Int64.min, Int64.max])
    func outside(wallUS: Int64) throws {
        #expect(
            try forms([wallUS])[0].log == (wallUS < 0 ? "1970-01-01 00:00:00,000" : "9999-12-31 23:59:59,999"))
    }

    @Test("random moments read as another calendar reads them")
    func random() throws {
        var random = SplitMix64(seed: 11)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        let seconds = (0..<300).map { _ in Int64.random(in: 0...253_402_300_799, using: &random) }
        for (second, form) in zip(seconds, try forms(seconds.map { $0 * 1_000_000 + 7_000 })) {
            let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(second)))
            #expect(form.log == expected + ",007")
        }
    }
}
