import WireBytes

/// Goes over the characters of a text in a packet.
struct ScalarCursor: BitwiseCopyable {
    /// Stands for a piece that is no character: beyond all that Unicode has.
    static let broken: UInt32 = 0x11_0000

    /// Offset of the next character.
    private(set) var offset: Int
    /// Offset behind the last.
    let end: Int
    let encoding: TextEncoding

    /// - Parameter range: lies within the packet.
    init(_ packet: RawSpan, _ range: Range<Int>, _ encoding: TextEncoding) {
        precondition(range.upperBound <= packet.byteCount, "\(range) of \(packet.byteCount) bytes")
        offset = range.lowerBound
        end = range.upperBound
        self.encoding = encoding
    }

    /// The next character, ``broken`` for a piece that is none, or `nil` at the end.
    mutating func next(in packet: RawSpan) -> UInt32? {
        guard offset < end else { return nil }
        switch encoding {
        case .latin1:
            defer { offset += 1 }
            return packet.byte(at: offset).map { UInt32($0) }
        case .utf8: return nextUTF8(packet)
        case .utf16le, .utf16be: return nextUTF16(packet)
        }
    }

    private mutating func nextUTF16(_ packet: RawSpan) -> UInt32? {
        guard let unit = unit(packet, at: offset) else {
            // Half a unit.
            offset = end
            return Self.broken
        }
        offset += 2
        guard (0xD800...0xDFFF).contains(unit) else { return unit }
        guard unit < 0xDC00, let low = self.unit(packet, at: offset), (0xDC00...0xDFFF).contains(low) else {
            return Self.broken
        }
        offset += 2
        return 0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private func unit(_ packet: RawSpan, at place: Int) -> UInt32? {
        guard place + 2 <= end else { return nil }
        return packet.unsignedInteger(at: place, byteCount: 2, littleEndian: encoding == .utf16le).map { UInt32($0) }
    }

    /// Takes one character or, as the Unicode standard advises, the longest beginning of one that is broken off.
    private mutating func nextUTF8(_ packet: RawSpan) -> UInt32? {
        guard let first = packet.byte(at: offset) else { return nil }
        offset += 1
        let count: Int
        var least: UInt8 = 0x80
        var most: UInt8 = 0xBF
        var value: UInt32
        switch first {
        case 0..<0x80: return UInt32(first)
        case 0xC2...0xDF: (count, value) = (1, UInt32(first & 0x1F))
        case 0xE0...0xEF:
            (count, value) = (2, UInt32(first & 0x0F))
            if first == 0xE0 { least = 0xA0 }
            if first == 0xED { most = 0x9F }
        case 0xF0...0xF4:
            (count, value) = (3, UInt32(first & 0x07))
            if first == 0xF0 { least = 0x90 }
            if first == 0xF4 { most = 0x8F }
        default: return Self.broken
        }
        for _ in 0..<count {
            guard offset < end, let byte = packet.byte(at: offset), byte >= least, byte <= most else {
                return Self.broken
            }
            value = value << 6 | UInt32(byte & 0x3F)
            (least, most) = (0x80, 0xBF)
            offset += 1
        }
        return value
    }

    /// Characters from here to the end; a broken piece counts as one.
    func count(in packet: RawSpan) -> Int {
        var rest = self
        var count = 0
        while rest.next(in: packet) != nil { count += 1 }
        return count
    }

    func isWellFormed(in packet: RawSpan) -> Bool {
        var rest = self
        while let scalar = rest.next(in: packet) {
            if scalar == Self.broken { return false }
        }
        return true
    }

    func isEqual(to expected: [UInt32], in packet: RawSpan) -> Bool {
        var rest = self
        for index in expected.indices where rest.next(in: packet) != expected[index] { return false }
        return rest.next(in: packet) == nil
    }
}
