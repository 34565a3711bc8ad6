/// One rule as it concerns one packet: what it asks, and what then happens.
///
/// Shape: flat, no references; sizes and patterns stand in the policy's arrays.
struct Check: Sendable, BitwiseCopyable {
    /// One bit for each phase it holds in.
    let phases: UInt64
    /// The sizes it matches and, right behind them, those it does not.
    let firstSize: Int32
    let sizeCount: Int32
    let sizeNotCount: Int32
    let signature: SignatureTable.Place
    /// The limit's index, -1 without one.
    let limit: Int32
    /// The limit's bucket, meaningless without one.
    let slot: BucketSlot
    /// Whether a packet over the limit reserves tokens: a delay that is not in shadow.
    let reserves: Bool
    /// What happens when it fires; read only then.
    let outcome: CheckOutcome
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
}

/// A closed range of whole packet sizes.
struct SizeRange: Sendable, BitwiseCopyable {
    let low: Int
    let high: Int
}
