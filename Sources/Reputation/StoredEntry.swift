public import Settings
public import WireBytes

/// All that is remembered of one subject, with times that another run of the program understands.
public struct StoredEntry: Sendable, Equatable {
    /// Whom it is about.
    public var subject: Subject
    /// The score as of `scoreWallUS`.
    public var score: Double = 0
    /// Wall-clock microseconds since 1970.
    public var scoreWallUS: Int64 = 0
    /// How the score came about, newest last.
    public var trail: [ScorePoint] = []
    /// The ban in force.
    public var ban: StoredBan?
    /// When earlier bans ended, ascending, in wall-clock microseconds since 1970; those that were lifted do not count.
    public var pastEndsWallUS: [Int64] = []

    /// Nothing about a subject: it was forgotten.
    public init(subject: Subject) {
        self.subject = subject
    }

    /// Whether there is anything to keep.
    ///
    /// - Parameter scoresAbove: scores up to here are not worth it.
    public func isWorthKeeping(scoresAbove: Double) -> Bool {
        ban != nil || !pastEndsWallUS.isEmpty || score > scoresAbove
    }
}

/// A ban with times that another run of the program understands.
public struct StoredBan: Sendable, Equatable {
    /// As ``Ban/address``.
    public var address: IPAddress?
    /// Wall-clock microseconds since 1970.
    public var startedWallUS: Int64
    /// Wall-clock microseconds since 1970; the greatest number: until it is lifted.
    public var untilWallUS: Int64
    /// As ``Ban/number``.
    public var number: UInt32
    /// As ``Ban/kind``.
    public var kind: Ban.Kind
    /// As ``Ban/cause``.
    public var cause: BanCause

    /// Where nobody says when it ends.
    public static let foreverWallUS = Int64.max

    /// Puts the parts together.
    public init(
        address: IPAddress?, startedWallUS: Int64, untilWallUS: Int64, number: UInt32, kind: Ban.Kind,
        cause: BanCause
    ) {
        self.address = address
        self.startedWallUS = startedWallUS
        self.untilWallUS = untilWallUS
        self.number = number
        self.kind = kind
        self.cause = cause
    }
}

/// What changed since it was asked last.
public struct StoredChanges: Sendable, Equatable {
    /// The subjects that changed, as they are now; one that is not worth keeping any more was forgotten.
    public var entries: [StoredEntry]
    /// Whether more changed than was kept track of: then these are all there are, and all others were forgotten.
    public var isEverything: Bool

    /// Puts the parts together.
    public init(entries: [StoredEntry], isEverything: Bool) {
        self.entries = entries
        self.isEverything = isEverything
    }
}
