/// Why a text is no address, endpoint or network.
public enum AddressSyntaxError: Error, Hashable, Sendable {
    /// Nothing is there.
    case empty
    /// Not four decimal numbers of 0 to 255, without leading zeros, with a dot between each.
    case badIPv4
    /// Not an address in the text forms of RFC 4291 section 2.2.
    case badIPv6
    /// An IPv6 address names a zone (`%eth0`), which means something on one host only.
    case zone
    /// An endpoint has no port.
    case portMissing
    /// A port is not a decimal number of 0 to 65535 without leading zeros.
    case badPort
    /// An IPv6 address before a port has no brackets.
    case bracketsMissing
    /// A prefix is not a decimal number of 0 to 32 (IPv4) or 128 (IPv6) without leading zeros.
    case badPrefix
    /// Bits behind the prefix are set; `network` is what the text would be without them.
    case hostBitsSet(network: IPNetwork)
}

extension AddressSyntaxError: CustomStringConvertible {
    /// One clause for a diagnostic, without a full stop.
    public var description: String {
        switch self {
        case .empty: "an address is missing"
        case .badIPv4: "not an IPv4 address: four numbers of 0 to 255 without leading zeros, as in 192.0.2.1"
        case .badIPv6: "not an IPv6 address, as in 2001:db8::1"
        case .zone: "an IPv6 address with a zone means something on one host only"
        case .portMissing: "a port is missing, as in 192.0.2.1:7801 or [2001:db8::1]:7801"
        case .badPort: "a port is a number of 0 to 65535 without leading zeros"
        case .bracketsMissing: "an IPv6 address before a port needs brackets, as in [2001:db8::1]:7801"
        case .badPrefix: "a prefix is a number of 0 to 32 for IPv4, 0 to 128 for IPv6, without leading zeros"
        case .hostBitsSet(let network): "bits behind the prefix are set; the network is \(network)"
        }
    }
}
