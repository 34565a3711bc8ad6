/// The hash function SHA-0, which the key expansion of TERA is made of.
///
/// Source: FIPS 180 of 1993. It is SHA-1 without the rotation in the message schedule. Long broken as a hash, and no
/// secret rests on it here: all keys cross the wire in clear.
enum SHA0 {
    static let blockByteCount = 64

    /// The five words that one block changes at a time.
    struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xEFCD_AB89
        var c: UInt32 = 0x98BA_DCFE
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xC3D2_E1F0

        var words: [UInt32] { [a, b, c, d, e] }
    }

    /// The five words of the digest of `bytes`, whose first `hashedByteCount` are already in `state`.
    static func digest(of bytes: [UInt8], hashedByteCount: Int = 0, in state: State = State()) -> State {
        precondition(
            hashedByteCount % blockByteCount == 0 && hashedByteCount <= bytes.count,
            "\(hashedByteCount) hashed bytes of \(bytes.count)")
        var state = state
        var offset = hashedByteCount
        while bytes.count - offset >= blockByteCount {
            take(bytes, offset, into: &state)
            offset += blockByteCount
        }
        var tail = Array(bytes[offset...])
        tail.append(0x80)
        while tail.count % blockByteCount != blockByteCount - 8 { tail.append(0) }
        let bitCount = UInt64(bytes.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) { tail.append(UInt8(truncatingIfNeeded: bitCount >> shift)) }
        for block in stride(from: 0, to: tail.count, by: blockByteCount) { take(tail, block, into: &state) }
        return state
    }

    /// Takes in the block of 64 bytes that begins at `offset`.
    static func take(_ bytes: [UInt8], _ offset: Int, into state: inout State) {
        precondition(offset >= 0 && offset <= bytes.count - blockByteCount, "a block at \(offset) of \(bytes.count)")
        var schedule = InlineArray<80, UInt32>(repeating: 0)
        // In bounds: the block lies inside, as was just asked, and its words are the schedule's first 16.
        unsafe bytes.withUnsafeBytes { bytes in
            for index in 0..<16 {
                unsafe schedule[unchecked: index] =
                    bytes.loadUnaligned(
                        fromByteOffset: offset + 4 * index, as: UInt32.self
                    ).bigEndian
            }
        }
        // In bounds here and below: the counters stay within the 80 words.
        for index in 16..<80 {
            unsafe schedule[unchecked: index] =
                schedule[unchecked: index - 3] ^ schedule[unchecked: index - 8]
                ^ schedule[unchecked: index - 14] ^ schedule[unchecked: index - 16]
        }
        var next = state
        for index in 0..<20 {
            let choice = next.d ^ (next.b & (next.c ^ next.d))
            unsafe next.step(choice &+ 0x5A82_7999 &+ schedule[unchecked: index])
        }
        for index in 20..<40 {
            unsafe next.step((next.b ^ next.c ^ next.d) &+ 0x6ED9_EBA1 &+ schedule[unchecked: index])
        }
        for index in 40..<60 {
            let majority = (next.b & next.c) | (next.d & (next.b | next.c))
            unsafe next.step(majority &+ 0x8F1B_BCDC &+ schedule[unchecked: index])
        }
        for index in 60..<80 {
            unsafe next.step((next.b ^ next.c ^ next.d) &+ 0xCA62_C1D6 &+ schedule[unchecked: index])
        }
        state.a &+= next.a
        state.b &+= next.b
        state.c &+= next.c
        state.d &+= next.d
        state.e &+= next.e
    }
}

extension SHA0.State {
    /// One of the 80 steps; `word` is the sum of what differs between them.
    @inline(__always)
    fileprivate mutating func step(_ word: UInt32) {
        let next = (a << 5 | a >> 27) &+ e &+ word
        e = d
        d = c
        c = b << 30 | b >> 2
        b = a
        a = next
    }
}
