extension SignatureTable {
    /// Whether all patterns of the signature with a number are found in `bytes`.
    func isFound(_ number: Int, in bytes: RawSpan) -> Bool { isFound(places[number], in: bytes) }

    /// Whether all patterns of a signature are found in `bytes`, each where the one before allows.
    ///
    /// Every combination counts: where a `within` follows, the ends of all matches are kept as a set of positions, and
    /// the next pattern asks it for the last end that is early enough.
    ///
    /// Cost: one pass over the bytes for each pattern, at most pattern length compares a byte. No heap for packets of
    /// up to 64 KiB.
    @inline(never)
    func isFound(_ place: Place, in bytes: RawSpan) -> Bool {
        let search = Search(wordCount: bytes.byteCount / 64 + 1)
        if !place.needsPositions {
            var none = InlineArray<1, UInt64>(repeating: 0)
            var sets = none.mutableSpan
            return search.run(self, place, in: bytes, sets: &sets)
        }
        // Two sets of positions: up to 4,095 bytes in 1 KiB of stack, up to 64 KiB in 16 KiB of it.
        if 2 * search.wordCount <= 128 {
            var small = InlineArray<128, UInt64>(repeating: 0)
            var sets = small.mutableSpan
            return search.run(self, place, in: bytes, sets: &sets)
        }
        if 2 * search.wordCount <= 2_050 {
            var large = InlineArray<2_050, UInt64>(repeating: 0)
            var sets = large.mutableSpan
            return search.run(self, place, in: bytes, sets: &sets)
        }
        var huge = [UInt64](repeating: 0, count: 2 * search.wordCount)
        var sets = huge.mutableSpan
        return search.run(self, place, in: bytes, sets: &sets)
    }
}

/// One search for one signature.
private struct Search {
    /// Words of one set of positions.
    let wordCount: Int

    func run(
        _ table: borrowing SignatureTable, _ place: SignatureTable.Place, in bytes: RawSpan,
        sets: inout MutableSpan<UInt64>
    ) -> Bool {
        let patterns = table.patterns.span
        let values = table.values.span
        let masks = table.masks.span
        // Where the previous pattern's matches end; a relative pattern without a previous one counts from the start.
        var previous = Ends(earliest: 0, set: nil)
        for index in Int(place.first)..<Int(place.first) + Int(place.count) {
            let pattern = patterns[index]
            let target = previous.set == 0 ? 1 : 0
            guard
                let earliest = find(
                    pattern, values, masks, in: bytes, after: previous, sets: &sets, target: target)
            else { return false }
            previous = Ends(earliest: earliest, set: pattern.ends == .all ? target : nil)
        }
        return true
    }

    /// The ends of a pattern's matches: the earliest, and which set holds all of them.
    struct Ends {
        let earliest: Int
        let set: Int?
    }

    /// The end of the earliest match, all ends going into set `target` where the next pattern asks for them.
    private func find(
        _ pattern: CompiledPattern, _ values: Span<UInt8>, _ masks: Span<UInt8>, in bytes: RawSpan,
        after previous: Ends, sets: inout MutableSpan<UInt64>, target: Int
    ) -> Int? {
        var start = pattern.offset
        var endMax = min(bytes.byteCount, pattern.endMax)
        if pattern.isRelative {
            start = max(start, previous.earliest.addingSaturating(pattern.distance))
            if previous.set == nil, pattern.within != .max {
                let bound = previous.earliest.addingSaturating(pattern.distance).addingSaturating(pattern.within)
                endMax = min(endMax, bound)
            }
        }
        if pattern.ends == .all {
            for word in 0..<wordCount { sets[target * wordCount + word] = 0 }
        }
        var earliest: Int?
        var last = LastEnd()
        let lastStart = max(0, endMax) - pattern.count
        while start <= lastStart {
            guard let found = next(pattern, values, masks, in: bytes, from: start, through: lastStart) else { break }
            start = found + 1
            let end = found + pattern.count
            if pattern.isRelative, pattern.within != .max, let set = previous.set {
                last.advance(to: found - pattern.distance, in: sets, from: set * wordCount)
                // Not early enough for this start; a later start may have a later end before it.
                if end - pattern.distance - last.position > pattern.within { continue }
            }
            if earliest == nil { earliest = end }
            if pattern.ends != .all { break }
            sets[target * wordCount + end / 64] |= 1 << UInt64(end % 64)
        }
        return earliest
    }

    /// Where a pattern next matches between two starts.
    private func next(
        _ pattern: CompiledPattern, _ values: Span<UInt8>, _ masks: Span<UInt8>, in bytes: RawSpan,
        from: Int, through last: Int
    ) -> Int? {
        var start = from
        while start <= last {
            let anchor = start + pattern.anchor
            if anchor + 8 <= bytes.byteCount {
                // In bounds by the line above, and `RawSpan` checks again.
                let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: anchor, as: UInt64.self)
                let difference = (UInt64(littleEndian: word) & pattern.anchorMask) ^ pattern.anchorValue
                // The lowest high bit set here belongs to the first byte without a difference.
                let zeroes = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
                if zeroes == 0 {
                    start += 8
                    continue
                }
                start += zeroes.trailingZeroBitCount / 8
                if start > last { return nil }
            }
            if isMatch(pattern, values, masks, in: bytes, at: start) { return start }
            start += 1
        }
        return nil
    }

    private func isMatch(
        _ pattern: CompiledPattern, _ values: Span<UInt8>, _ masks: Span<UInt8>, in bytes: RawSpan, at start: Int
    ) -> Bool {
        var compared = 0
        if start + 8 <= bytes.byteCount {
            // In bounds by the line above, and `RawSpan` checks again.
            let head = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            if UInt64(littleEndian: head) & pattern.headMask != pattern.headValue { return false }
            compared = min(8, pattern.count)
        }
        for index in compared..<pattern.count {
            // `start + pattern.count` is at most the packet's end, and `RawSpan` checks again.
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: start + index, as: UInt8.self)
            if byte & masks[pattern.first + index] != values[pattern.first + index] { return false }
        }
        return true
    }
}

/// The last position of a set at or before a limit that only grows.
private struct LastEnd {
    /// Below every position until one is found; far enough that no `within` reaches it.
    private(set) var position = Int.min / 2
    private var nextUnseen = 0

    /// Moves the limit; each word of the set is looked at once or twice in all.
    mutating func advance(to limit: Int, in sets: borrowing MutableSpan<UInt64>, from base: Int) {
        guard limit >= nextUnseen else { return }
        var word = limit / 64
        let firstWord = nextUnseen / 64
        var bits = sets[base + word] & (.max >> UInt64(63 - limit % 64))
        while bits == 0, word > firstWord {
            word -= 1
            bits = sets[base + word]
        }
        if bits != 0 { position = max(position, word * 64 + 63 - bits.leadingZeroBitCount) }
        nextUnseen = limit + 1
    }
}
