import Testing

@testable import ConfigurationFiles

@Suite("numbers and units")
struct NumberAndUnitTests {
    @Test(
        "a number is decimal without leading zeros, or hex after 0x, and never anything else",
        arguments: [
            ("0", 0), ("7", 7), ("18446744073709551615", UInt64.max), ("0x11", 17), ("0xFF", 255), ("0x0", 0),
            ("18446744073709551616", nil), ("017", nil), ("00", nil), ("1e3", nil), ("22:30", nil), ("-1", nil),
            ("+1", nil), ("1.0", nil), ("1_000", nil), ("", nil), (" 1", nil), ("0x", nil), ("0x-1", nil),
            ("0X11", nil),
            ("no", nil), ("~", nil), ("0o17", nil), ("0b1", nil), ("٣", nil), ("0x10000000000000000", nil),
        ] as [(String, UInt64?)])
    func numbers(text: String, value: UInt64?) {
        #expect(NumberText.decimalOrHex(text) == value)
    }

    @Test(
        "a fraction has a point and no exponent",
        arguments: [
            ("0.5", 0.5), ("20", 20), ("0.000000001", 1e-9), ("1.05", 1.05), ("1.", nil), (".5", nil), ("1e3", nil),
            ("01.5", nil), ("1.0000000001", nil), ("inf", nil), ("nan", nil), ("-1", nil), ("1.5.2", nil),
        ] as [(String, Double?)])
    func fractions(text: String, value: Double?) {
        #expect(NumberText.fraction(text) == value)
    }

    @Test(
        "a duration carries its unit, and is clamped where it overflows",
        arguments: [
            ("250ms", 250_000_000), ("5s", 5_000_000_000), ("5 s", 5_000_000_000), ("10m", 600_000_000_000),
            ("2h", 7_200_000_000_000), ("30d", 2_592_000_000_000_000), ("99999999999999d", UInt64.max),
            ("5", nil), ("s", nil), ("05s", nil), ("1.5s", nil), ("5S", nil), ("5min", nil), ("5  s", nil),
            ("-5s", nil),
            ("5s ", nil), ("1h30m", nil), ("22:30", nil),
        ] as [(String, UInt64?)])
    func durations(text: String, value: UInt64?) {
        #expect(UnitText.duration(text) == value)
    }

    @Test(
        "a size counts in thousands or in 1024s, as its unit says",
        arguments: [
            ("1B", 1), ("64KiB", 65_536), ("4KB", 4_000), ("4kB", 4_000), ("2 MiB", 2_097_152), ("1GiB", 1 << 30),
            ("1GB", 1_000_000_000), ("1MB", 1_000_000), ("99999999999GiB", UInt64.max), ("64", nil), ("64K", nil),
            ("64kib", nil), ("KiB", nil), ("0x10B", nil),
        ] as [(String, UInt64?)])
    func sizes(text: String, value: UInt64?) {
        #expect(UnitText.size(text) == value)
    }

    @Test(
        "what comes back in a second is at least one",
        arguments: [(80, 1_000, 80), (1, 60_000, 1), (30, 60_000, 1), (1_000_000_000_000, 1, 1_000_000_000_000_000)])
    func perSecond(amount: UInt64, milliseconds: UInt64, value: UInt64) {
        #expect(Rate(amount: amount, periodNS: milliseconds * 1_000_000).amountPerSecond == value)
    }

    @Test(
        "a name is near when one in three of its letters is wrong",
        arguments: [
            ("polices", "policies"), ("BIND", "bind"), ("bidn", "bind"), ("wobble", nil), ("x", nil), ("", nil),
            ("bnd", "bind"),
        ] as [(String, String?)])
    func nearest(written: String, found: String?) {
        #expect(NearestName.of(written, in: ["bind", "policies", "to"]) == found)
    }

    @Test("a name as long as a line costs nothing")
    func longName() {
        #expect(NearestName.of(String(repeating: "x", count: 60_000), in: ["bind"]) == nil)
    }
}
