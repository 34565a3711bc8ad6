import WireBytes

/// The packets that a connection remembers in order to know them again.
///
/// Shape: two words for each, a number that stands for its bytes and when it came; 0 for none. The numbers have 64 bits
/// and depend on a secret of the process: two packets that differ share one by chance in one of 2^64 cases, and nobody
/// can make them.
enum RepeatMemory {
    /// Packets that are remembered; the oldest makes room.
    static let packetCount = 16

    static let wordCount = 2 * packetCount

    /// The number that stands for a packet's bytes.
    ///
    /// Cost: one multiplication for eight bytes.
    static func number(of bytes: RawSpan, seed: UInt64) -> UInt64 {
        var state = mixed(seed, UInt64(bytes.byteCount))
        var offset = 0
        while let word = bytes.unsignedInteger(at: offset, byteCount: 8, littleEndian: true) {
            state = mixed(state, word)
            offset += 8
        }
        var rest: UInt64 = 0
        while let byte = bytes.byte(at: offset) {
            rest = rest << 8 | UInt64(byte)
            offset += 1
        }
        return mixed(mixed(state, rest), seed)
    }

    /// One round of a 128-bit multiplication folded to 64 bits.
    private static func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return (product.high ^ product.low) &+ (state &<< 29 | state &>> 35)
    }
}

extension BucketSet {
    /// Remembers a packet, and says whether it repeats enough others.
    ///
    /// - Parameters:
    ///   - number: what stands for its bytes.
    ///   - memory: the first of the words.
    mutating func isRepeated(
        _ number: UInt64, _ repeats: Repeats, memory firstWord: Int, nowNS: UInt64
    ) -> Bool {
        let now = max(1, nowNS)
        var count = 1
        var oldest = firstWord
        for index in 0..<RepeatMemory.packetCount {
            let place = firstWord + 2 * index
            let time = self[local: place + 1]
            if time != 0, self[local: place] == number, now &- time <= repeats.withinNS { count += 1 }
            if time < self[local: oldest + 1] { oldest = place }
        }
        self[local: oldest] = number
        self[local: oldest + 1] = now
        return count >= repeats.count
    }

    /// A seed for `RepeatMemory.number`, the same for all connections of the process.
    var contentSeed: UInt64 { table.contentSeed }
}
