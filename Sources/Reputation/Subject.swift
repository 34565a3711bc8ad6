public import WireBytes

/// Whom scores and bans are about.
public enum Subject: Hashable, Sendable {
    /// One address, which is a network of one, or a network.
    case network(IPNetwork)
    /// One player of a game, wherever he connects from.
    case account(AccountName)

    /// The network; `nil` for an account.
    public var network: IPNetwork? {
        if case .network(let network) = self { return network }
        return nil
    }
}

extension Subject: CustomStringConvertible {
    private static let accountPrefix = "account:"

    /// `203.0.113.7`, `2001:db8::/64`, or `account:NAME`.
    public var description: String {
        switch self {
        case .network(let network): network.prefixLength == 128 ? "\(network.base)" : "\(network)"
        case .account(let name): Self.accountPrefix + name.text
        }
    }

    /// Reads what ``description`` writes.
    ///
    /// - Throws: why a text without `account:` is no address or network.
    public init?(parsing text: String) throws(AddressSyntaxError) {
        guard text.hasPrefix(Self.accountPrefix) else {
            self = .network(try IPNetwork(parsing: text))
            return
        }
        guard let name = AccountName(text.dropFirst(Self.accountPrefix.count)) else { return nil }
        self = .account(name)
    }
}

/// A subject as the tables find it: 128 bits and a tag.
///
/// Shape: of a network its base and prefix length; of an account two hashes with this process's own seeds, so that
/// nobody can choose two names that are one, and a tag that no prefix length has.
struct SubjectKey: Hashable, BitwiseCopyable {
    private static let accountTag: UInt8 = 255

    let high: UInt64
    let low: UInt64
    /// A prefix length in the 128-bit form, or the tag of accounts.
    let tag: UInt8

    init(_ network: IPNetwork) {
        high = network.base.high
        low = network.base.low
        tag = UInt8(network.prefixLength)
    }

    init(_ account: AccountName) {
        high = UInt64(bitPattern: Int64(Self.hash(account, 1)))
        low = UInt64(bitPattern: Int64(Self.hash(account, 2)))
        tag = Self.accountTag
    }

    init(_ subject: Subject) {
        switch subject {
        case .network(let network): self.init(network)
        case .account(let account): self.init(account)
        }
    }

    private static func hash(_ account: AccountName, _ number: UInt8) -> Int {
        var hasher = Hasher()
        hasher.combine(number)
        hasher.combine(account)
        return hasher.finalize()
    }

    /// The network; `nil` for an account.
    var network: IPNetwork? {
        tag == Self.accountTag
            ? nil : IPNetwork(holding: IPAddress(high: high, low: low), prefixLength: Int(tag))
    }

    var isAccount: Bool { tag == Self.accountTag }

    /// Whether its ban can shut out an address of IPv6.
    var isIPv6: Bool { !isAccount && !IPAddress(high: high, low: low).isIPv4 }
}

/// Who did something that scores or bans follow from.
public struct Offender: Sendable, Equatable {
    /// The client's address, in full.
    public var address: IPAddress
    /// The player's account, where the game has told it.
    public var account: AccountName?
    /// Whether the game's server has let the account in, so that it is not only a name that the client says.
    public var isAccountChecked: Bool

    /// Puts the parts together.
    public init(address: IPAddress, account: AccountName? = nil, isAccountChecked: Bool = true) {
        self.address = address
        self.account = account
        self.isAccountChecked = isAccountChecked
    }

    /// The account that answers for itself on a shared address: with a name that nobody has checked a cheat would ban
    /// another, or himself under a new name each time.
    var ownAccount: AccountName? { isAccountChecked ? account : nil }
}

/// What a rule's ban shuts out.
public enum BanTarget: Sendable, Equatable, BitwiseCopyable {
    /// The address, or what of a shared address's players is known by account.
    case address
    /// The account; the address where none is known.
    case account
    /// The network of `per: network`.
    case network
}
