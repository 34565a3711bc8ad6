extension SignatureFilters {
    /// Signatures by the longest run of known bytes that any of their patterns has.
    enum Kind: CaseIterable {
        /// Four bytes or more: a block of three or four of them is rare.
        case long
        /// Two or three.
        case short

        /// Fewer signatures of this kind cost less when they are verified one by one.
        var countMin: Int { self == .long ? 2 : 4 }
    }

    /// Most bytes of a window.
    private static let windowCountMax = 8

    /// Adds a filter for the signatures with these numbers, all of one kind, and answers its index.
    ///
    /// Longer windows make longer steps. Where signatures are alike but for a few bytes, shorter ones tell them apart.
    mutating func append(_ signatures: [Int32], of table: SignatureTable) -> Int {
        let longest = min(Self.windowCountMax, signatures.map { table.knownRunCount(Int($0)) }.min() ?? 0)
        precondition(longest >= 2, "a signature with \(longest) known bytes in a row has no block")
        var choice = WindowChoice(signatures, of: table, windowCount: longest)
        for windowCount in (min(longest, 4)..<longest).reversed() where choice.mostSharers > Self.sharersMax {
            let other = WindowChoice(signatures, of: table, windowCount: windowCount)
            if other.mostSharers < choice.mostSharers { choice = other }
        }
        append(choice, of: table)
        return filters.count - 1
    }

    /// So many windows with one block are compared as quickly as a step is made in vain.
    private static let sharersMax = 16

    /// The bytes of a pattern around a block that has been found.
    private static func entry(
        _ signature: Int32, _ pattern: CompiledPattern, _ blockOffset: Int, _ table: SignatureTable
    ) -> Entry {
        let count = min(8, pattern.count)
        // As far behind the block as there is something, and then before it.
        let first = max(0, min(blockOffset, pattern.count - count))
        var value: UInt64 = 0
        var mask: UInt64 = 0
        for index in 0..<count {
            value |= UInt64(table.values[pattern.first + first + index]) << UInt64(8 * index)
            mask |= UInt64(table.masks[pattern.first + first + index]) << UInt64(8 * index)
        }
        let lowest = pattern.offset.addingSaturating(first)
        let highest = pattern.endMax == .max ? .max : pattern.endMax.addingSaturating(first - pattern.count)
        return Entry(
            value: value, mask: mask, signature: signature, lowestStart: Int32(clamping: lowest),
            highestStart: Int32(clamping: highest), byteCount: UInt8(count), blockOffset: UInt8(blockOffset - first))
    }

    private mutating func append(_ choice: WindowChoice, of table: SignatureTable) {
        let factor = Self.factor(blockByteCount: choice.blockCount)
        let placed = choice.windows.flatMap { window in
            choice.blockOffsets(of: window).map { offset in
                (
                    hash: Self.hash(choice.block(window.pattern, at: offset), factor: factor),
                    entry: Self.entry(window.signature, window.pattern, offset, table)
                )
            }
        }
        // One bit in 64 set, so that one look-up in 64 of noise goes on; at most 128 KiB, which the second cache holds.
        let bitCountLog = min(20, max(10, Self.log2(placed.count * 64)))
        let bucketCountLog = min(16, max(4, Self.log2(placed.count)))
        let filter = Filter(
            factor: factor, blockByteCount: choice.blockCount, step: choice.step, firstWord: words.count,
            bitShift: UInt32(32 - bitCountLog), firstBucket: buckets.count, bucketShift: UInt32(32 - bucketCountLog),
            signatureCount: choice.windows.count)
        filters.append(filter)
        words += [UInt64](repeating: 0, count: 1 << (bitCountLog - 6))
        for (hash, _) in placed {
            let bit = hash >> filter.bitShift
            words[filter.firstWord + Int(bit / 64)] |= 1 << UInt64(bit % 64)
        }
        var counts = [Int](repeating: 0, count: 1 << bucketCountLog)
        for (hash, _) in placed { counts[Int(hash >> filter.bucketShift)] += 1 }
        var end = entries.count
        for count in counts {
            buckets.append(UInt32(end))
            end += count
        }
        buckets.append(UInt32(end))
        entries += placed.sorted { $0.hash >> filter.bucketShift < $1.hash >> filter.bucketShift }.map(\.entry)
    }

    /// The exponent of the least power of two that is not below `count`.
    private static func log2(_ count: Int) -> Int { Int.bitWidth - max(0, count - 1).leadingZeroBitCount }
}
