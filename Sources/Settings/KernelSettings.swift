/// Which listeners the kernel guards, so that a banned address never reaches the program.
public struct KernelSettings: Sendable, Equatable {
    /// What becomes of the kernel's table when the program ends.
    public enum AtExit: Sendable, Equatable {
        /// It goes.
        case remove
        /// It stays until its entries run out, and the next start takes it over.
        case keep
    }

    /// Names of listeners; none of them takes PROXY headers.
    public var listeners: [String]
    /// The table of nftables, in the family `inet`.
    public var table: String = "portcullis"
    /// What becomes of the table when the program ends.
    public var atExit: AtExit = .remove
    /// How often the table is looked at.
    public var reconcileNS: UInt64 = 30_000_000_000

    /// Puts the parts together.
    public init(listeners: [String]) {
        self.listeners = listeners
    }
}
