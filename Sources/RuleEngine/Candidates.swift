/// The signatures that a packet can match, as far as a search for many at once tells.
///
/// Shape: 512 bits. Signatures whose numbers are 512 apart share one, so some stand in the set that were not found;
/// all are verified. So the set has its size whatever was loaded and whatever a packet holds, and none is on the heap.
struct Candidates {
    private var words = InlineArray<8, UInt64>(repeating: 0)
    private(set) var isEmpty = true

    /// Adds a signature by its number.
    mutating func insert(_ number: Int32) {
        isEmpty = false
        words[Int(number) / 64 % 8] |= 1 << UInt64(number % 64)
    }

    /// Adds every signature.
    mutating func insertAll() {
        isEmpty = false
        for index in words.indices { words[index] = .max }
    }

    /// The first number in a range that may be a candidate's.
    func next(from first: Int32, through last: Int32) -> Int32? {
        var word = first / 64
        let lastWord = last / 64
        var bits = words[Int(word % 8)] & (.max << UInt64(first % 64))
        // After one turn the same words come again.
        var wordsLeft = 8
        while bits == 0 {
            word += 1
            if word > lastWord || wordsLeft == 0 { return nil }
            wordsLeft -= 1
            bits = words[Int(word % 8)]
        }
        let next = word * 64 + Int32(bits.trailingZeroBitCount)
        return next <= last ? next : nil
    }
}
