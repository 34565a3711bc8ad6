/// The stream cipher of TERA: three generators, of which in each round those step whose carry is that of the majority.
///
/// A copy is an independent state at the same place of the same keystream; the key's table is shared. Encrypting and
/// decrypting are the same.
///
/// Shape: a reference and eight bytes. The table takes 1,728 bytes and goes with the last copy.
///
/// Cost: a few instructions a byte, see `inspection-benchmark ciphers`; nothing is allocated.
public struct TeraCipher: Sendable {
    /// The most that a state keeps beside itself.
    public static let heapByteCount = TeraTable.wordCount * 4 + 32

    let table: [UInt32]
    /// Where each generator stands: 0 before its first round, then 1 to its period, again and again.
    private(set) var place1: UInt8 = 0
    private(set) var place2: UInt8 = 0
    private(set) var place3: UInt8 = 0
    /// How many bytes of `unused` have not been used yet.
    private(set) var unusedCount: UInt8 = 0
    /// The rest of the last word, the next byte lowest.
    private var unused: UInt32 = 0

    init(_ table: TeraTable) {
        precondition(table.words.count == TeraTable.wordCount, "a table of \(table.words.count) words")
        self.table = table.words
    }

    /// The cipher of one key of 128 bytes, at the beginning of its stream.
    public init(key: [UInt8]) {
        self.init(TeraTable(key: key))
    }

    /// Combines `source` with the keystream into `target`, of the same size; they may be the same bytes.
    public mutating func apply(from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        precondition(source.count == target.count, "\(source.count) bytes into \(target.count)")
        let count = source.count
        var offset = 0
        while unusedCount > 0, offset < count {
            // In bounds: the offset is below the count of both, here and in what follows.
            unsafe target[offset] = source[offset] ^ takeByte()
            offset += 1
        }
        while count - offset >= 4 {
            // In bounds: as many words as are whole, and `generate` calls once a word.
            generate(min(TeraTable.roundsAtOnce, (count - offset) >> 2)) { word in
                let text = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                unsafe target.storeBytes(of: text ^ word.littleEndian, toByteOffset: offset, as: UInt32.self)
                offset &+= 4
            }
        }
        if offset < count { nextWord() }
        while offset < count {
            unsafe target[offset] = source[offset] ^ takeByte()
            offset += 1
        }
    }

    /// Goes to where another state of the same key stands.
    mutating func follow(_ other: borrowing TeraCipher) {
        place1 = other.place1
        place2 = other.place2
        place3 = other.place3
        unusedCount = other.unusedCount
        unused = other.unused
    }

    /// Goes on in the keystream as if so many bytes had been applied.
    ///
    /// Cost: as much as applying them.
    public mutating func skip(_ byteCount: Int) {
        precondition(byteCount >= 0, "\(byteCount) bytes are skipped")
        var left = byteCount
        while unusedCount > 0, left > 0 {
            _ = takeByte()
            left -= 1
        }
        while left >= 4 {
            let roundCount = min(TeraTable.roundsAtOnce, left >> 2)
            generate(roundCount) { _ in }
            left -= 4 * roundCount
        }
        if left > 0 { nextWord() }
        for _ in 0..<left { _ = takeByte() }
    }

    @inline(__always)
    private mutating func takeByte() -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: unused)
        unused >>= 8
        unusedCount -= 1
        return byte
    }

    private mutating func nextWord() {
        var next: UInt32 = 0
        generate(1) { next = $0 }
        unused = next
        unusedCount = 4
    }

    /// Runs at most 16 rounds, and hands the word of each to `body`.
    @inline(__always)
    private mutating func generate(_ roundCount: Int, _ body: (UInt32) -> Void) {
        typealias T = TeraTable
        var places = (Int(place1), Int(place2), Int(place3))
        // In bounds: a place is at most its period, 58, at the beginning, and grows by one a round at most; so the sums
        // are asked for below 80, and the carries below 64. The table has as many words as the initializer checked.
        unsafe table.withUnsafeBufferPointer { table in
            var carries = unsafe (
                table[T.firstCarries &+ places.0], table[T.firstCarries &+ T.carryStride &+ places.1],
                table[T.firstCarries &+ 2 &* T.carryStride &+ places.2]
            )
            for _ in 0..<roundCount {
                let differs = (carries.0 ^ carries.1, carries.0 ^ carries.2, carries.1 ^ carries.2)
                // A generator stands still when its carry is unlike both others.
                let steps = (
                    ~(differs.0 & differs.1) & 1, ~(differs.0 & differs.2) & 1, ~(differs.1 & differs.2) & 1
                )
                carries = (carries.0 &>> steps.0, carries.1 &>> steps.1, carries.2 &>> steps.2)
                places = (places.0 &+ Int(steps.0), places.1 &+ Int(steps.1), places.2 &+ Int(steps.2))
                unsafe body(
                    table[places.0] ^ table[T.sumStride &+ places.1] ^ table[2 &* T.sumStride &+ places.2])
            }
        }
        place1 = Self.wrapped(places.0, 55)
        place2 = Self.wrapped(places.1, 57)
        place3 = Self.wrapped(places.2, 58)
    }

    @inline(__always)
    private static func wrapped(_ place: Int, _ period: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: place > period ? place &- period : place)
    }
}
