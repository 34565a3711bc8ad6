import Settings
import WireBytes

/// The configured prefix lengths, small enough for one atomic word.
///
/// Shape: counted in the 128-bit form, as ``IPNetwork`` does. Values outside their range are brought into it.
struct AddressPrefixes: Equatable {
    /// What `address` means in IPv6.
    var address: Int
    /// `per: network` in IPv4.
    var networkIPv4: Int
    /// `per: network` in IPv6.
    var networkIPv6: Int

    init(_ settings: ReputationSettings) {
        address = max(1, min(settings.addressPrefixIPv6, 128))
        networkIPv4 = 96 + max(0, min(settings.networkPrefixIPv4, 32))
        networkIPv6 = max(0, min(settings.networkPrefixIPv6, 128))
    }

    /// One byte each.
    init(packed: UInt32) {
        address = Int(packed & 0xFF)
        networkIPv4 = Int(packed >> 8 & 0xFF)
        networkIPv6 = Int(packed >> 16 & 0xFF)
    }

    var packed: UInt32 { UInt32(address) | UInt32(networkIPv4) << 8 | UInt32(networkIPv6) << 16 }

    func key(of ip: IPAddress) -> IPNetwork {
        IPNetwork(holding: ip, prefixLength: ip.isIPv4 ? 128 : address)
    }

    func network(of ip: IPAddress) -> IPNetwork {
        IPNetwork(holding: ip, prefixLength: ip.isIPv4 ? networkIPv4 : networkIPv6)
    }
}
