import GameProtocol
import PacketFields
import RuleEngine
public import WireBytes

/// What a session has learned of who plays, and that its worker has not asked for yet.
public struct SessionNews: OptionSet, Sendable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt8

    /// A set of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A login has succeeded, with the packet that was judged last.
    public static let login = SessionNews(rawValue: 1)
    /// The account is known now, or is another than before.
    public static let account = SessionNews(rawValue: 2)
    /// The client has given a name, and whether it is its own is not known: `claimedAccount`.
    public static let claim = SessionNews(rawValue: 4)
    /// The last phase was entered, with the packet that was judged last.
    public static let lastPhase = SessionNews(rawValue: 8)
}

/// Who plays, as far as the packets tell it.
struct AccountState {
    /// Bytes of the names on the heap.
    static let byteCountMax = 2 * (AccountName.byteCountMax + 32)

    /// The name that the client gave last, of which nobody knows yet whether the server takes it.
    var claim: AccountName?
    /// Several names were given, and the server's next success may be about any of them.
    var isDoubtful = false
    /// The account that is known.
    var account: AccountName?
}

/// Accounts: whose session it is.
extension Session {
    /// The account of the player; `nil` while it is not known.
    public var account: AccountName? {
        // As in `cipher`: nothing else is copied.
        rareStates.isEmpty ? nil : rareStates[0].accountState.account
    }

    /// The name that the client gave last and that no login has confirmed yet.
    ///
    /// Whoever gives it need not own it: good for refusing the connection that gives it, and for nothing else.
    public var claimedAccount: AccountName? {
        rareStates.isEmpty ? nil : rareStates[0].accountState.claim
    }

    /// Whether something was learned of who plays since `takeNews` was asked.
    ///
    /// Cost: one byte of the session; ordinary packets never set it.
    @inlinable public var hasNews: Bool { news != [] }

    /// What was learned of who plays since this was asked last.
    public mutating func takeNews() -> SessionNews {
        defer { news = [] }
        return news
    }

    /// A packet that tells an account, or that a login has succeeded, has gone on.
    ///
    /// - Parameter bytes: the whole packet as it goes on, or what it inflates to; empty where it went on in pieces.
    mutating func learn(
        from packet: PacketIndex, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset
    ) {
        let known = account
        defer { if let account, account != known { count(against: account, nowNS: nowNS, ruleset: ruleset) } }
        let told = ruleset.layout(of: packet, direction)?.account(in: bytes)
        if direction == .outbound {
            let logins = ruleset.descriptor.logins
            let table = ruleset.descriptor.packets.outbound
            if logins.contains(where: { $0.packet == packet && $0.holds(for: bytes, in: table) }) { succeed() }
            // The server's word is worth more than what the client said.
            if let told { know(told) }
        } else if let told {
            if ruleset.descriptor.logins.isEmpty { knowFirst(told) } else { claim(told) }
        }
    }

    /// Limits per account count against this one from now on.
    private mutating func count(against account: AccountName, nowNS: UInt64, ruleset: Ruleset) {
        news.insert(.account)
        buckets.count(against: buckets.accountKey(of: account), policy: ruleset.policy, nowNS: nowNS)
    }

    /// The client says who it is.
    ///
    /// Of two names nobody can tell which one the next success is about: packets of both sides cross each other.
    private mutating func claim(_ name: AccountName) {
        if let earlier = rare.accountState.claim, earlier != name { rare.accountState.isDoubtful = true }
        rare.accountState.claim = name
        news.insert(.claim)
    }

    /// The server has let the client in.
    private mutating func succeed() {
        hasLoggedIn = true
        news.insert(.login)
        guard !rareStates.isEmpty, let claim = rare.accountState.claim else { return }
        let isDoubtful = rare.accountState.isDoubtful
        rare.accountState.claim = nil
        rare.accountState.isDoubtful = false
        if !isDoubtful { know(claim) }
    }

    /// Where nobody says whether a login succeeded, what the client says first counts, and stays.
    private mutating func knowFirst(_ name: AccountName) {
        if account == nil { know(name) }
    }

    private mutating func know(_ name: AccountName) {
        rare.accountState.claim = nil
        rare.accountState.isDoubtful = false
        rare.accountState.account = name
    }
}
