import WireBytes

/// One pattern, ready to be searched for.
///
/// Shape: flat, no references; its bytes stand in the table's arrays.
struct CompiledPattern: Sendable, BitwiseCopyable {
    /// What the pattern after this one needs to know about the matches of this one.
    enum Ends: UInt8, Sendable, BitwiseCopyable {
        /// That there is one.
        case any
        /// Where the earliest ends: the next has a `distance` and no `within`.
        case earliest
        /// Where each ends: the next has a `within`.
        case all
    }

    /// Where its bytes begin in the table.
    let first: Int
    let count: Int
    /// The byte of the pattern that is searched for first, as eight equal bytes each.
    let anchor: Int
    let anchorValue: UInt64
    let anchorMask: UInt64
    /// Its first eight bytes; zero in both behind its end.
    let headValue: UInt64
    let headMask: UInt64
    let offset: Int
    /// The match ends at or before this; `Int.max` for the packet's end.
    let endMax: Int
    let isRelative: Bool
    let distance: Int
    /// `Int.max` without a `within`.
    let within: Int
    let ends: Ends
}

/// The signatures of all rules in flat arrays.
struct SignatureTable: Sendable {
    /// A signature's place in the table.
    struct Place: Sendable, BitwiseCopyable {
        var first: Int32 = 0
        var count: Int32 = 0
        /// Whether matching it keeps sets of positions.
        var needsPositions = false
    }

    /// Where each signature stands, by its number; numbers grow in the order of the rules.
    private(set) var places: [Place] = []
    private(set) var patterns: [CompiledPattern] = []
    private(set) var values: [UInt8] = []
    private(set) var masks: [UInt8] = []

    /// Adds the patterns of one rule.
    @discardableResult
    mutating func append(_ signature: [BytePattern]) -> Place {
        var place = Place(first: Int32(patterns.count), count: Int32(signature.count))
        for (index, pattern) in signature.enumerated() {
            let next = index + 1 < signature.count ? signature[index + 1] : nil
            let ends: CompiledPattern.Ends =
                next.map { $0.within != nil ? .all : $0.isRelative ? .earliest : .any } ?? .any
            if ends == .all { place.needsPositions = true }
            append(pattern, ends: ends)
        }
        places.append(place)
        return place
    }

    private mutating func append(_ pattern: BytePattern, ends: CompiledPattern.Ends) {
        let first = values.count
        for (value, mask) in zip(pattern.pattern.bytes, pattern.pattern.masks) {
            // Bit 5 is all that tells the two cases of a letter apart, and clearing it makes nothing else a letter.
            let isFolded = pattern.isCaseInsensitive && mask == 0xFF && Self.isLetter(value)
            masks.append(isFolded ? 0xDF : mask)
            values.append(isFolded ? value & 0xDF : value)
        }
        // The byte with most fixed bits rules out most positions; the first of them on a tie.
        var anchor = 0
        for index in 0..<pattern.pattern.count
        where masks[first + index].nonzeroBitCount > masks[first + anchor].nonzeroBitCount {
            anchor = index
        }
        var headValue: UInt64 = 0
        var headMask: UInt64 = 0
        for index in 0..<min(8, pattern.pattern.count) {
            headValue |= UInt64(values[first + index]) << UInt64(8 * index)
            headMask |= UInt64(masks[first + index]) << UInt64(8 * index)
        }
        let everyByte: UInt64 = 0x0101_0101_0101_0101
        patterns.append(
            CompiledPattern(
                first: first, count: pattern.pattern.count, anchor: anchor,
                anchorValue: UInt64(values[first + anchor]) &* everyByte,
                anchorMask: UInt64(masks[first + anchor]) &* everyByte,
                headValue: headValue, headMask: headMask,
                offset: pattern.offset,
                endMax: pattern.depth.map { pattern.offset.addingSaturating($0) } ?? .max,
                isRelative: pattern.isRelative, distance: pattern.distance ?? 0, within: pattern.within ?? .max,
                ends: ends))
    }

    /// How many of a packet's first bytes decide the signature; `Int.max` when all of them do.
    static func inspectedByteCount(_ signature: [BytePattern]) -> Int {
        var most = 0
        var endMaxBefore = 0
        for pattern in signature {
            var endMax = pattern.depth.map { pattern.offset.addingSaturating($0) } ?? Int.max
            if let within = pattern.within {
                let bound = endMaxBefore.addingSaturating(pattern.distance ?? 0).addingSaturating(within)
                endMax = min(endMax, bound)
            }
            endMaxBefore = max(0, endMax)
            most = max(most, endMax)
        }
        return most
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF)
    }
}

extension Int {
    func addingSaturating(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
