/// A network in CIDR form.
public struct IPNetwork: Hashable, Sendable, BitwiseCopyable {
    /// The first address of the network.
    public let base: IPAddress
    /// 0 to 128, counted in the 128-bit form: an IPv4 /24 is 120.
    public let prefixLength: Int

    /// The network that holds `address`.
    @inlinable
    public init(holding address: IPAddress, prefixLength: Int) {
        precondition(prefixLength >= 0 && prefixLength <= 128, "a prefix has 0 to 128 bits, not \(prefixLength)")
        base = address.masked(to: prefixLength)
        self.prefixLength = prefixLength
    }

    /// Whether `address` lies in this network.
    ///
    /// An IPv6 network of fewer than 96 bits that begins with zeros (`::/0`) holds the IPv4 addresses too.
    @inlinable
    public func contains(_ address: IPAddress) -> Bool {
        address.masked(to: prefixLength) == base
    }
}

extension IPNetwork: CustomStringConvertible {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone for the network of just that address.
    ///
    /// The prefix of a dotted quad counts its 32 bits, any other the 128. Bits set behind the prefix are an error,
    /// because they mean that the address or the prefix is not what its writer thought.
    public init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        let ascii = Array(text.utf8)[...]
        guard let slash = ascii.firstIndex(of: Ascii.slash) else {
            try self.init(holding: IPAddress(ascii: ascii), prefixLength: 128)
            return
        }
        let isQuad = !ascii[..<slash].contains(Ascii.colon)
        let address = try IPAddress(ascii: ascii[..<slash])
        guard let prefix = decimal(ascii[(slash + 1)...], most: isQuad ? 32 : 128) else { throw .badPrefix }
        self.init(holding: address, prefixLength: isQuad ? prefix + 96 : prefix)
        guard base == address else { throw .hostBitsSet(network: self) }
    }

    /// Reads what ``init(parsing:)`` reads, when nobody asks what was wrong.
    public init?(_ text: some StringProtocol) {
        do throws(AddressSyntaxError) { try self.init(parsing: text) } catch { return nil }
    }

    /// The base, a slash and the prefix; that of an IPv4 network counts 32 bits.
    public var description: String {
        // A prefix below 96 clears bits that make an address IPv4, so this never goes below zero.
        "\(base)/\(base.isIPv4 ? prefixLength - 96 : prefixLength)"
    }
}
