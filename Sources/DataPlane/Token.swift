/// What an event belongs to, packed into the driver's 64 bits.
///
/// Shape: kind in bits 0–1, slot in bits 2–31, generation in bits 32–63. The generation tells an event of a slot's
/// earlier tenant, which may still be in the batch, from one of its present tenant.
enum Token: Equatable {
    case listener(Int)
    case end(End, slot: Int, generation: UInt32)

    var packed: UInt64 {
        switch self {
        case .listener(let index): UInt64(index) << 2 | 2
        case .end(let end, let slot, let generation):
            UInt64(generation) << 32 | UInt64(slot) << 2 | UInt64(end.rawValue)
        }
    }

    /// - Parameter packed: a token; `nil` for one that no worker made (the waker's).
    init?(packed: UInt64) {
        let index = Int(packed >> 2 & 0x3FFF_FFFF)
        switch packed & 3 {
        case 0: self = .end(.client, slot: index, generation: UInt32(packed >> 32))
        case 1: self = .end(.server, slot: index, generation: UInt32(packed >> 32))
        case 2: self = .listener(index)
        default: return nil
        }
    }
}
