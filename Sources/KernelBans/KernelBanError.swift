import Glibc

/// Why the kernel has no bans; the firewall goes on without it.
public enum KernelBanError: Error, Sendable, Equatable {
    /// libnftables is not installed.
    case libraryMissing
    /// The process may not use the packet filter.
    case notPermitted
    /// The packet filter cannot be reached, for this errno.
    case unreachable(code: Int32)
    /// The kernel or the library took the commands for wrong.
    case refused(String)
    /// More is allowed than the table holds; without all of it, a ban could shut out somebody who is allowed.
    case tooManyAllowed(Int)
}

extension KernelBanError: CustomStringConvertible {
    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .libraryMissing:
            "libnftables.so.1 is not here: install libnftables1"
        case .notPermitted:
            "this process may not use the packet filter: it needs CAP_NET_ADMIN, which a systemd unit gives by "
                + "AmbientCapabilities=CAP_NET_ADMIN"
        case .unreachable(let code) where code == EMFILE || code == ENFILE:
            "too few descriptors are left to reach the kernel's packet filter: raise the limit on open files"
        case .unreachable(let code):
            "the kernel's packet filter cannot be reached (errno \(code)): nf_tables must be in the kernel, and a "
                + "systemd unit that restricts address families must leave AF_NETLINK"
        case .refused(let text):
            "nftables refuses: \(text)"
        case .tooManyAllowed(let count):
            "\(count) addresses are allowed, and the table holds \(KernelBounds.allowedCountMax); it would shut out "
                + "the others"
        }
    }
}
