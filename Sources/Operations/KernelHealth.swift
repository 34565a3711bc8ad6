/// How the bans in the kernel fare.
public struct KernelHealth: Sendable, Equatable {
    /// The table of nftables; `nil` where the service's file wants none.
    public var table: String?
    /// Whether the kernel refuses who is banned.
    public var isOn: Bool
    /// Bans and allowed networks that it holds.
    public var entryCount: Int
    /// Why it does not; `nil` while it does.
    public var problem: String?
}

extension Operations {
    /// How the bans in the kernel fare.
    public var kernelHealth: KernelHealth { kernel.health }
}
