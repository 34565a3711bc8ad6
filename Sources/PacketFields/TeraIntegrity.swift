import WireBytes

/// The hash in TERA's listed packets, over the whole packet with its counter but without the hash.
enum TeraIntegrity {
    /// - Parameter packet: carries its opcode at 2 and its counter at 4; the hash at 8 is left out.
    static func value(of packet: RawSpan, seed: Int32) -> UInt64 {
        guard let opcode = packet.unsignedInteger(at: 2, byteCount: 2, littleEndian: true),
            let counter = packet.unsignedInteger(at: 4, byteCount: 4, littleEndian: true)
        else { return 0 }
        let code = Int32(truncatingIfNeeded: opcode)
        let number = Int32(truncatingIfNeeded: counter)
        let sum = seed &+ code &+ number
        // Wider than the rest: this one does not wrap.
        var mixed = Int64(seed)
        var hash: Int32 = 0
        for offset in 0..<packet.byteCount where !(8..<12).contains(offset) {
            let byte = Int32(packet.byte(at: offset) ?? 0)
            let place = Int32(truncatingIfNeeded: offset)
            mixed &+= Int64(offset)
            // A negative remainder adds nothing.
            switch mixed % 5 {
            case 0: hash &+= (sum &- 2 &* seed &+ place) ^ (byte << (place % 3))
            case 1: hash &+= (sum &+ place) & (byte << (place & 3))
            case 2: hash &+= (sum &- 3 &* seed &+ place) | (byte << (place & 1))
            case 3: hash &+= (sum &+ seed &- 2 &* code &+ place) ^ (byte << (place % 3))
            case 4: hash &+= sum ^ (byte << (place % 3))
            default: break
            }
        }
        return UInt64(UInt32(bitPattern: hash))
    }
}
