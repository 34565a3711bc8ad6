/// Which bytes of each signature a filter looks for.
///
/// Many signatures begin alike; a window that they share would make them all candidates at once. So the one is taken
/// whose blocks the fewest signatures have.
struct WindowChoice {
    private let table: SignatureTable
    private let windowCount: Int
    private let blockCount: Int
    /// How many signatures have a block.
    private var sharers: [UInt32: Int] = [:]

    init(_ signatures: [Int32], of table: SignatureTable, windowCount: Int, blockCount: Int) {
        self.table = table
        self.windowCount = windowCount
        self.blockCount = blockCount
        for signature in signatures {
            var blocks: Set<UInt32> = []
            for pattern in table.patterns(of: Int(signature)) {
                for run in table.knownRuns(of: pattern) where run.count >= blockCount {
                    for offset in run.lowerBound...run.upperBound - blockCount {
                        blocks.insert(block(pattern, at: offset))
                    }
                }
            }
            for block in blocks { sharers[block, default: 0] += 1 }
        }
    }

    /// A block of a pattern's bytes, its letters folded.
    func block(_ pattern: CompiledPattern, at offset: Int) -> UInt32 {
        var block: UInt32 = 0
        for index in 0..<blockCount {
            block |= UInt32(table.values[pattern.first + offset + index] | 0x20) << UInt32(8 * index)
        }
        return block
    }

    /// A signature's window: its pattern, and where in it the window begins.
    func window(of signature: Int) -> (pattern: CompiledPattern, offset: Int) {
        var best: (pattern: CompiledPattern, offset: Int)?
        var leastShared = Int.max
        for pattern in table.patterns(of: signature) {
            for run in table.knownRuns(of: pattern) where run.count >= windowCount {
                for offset in run.lowerBound...run.upperBound - windowCount {
                    let shared = shared(pattern, from: offset)
                    if shared < leastShared {
                        leastShared = shared
                        best = (pattern, offset)
                    }
                }
            }
        }
        guard let best else {
            preconditionFailure("signature \(signature) has no \(windowCount) known bytes in a row")
        }
        return best
    }

    private func shared(_ pattern: CompiledPattern, from offset: Int) -> Int {
        (offset...offset + windowCount - blockCount).reduce(0) { sum, offset in
            let block = block(pattern, at: offset)
            // Zeros, ones and spaces fill packets; the first and the last are one here.
            let isFilling = (0..<blockCount).allSatisfy { [0x20, 0xFF].contains(block >> UInt32(8 * $0) & 0xFF) }
            return sum + sharers[block, default: 0] + (isFilling ? 1_000 : 0)
        }
    }
}

extension SignatureTable {
    func patterns(of signature: Int) -> ArraySlice<CompiledPattern> {
        let place = places[signature]
        return patterns[Int(place.first)..<Int(place.first) + Int(place.count)]
    }

    /// The runs of a pattern's bytes that are known but for the case of letters, as offsets in it.
    func knownRuns(of pattern: CompiledPattern) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var first = 0
        for offset in 0...pattern.count {
            // Bit 5 tells the cases of a letter apart.
            if offset < pattern.count, masks[pattern.first + offset] | 0x20 == 0xFF { continue }
            if offset > first { runs.append(first..<offset) }
            first = offset + 1
        }
        return runs
    }

    /// The longest such run of a signature.
    func knownRunCount(_ signature: Int) -> Int {
        patterns(of: signature).reduce(0) { most, pattern in
            knownRuns(of: pattern).reduce(most) { max($0, $1.count) }
        }
    }

    /// How a filter can look for a signature; nil when none can.
    func kind(_ signature: Int) -> SignatureFilters.Kind? {
        switch knownRunCount(signature) {
        case 4...: .long
        case 2, 3: .short
        default: nil
        }
    }

    /// How many bytes a packet has at least in which a signature is found.
    func leastByteCount(_ signature: Int) -> Int {
        patterns(of: signature).reduce(1) { max($0, $1.offset.addingSaturating($1.count)) }
    }
}
