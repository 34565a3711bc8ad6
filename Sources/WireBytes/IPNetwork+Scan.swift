extension IPNetwork {
    /// Reads what ``init(parsing:)`` reads from bytes in place, without allocating; `nil` for anything else.
    ///
    /// For files of a million lines. The other one is the slow and obvious model of this one, and says what is wrong.
    public static func scan(_ bytes: Span<UInt8>, in range: Range<Int>) -> IPNetwork? {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= bytes.count, "bytes \(range) of \(bytes.count)")
        var scan = AddressScan(position: range.lowerBound, end: range.upperBound)
        if let quad = scan.quad(bytes) {
            guard let prefix = scan.prefix(bytes, most: 32) else { return nil }
            return exact(IPAddress(ipv4: quad), prefix + 96)
        }
        scan.position = range.lowerBound
        guard let address = scan.ipv6(bytes), let prefix = scan.prefix(bytes, most: 128) else { return nil }
        return exact(address, prefix)
    }

    private static func exact(_ address: IPAddress, _ prefix: Int) -> IPNetwork? {
        let network = IPNetwork(holding: address, prefixLength: prefix)
        return network.base == address ? network : nil
    }
}

/// A place in bytes that moves on over what it reads.
private struct AddressScan {
    var position: Int
    let end: Int

    /// The next byte; 0, which stands in no address, at the end.
    private func byte(_ bytes: Span<UInt8>) -> UInt8 { position < end ? bytes[position] : 0 }

    /// What follows an address: nothing, and then the network is that address, or a slash and a number up to `most`.
    mutating func prefix(_ bytes: Span<UInt8>, most: Int) -> Int? {
        if position == end { return most }
        guard byte(bytes) == Ascii.slash else { return nil }
        position += 1
        guard let prefix = decimal(bytes, most: most), position == end else { return nil }
        return prefix
    }

    /// A number of at most three digits without leading zeros.
    private mutating func decimal(_ bytes: Span<UInt8>, most: Int) -> Int? {
        let start = position
        var value = 0
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            guard position - start < 3 else { return nil }
            value = value * 10 + Int(digit)
            position += 1
        }
        let count = position - start
        guard count > 0, value <= most, count == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    /// A dotted quad and nothing behind it that could belong to it.
    mutating func quad(_ bytes: Span<UInt8>) -> UInt32? {
        var bits: UInt32 = 0
        for place in 0..<4 {
            if place > 0 {
                guard byte(bytes) == Ascii.dot else { return nil }
                position += 1
            }
            guard let octet = decimal(bytes, most: 255) else { return nil }
            bits = bits << 8 | UInt32(octet)
        }
        return bits
    }

    /// Eight groups, of which `::` stands for one or more zeros, and the last two may be a dotted quad.
    mutating func ipv6(_ bytes: Span<UInt8>) -> IPAddress? {
        // The groups so far, the last in the lowest place, and how many stand before the gap.
        var words: UInt128 = 0
        var count = 0
        var gap: Int?
        if byte(bytes) == Ascii.colon {
            position += 1
            guard byte(bytes) == Ascii.colon else { return nil }
            position += 1
            gap = 0
        }
        while count < 8, position < end, byte(bytes) != Ascii.slash {
            let start = position
            guard let group = hexGroup(bytes) else { return nil }
            if byte(bytes) == Ascii.dot {
                position = start
                guard let quad = quad(bytes) else { return nil }
                words = words << 32 | UInt128(quad)
                count += 2
                break
            }
            words = words << 16 | UInt128(group)
            count += 1
            guard byte(bytes) == Ascii.colon else { break }
            position += 1
            if byte(bytes) == Ascii.colon {
                guard gap == nil else { return nil }
                gap = count
                position += 1
            } else if position == end || byte(bytes) == Ascii.slash {
                return nil
            }
        }
        guard let gap else { return count == 8 ? IPAddress(words) : nil }
        guard count < 8 else { return nil }
        // What stands behind the gap keeps the lowest places, what stands before it goes to the highest.
        let behindBits = (count - gap) * 16
        let head = (words >> behindBits) << (128 - gap * 16)
        return IPAddress(head | words & ~(UInt128.max << behindBits))
    }

    /// One to four hexadecimal digits.
    private mutating func hexGroup(_ bytes: Span<UInt8>) -> UInt16? {
        let start = position
        var value: UInt16 = 0
        while position < end, let digit = Ascii.hexDigit(bytes[position]) {
            guard position - start < 4 else { return nil }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return position > start ? value : nil
    }
}
