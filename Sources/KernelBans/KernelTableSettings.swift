public import WireBytes

/// The table, and whom it guards.
public struct KernelTableSettings: Sendable, Equatable {
    /// Its name, in the family `inet`.
    public var name: String
    /// Where the guarded listeners listen.
    public var binds: [Endpoint]

    /// Puts the parts together.
    public init(name: String, binds: [Endpoint]) {
        self.name = name
        self.binds = binds
    }
}
