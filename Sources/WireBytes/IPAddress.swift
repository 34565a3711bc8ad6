/// An IPv4 or IPv6 address.
///
/// Shape: 128 bits in two words, most significant first. An IPv4 address is held as its IPv4-mapped IPv6 address
/// (`::ffff:a.b.c.d`, RFC 4291 section 2.5.5.2), so that the mapped and the plain form of one address are the same
/// value everywhere.
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes in network order, as a number.
    public let high: UInt64
    /// The last eight bytes in network order, as a number.
    public let low: UInt64

    /// The address of these 128 bits.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The address of these 128 bits.
    @inlinable
    public init(_ number: UInt128) {
        self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }

    /// The 128 bits as one number.
    @inlinable
    public var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// An IPv4 address from its 32 bits, the first byte in the highest place.
    @inlinable
    public init(ipv4 bits: UInt32) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(bits))
    }

    /// The 32 bits of an IPv4 address, or `nil` for IPv6.
    @inlinable
    public var ipv4: UInt32? {
        high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
    }

    /// Whether this is an IPv4 address, mapped or plain.
    @inlinable
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// This address with all but the first `prefixLength` of its 128 bits cleared.
    ///
    /// - Parameter prefixLength: 0 to 128, counted in the 128-bit form: an IPv4 /24 is 120.
    @inlinable
    public func masked(to prefixLength: Int) -> IPAddress {
        IPAddress(
            high: high & Self.mask(bitCount: prefixLength),
            low: low & Self.mask(bitCount: prefixLength - 64))
    }

    @inlinable
    static func mask(bitCount: Int) -> UInt64 {
        bitCount <= 0 ? 0 : bitCount >= 64 ? .max : ~(.max >> UInt64(bitCount))
    }
}

extension IPAddress: Comparable {
    /// In numeric order of the 128-bit form; IPv4 addresses stand together.
    @inlinable
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
