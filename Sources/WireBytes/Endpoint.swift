/// An address and a port.
public struct Endpoint: Hashable, Sendable, BitwiseCopyable {
    /// Which host.
    public var address: IPAddress
    /// Which port of it.
    public var port: UInt16

    /// `address` and `port` together.
    @inlinable
    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }
}

extension Endpoint: CustomStringConvertible {
    /// Reads `1.2.3.4:80` or `[::1]:80`.
    ///
    /// Strict: the port is there, is decimal, has no leading zeros; an IPv6 address stands in brackets, an IPv4
    /// address does not.
    public init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        try self.init(ascii: Array(text.utf8)[...])
    }

    /// Reads what ``init(parsing:)`` reads, when nobody asks what was wrong.
    public init?(_ text: some StringProtocol) {
        do throws(AddressSyntaxError) { try self.init(parsing: text) } catch { return nil }
    }

    init(ascii text: ArraySlice<UInt8>) throws(AddressSyntaxError) {
        guard let first = text.first else { throw .empty }
        guard let colon = text.lastIndex(of: Ascii.colon) else { throw .portMissing }
        let host: ArraySlice<UInt8>
        if first == Ascii.openBracket {
            guard let close = text.lastIndex(of: Ascii.closeBracket) else { throw .badIPv6 }
            guard colon == close + 1 else { throw .portMissing }
            host = text[(text.startIndex + 1)..<close]
            address = try IPAddress(asciiIPv6: host)
        } else {
            host = text[..<colon]
            // An address with colons and a port behind one more could be read two ways.
            guard !host.contains(Ascii.colon) else { throw .bracketsMissing }
            address = try IPAddress(asciiIPv4: host)
        }
        port = try Self.port(ascii: text[(colon + 1)...])
    }

    /// Reads a port alone: decimal, 0 to 65535, no leading zeros.
    public static func port(parsing text: some StringProtocol) throws(AddressSyntaxError) -> UInt16 {
        try port(ascii: Array(text.utf8)[...])
    }

    private static func port(ascii text: ArraySlice<UInt8>) throws(AddressSyntaxError) -> UInt16 {
        guard let port = decimal(text, most: 65_535) else { throw .badPort }
        return UInt16(port)
    }

    /// Appends a port in decimal, at most 5 characters; allocates only if `ascii` has to grow.
    public static func appendPort(_ port: UInt16, to ascii: inout [UInt8]) {
        Ascii.appendDecimal(port, to: &ascii)
    }

    /// `1.2.3.4:80` or `[::1]:80`.
    public var description: String {
        address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}
