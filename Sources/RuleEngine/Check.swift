/// What lets a rule pass over a packet: what is read of it for every packet that it might concern.
///
/// Shape: 32 bytes, no references, so that the checks of a packet stand in a few cache lines; between two packets of a
/// player those of thousands of others went by.
struct Check: Sendable, BitwiseCopyable {
    /// One bit for each phase it holds in.
    let phases: UInt64
    /// Sizes outside of these it never matches; `Int32.max` stands for all sizes from there on.
    let sizeLeast: Int32
    let sizeMost: Int32
    /// The limit's index, -1 without one.
    let limit: Int32
    /// How many checks from this one on can be passed over at once when none of their signatures is a candidate; 0 when
    /// this check is judged by itself, because it has no signature or because no filter looks for it.
    var run: Int32 = 0
    /// The limit's bucket, meaningless without one.
    let slot: BucketSlot
    /// Which questions it asks beside phase and size.
    let asks: Questions
    /// A delay that is not in shadow reserves tokens for a packet over the limit: its number among those of the list,
    /// from 1; 0 for all other checks.
    let reserveNumber: UInt8
    /// The bit of its condition on the client's origin; meaningless without one.
    let origin: UInt8

    /// What there is to ask beside phase and `sizeLeast ... sizeMost`.
    struct Questions: OptionSet, Sendable, BitwiseCopyable {
        let rawValue: UInt8

        /// Several ranges of sizes, or some it does not match.
        static let sizes = Questions(rawValue: 1)
        static let signature = Questions(rawValue: 2)
        static let limit = Questions(rawValue: 4)
        /// The limit delays, and so a packet over it reserves tokens.
        static let reservation = Questions(rawValue: 8)
        /// What `CheckExtra` has.
        static let extra = Questions(rawValue: 16)
        /// Where the client is from.
        static let origin = Questions(rawValue: 32)
        /// What is asked right behind phase and size.
        static let early: Questions = [.sizes, .origin]
        /// What is asked only where a rule may fire already.
        static let late: Questions = [.signature, .extra]
    }

    /// Whether phase and size let it match.
    @inline(__always)
    func mayMatch(_ byteCount: Int32, phase: UInt8) -> Bool {
        (phases &>> UInt64(phase)) & 1 == 1 && byteCount >= sizeLeast && byteCount <= sizeMost
    }
}

/// The rest of a check, at the same index: read only of a rule that may fire.
struct CheckDetail: Sendable, BitwiseCopyable {
    /// The sizes it matches and, right behind them, those it does not.
    let firstSize: Int32
    let sizeCount: Int32
    let sizeNotCount: Int32
    /// The signature's number, -1 without one.
    let signature: Int32
    /// More that it asks, as the index of a `CheckExtra`; -1 without.
    let extra: Int32
    /// What happens when it fires.
    let outcome: CheckOutcome
}

/// What few rules ask.
struct CheckExtra: Sendable, BitwiseCopyable {
    /// What is asked of numbers at fixed places, as a range of the flat conditions.
    var firstFlat: Int32 = 0
    var flatCount: Int32 = 0
    /// What else is asked of the packet's fields and done to them, as the index of a `FieldRule`; -1 for nothing.
    var fields: Int32 = -1
    /// Where the connection remembers when a packet was forwarded that must not have been within `notAfterNS`; -1 where
    /// none is asked for.
    var notAfter: Int32 = -1
    var notAfterNS: UInt64 = 0
    /// Where the connection remembers the packets that this one may repeat, -1 where that is not asked.
    var memory: Int32 = -1
    var repeats = Repeats(count: 2, withinNS: 0)
    /// Whether the memory is that of all packets together.
    var sharesMemory = false
}

/// What happens when a rule fires.
struct CheckOutcome: Sendable, BitwiseCopyable {
    let rule: RuleIndex
    let isShadow: Bool
    let action: RuleAction
    let score: Double
}

/// A range in the policy's list of checks, and what they need to see.
struct CheckList: Sendable, BitwiseCopyable {
    var first: Int32 = 0
    var count: Int32 = 0
    var inspectedByteCount = 0
    /// Whether a rule changes the packet.
    var rewrites = false
    /// What to ask the filter; meaningless where no check has a run.
    var filterScope: Int32 = 0
}

/// A closed range of whole packet sizes.
struct SizeRange: Sendable, BitwiseCopyable {
    let low: Int
    let high: Int
}
