public import WireBytes

/// An address or network that the kernel is to know of.
public struct KernelEntry: Hashable, Sendable {
    /// Which.
    public var network: IPNetwork
    /// Monotonic nanoseconds; `.max` for one that stays until it is taken out.
    public var untilNS: UInt64

    /// Puts the parts together.
    public init(_ network: IPNetwork, untilNS: UInt64) {
        self.network = network
        self.untilNS = untilNS
    }
}

/// What becomes of an address that the kernel knows of.
public enum KernelPurpose: String, Sendable, CaseIterable {
    /// It gets in, whatever else is said of it.
    case allowed
    /// It cannot open a connection.
    case banned
}

/// An entry comes, gets another end, or goes.
public struct KernelChange: Sendable, Equatable {
    /// Which of the two it is about.
    public var purpose: KernelPurpose
    /// Whom it is about.
    public var network: IPNetwork
    /// Monotonic nanoseconds, `.max` for ever; `nil` takes it out.
    public var untilNS: UInt64?

    /// Puts the parts together.
    public init(_ purpose: KernelPurpose, _ network: IPNetwork, untilNS: UInt64?) {
        self.purpose = purpose
        self.network = network
        self.untilNS = untilNS
    }
}
