/// Where what outlives the program is kept.
public struct StateSettings: Sendable, Equatable {
    /// The database's path; its folder must exist.
    public var file: String
    /// A score of this or less is not kept.
    public var leastScore: Double = 1
    /// How long it is remembered what happened to bans.
    public var historyNS: UInt64 = 7_776_000_000_000_000

    /// Puts the parts together.
    public init(file: String) {
        self.file = file
    }
}
