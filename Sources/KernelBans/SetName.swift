import WireBytes

/// One of the table's sets: what of one family and one length of prefix is allowed, or banned.
///
/// Networks of one length are the same or have nothing in common, so no set ever holds two that overlap. A set of
/// intervals would have to merge those, and then no longer knew when each of them ends.
struct SetName: Hashable, Sendable {
    let purpose: KernelPurpose
    let isIPv4: Bool
    private let length: UInt8

    /// Counted as the family counts: 0 to 32, or 0 to 128.
    var prefixLength: Int { Int(length) }

    private var bitCount: Int { isIPv4 ? 32 : 128 }

    /// As nftables lists it: `banned_ipv4_32`.
    var text: String { "\(purpose.rawValue)_\(isIPv4 ? "ipv4" : "ipv6")_\(prefixLength)" }

    /// The rule's condition that a sender's address is in the set.
    var condition: String {
        let source = isIPv4 ? "ip saddr" : "ip6 saddr"
        return prefixLength == bitCount ? "\(source) @\(text)" : "\(source) & \(mask) @\(text)"
    }

    /// The type of the set's elements.
    var type: String { isIPv4 ? "ipv4_addr" : "ipv6_addr" }

    private var mask: IPAddress {
        guard isIPv4 else { return IPAddress(high: .max, low: .max).masked(to: prefixLength) }
        return IPAddress(ipv4: prefixLength == 0 ? 0 : UInt32.max << UInt32(32 - prefixLength))
    }

    init(_ purpose: KernelPurpose, isIPv4: Bool, prefixLength: Int) {
        self.purpose = purpose
        self.isIPv4 = isIPv4
        length = UInt8(prefixLength)
    }

    /// Reads what `text` writes.
    init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, let purpose = KernelPurpose(rawValue: String(parts[0])),
            parts[1] == "ipv4" || parts[1] == "ipv6", let prefixLength = Int(parts[2]),
            (0...(parts[1] == "ipv4" ? 32 : 128)).contains(prefixLength)
        else { return nil }
        self.init(purpose, isIPv4: parts[1] == "ipv4", prefixLength: prefixLength)
        // One way of writing each.
        guard self.text == text else { return nil }
    }
}

extension SetName: Comparable {
    /// What is allowed in front, because it is asked first; then the longest prefixes.
    static func < (left: SetName, right: SetName) -> Bool {
        if left.purpose != right.purpose { return left.purpose == .allowed }
        if left.isIPv4 != right.isIPv4 { return left.isIPv4 }
        return left.prefixLength > right.prefixLength
    }
}

/// An element of a set.
///
/// The address stands in front, so that the rest needs a word and no more.
struct ElementPlace: Hashable, Sendable {
    let address: IPAddress
    let set: SetName

    init(set: SetName, address: IPAddress) {
        self.address = address
        self.set = set
    }

    /// Where a network stands: in one set, or in two where a network of IPv6 holds all of IPv4.
    static func all(of network: IPNetwork, _ purpose: KernelPurpose) -> [ElementPlace] {
        let anywhereIPv4 = IPAddress(ipv4: 0)
        if network.prefixLength >= 96, network.base.isIPv4 {
            let set = SetName(purpose, isIPv4: true, prefixLength: network.prefixLength - 96)
            return [ElementPlace(set: set, address: network.base)]
        }
        let set = SetName(purpose, isIPv4: false, prefixLength: network.prefixLength)
        let place = ElementPlace(set: set, address: network.base)
        guard network.contains(anywhereIPv4) else { return [place] }
        return [
            place,
            ElementPlace(set: SetName(purpose, isIPv4: true, prefixLength: 0), address: anywhereIPv4),
        ]
    }
}
