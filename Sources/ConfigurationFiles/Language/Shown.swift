/// Values in the units in which operators write them.
enum Shown {
    /// `10m` of nanoseconds: the largest unit in which the value is whole.
    static func duration(_ nanoseconds: UInt64) -> String {
        let units: [(String, UInt64)] = [
            ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ]
        for (unit, scale) in units where nanoseconds >= scale && nanoseconds.isMultiple(of: scale) {
            return "\(nanoseconds / scale)\(unit)"
        }
        return "\(nanoseconds / 1_000_000)ms"
    }

    /// `64KiB` of bytes.
    static func size(_ byteCount: some BinaryInteger) -> String {
        let count = UInt64(clamping: byteCount)
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] as [(String, UInt64)] {
            if count >> shift > 0, count & ((1 << shift) - 1) == 0 { return "\(count >> shift)\(unit)" }
        }
        return "\(count)B"
    }

    /// `80/s`, or `5/10m`, of an amount in a period.
    static func rate(_ amount: String, per periodNS: UInt64) -> String {
        let period = duration(periodNS)
        return amount + "/"
            + (period.hasPrefix("1") && period.dropFirst().allSatisfy(\.isLetter)
                ? String(period.dropFirst()) : period)
    }

    /// A number with as many places behind the point as it needs.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
