/// Where an address is from: its country, who announces it, and which lists hold it.
public struct Origin: Hashable, Sendable, BitwiseCopyable {
    /// What can be known of addresses, one by one.
    public struct Sources: OptionSet, Hashable, Sendable, BitwiseCopyable {
        /// One bit each.
        public let rawValue: UInt8

        /// From its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A database of countries.
        public static let country = Sources(rawValue: 1)
        /// A database of network operators.
        public static let asn = Sources(rawValue: 2)
        /// Which of them rent out servers; with `asn` only.
        public static let hosting = Sources(rawValue: 4)
        /// Lists of addresses.
        public static let lists = Sources(rawValue: 8)
    }

    /// The country; `nil` where nobody says.
    public var country: CountryCode?
    /// The number of the network operator; `nil` where nobody says.
    public var asn: UInt32?
    /// Whether the operator rents out servers.
    public var isHosting = false
    /// The lists that hold it, one bit for each by its number.
    public var lists: UInt128 = 0
    /// What was asked; what is not among these is not known of any address.
    public var sources: Sources = []

    /// Nothing is known.
    public init() {}
}
