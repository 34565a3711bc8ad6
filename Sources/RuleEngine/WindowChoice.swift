/// Which bytes of each signature a filter looks for.
///
/// Many signatures begin alike; a window that they share would make them all candidates at once. So the one is taken
/// whose blocks the fewest signatures have.
struct WindowChoice {
    /// A signature's window: its pattern, and where in it the window begins.
    struct Window {
        let signature: Int32
        let pattern: CompiledPattern
        let offset: Int
    }

    /// How many bytes of a window make a block.
    let blockCount: Int
    /// How many blocks a window has, one at each place.
    let step: Int
    private(set) var windows: [Window] = []
    /// How many of the windows have the block that most have.
    private(set) var mostSharers = 0
    private let table: SignatureTable
    private let windowCount: Int

    init(_ signatures: [Int32], of table: SignatureTable, windowCount: Int) {
        self.table = table
        self.windowCount = windowCount
        blockCount = windowCount >= 6 ? 4 : windowCount >= 4 ? 3 : 2
        step = windowCount - blockCount + 1
        let sharers = sharers(of: signatures)
        windows = signatures.map { window(of: $0, sharers) }
        var counts: [UInt32: Int] = [:]
        for window in windows {
            for offset in blockOffsets(of: window) { counts[block(window.pattern, at: offset), default: 0] += 1 }
        }
        mostSharers = counts.values.max() ?? 0
    }

    /// Where the blocks of a window stand in its pattern.
    func blockOffsets(of window: Window) -> Range<Int> { window.offset..<window.offset + step }

    /// A block of a pattern's bytes, its letters folded.
    func block(_ pattern: CompiledPattern, at offset: Int) -> UInt32 {
        var block: UInt32 = 0
        for index in 0..<blockCount {
            block |= UInt32(table.values[pattern.first + offset + index] | 0x20) << UInt32(8 * index)
        }
        return block
    }

    /// How many signatures have a block anywhere.
    private func sharers(of signatures: [Int32]) -> [UInt32: Int] {
        var sharers: [UInt32: Int] = [:]
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
        return sharers
    }

    private func window(of signature: Int32, _ sharers: [UInt32: Int]) -> Window {
        var best: Window?
        var leastShared = Int.max
        for pattern in table.patterns(of: Int(signature)) {
            for run in table.knownRuns(of: pattern) where run.count >= windowCount {
                for offset in run.lowerBound...run.upperBound - windowCount {
                    let window = Window(signature: signature, pattern: pattern, offset: offset)
                    let shared = shared(window, sharers)
                    if shared < leastShared {
                        leastShared = shared
                        best = window
                    }
                }
            }
        }
        guard let best else {
            preconditionFailure("signature \(signature) has no \(windowCount) known bytes in a row")
        }
        return best
    }

    private func shared(_ window: Window, _ sharers: [UInt32: Int]) -> Int {
        blockOffsets(of: window).reduce(0) { sum, offset in
            let block = block(window.pattern, at: offset)
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
