/// Puts what changed on disk, behind the traffic.
public final class StateWriter: Sendable {
    /// Begins with nothing on disk.
    public init() {}

    /// Where the state is kept, and whether that works.
    public var health: StoreHealth { StoreHealth(path: nil, isOnDisk: false, problem: nil) }

    /// Returns when everything that changed before is on disk.
    func flush() throws(OperationError) {}
}
