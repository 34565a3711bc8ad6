extension IPAddress: CustomStringConvertible {
    /// Reads an IPv4 dotted quad or an IPv6 address (RFC 4291 section 2.2, every form; without a zone).
    ///
    /// Strict: no leading zeros in a dotted quad, which other programs read as octal; no spaces.
    public init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        try self.init(ascii: Array(text.utf8)[...])
    }

    /// Reads what ``init(parsing:)`` reads, when nobody asks what was wrong.
    public init?(_ text: some StringProtocol) {
        do throws(AddressSyntaxError) { try self.init(parsing: text) } catch { return nil }
    }

    /// Reads an IPv4 dotted quad and nothing else.
    public init(parsingIPv4 text: some StringProtocol) throws(AddressSyntaxError) {
        try self.init(asciiIPv4: Array(text.utf8)[...])
    }

    /// Reads an IPv6 address and nothing else; one that is IPv4-mapped becomes the IPv4 address.
    public init(parsingIPv6 text: some StringProtocol) throws(AddressSyntaxError) {
        try self.init(asciiIPv6: Array(text.utf8)[...])
    }

    init(ascii text: ArraySlice<UInt8>) throws(AddressSyntaxError) {
        if text.contains(Ascii.colon) {
            try self.init(asciiIPv6: text)
        } else {
            try self.init(asciiIPv4: text)
        }
    }

    init(asciiIPv4 text: ArraySlice<UInt8>) throws(AddressSyntaxError) {
        guard !text.isEmpty else { throw .empty }
        guard let bits = dottedQuad(text) else { throw .badIPv4 }
        self.init(ipv4: bits)
    }

    init(asciiIPv6 text: ArraySlice<UInt8>) throws(AddressSyntaxError) {
        guard !text.isEmpty else { throw .empty }
        guard !text.contains(Ascii.percent) else { throw .zone }
        guard let (high, low) = ipv6Words(text) else { throw .badIPv6 }
        self.init(high: high, low: low)
    }

    /// A dotted quad for IPv4, plain or mapped; otherwise the form of RFC 5952.
    public var description: String {
        var ascii: [UInt8] = []
        appendText(to: &ascii)
        return String(decoding: ascii, as: UTF8.self)
    }

    /// The form of RFC 5952 also for an IPv4 address: `::ffff:192.0.2.1`.
    public var ipv6Description: String {
        var ascii: [UInt8] = []
        appendIPv6Text(to: &ascii)
        return String(decoding: ascii, as: UTF8.self)
    }

    /// Appends what `description` is, at most 39 characters; allocates only if `ascii` has to grow.
    public func appendText(to ascii: inout [UInt8]) {
        if let ipv4 {
            appendQuad(ipv4, to: &ascii)
        } else {
            appendIPv6Text(to: &ascii)
        }
    }

    /// Appends what `ipv6Description` is, at most 39 characters; allocates only if `ascii` has to grow.
    public func appendIPv6Text(to ascii: inout [UInt8]) {
        if let ipv4 {
            for character in "::ffff:".utf8 { ascii.append(character) }
            appendQuad(ipv4, to: &ascii)
            return
        }
        let gap = longestZeroRun
        var index = 0
        while index < 8 {
            if index == gap.lowerBound, !gap.isEmpty {
                ascii.append(Ascii.colon)
                ascii.append(Ascii.colon)
                index = gap.upperBound
            } else {
                if index > 0, index != gap.upperBound { ascii.append(Ascii.colon) }
                Ascii.appendHex(group(index), to: &ascii)
                index += 1
            }
        }
    }

    /// One of the eight groups of 16 bits, the first first.
    private func group(_ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - index % 4 * 16))
    }

    /// The first of the longest runs of two or more zero groups (RFC 5952 section 4.2), or an empty range at 0.
    private var longestZeroRun: Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0..<8 {
            if group(index) != 0 {
                start = index + 1
            } else if index + 1 - start >= 2, index + 1 - start > longest.count {
                longest = start..<(index + 1)
            }
        }
        return longest
    }
}

private func appendQuad(_ bits: UInt32, to ascii: inout [UInt8]) {
    for place in 0..<4 {
        if place > 0 { ascii.append(Ascii.dot) }
        Ascii.appendDecimal(UInt16(bits >> UInt32(24 - 8 * place) & 0xFF), to: &ascii)
    }
}

/// The 32 bits of a dotted quad, or `nil` if `text` is none.
private func dottedQuad(_ text: ArraySlice<UInt8>) -> UInt32? {
    let parts = text.split(separator: Ascii.dot, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
        guard let octet = decimal(part, most: 255) else { return nil }
        bits = bits << 8 | UInt32(octet)
    }
    return bits
}

/// The two words of an IPv6 address, or `nil` if `text` is none.
private func ipv6Words(_ text: ArraySlice<UInt8>) -> (high: UInt64, low: UInt64)? {
    // The longest is eight groups of four digits, or six and a quad: 45 characters.
    guard text.count <= 45 else { return nil }
    var groups: [UInt16] = []
    var gap: Int?
    var index = text.startIndex
    if text.starts(with: [Ascii.colon, Ascii.colon]) {
        gap = 0
        index += 2
    }
    while index < text.endIndex {
        let end = text[index...].firstIndex(of: Ascii.colon) ?? text.endIndex
        if end == text.endIndex, text[index...].contains(Ascii.dot) {
            guard let quad = dottedQuad(text[index...]) else { return nil }
            groups += [UInt16(truncatingIfNeeded: quad >> 16), UInt16(truncatingIfNeeded: quad)]
            break
        }
        guard let group = hexGroup(text[index..<end]) else { return nil }
        groups.append(group)
        guard end < text.endIndex else { break }
        index = end + 1
        if index < text.endIndex, text[index] == Ascii.colon {
            guard gap == nil else { return nil }
            gap = groups.count
            index += 1
        } else if index == text.endIndex {
            return nil
        }
    }
    if let gap {
        // `::` stands for at least one group.
        guard groups.count < 8 else { return nil }
        groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    let word = { (part: ArraySlice<UInt16>) in part.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
    return (word(groups[..<4]), word(groups[4...]))
}

/// One to four hexadecimal digits.
private func hexGroup(_ text: ArraySlice<UInt8>) -> UInt16? {
    guard (1...4).contains(text.count) else { return nil }
    var value: UInt16 = 0
    for character in text {
        guard let digit = Ascii.hexDigit(character) else { return nil }
        value = value << 4 | UInt16(digit)
    }
    return value
}
