public import Settings
import Synchronization
public import WireBytes

/// Addresses that have played before: under attack they come in as always, while strangers are held to tighter limits.
///
/// An address is a player's once a session from it has lasted `after` beyond its handshake and was not ended by a rule
/// or a ban. Every such session remembers it anew for `keep`; a ban forgets it.
///
/// **Who makes room.** When the book is full, the addresses that have played on the fewest days make room, those first
/// that have not played for longest. So whoever wants to push the regular players out needs as many addresses as the
/// book holds, each of which plays a whole session without breaking a rule, on as many days as they have: with
/// addresses that play on one day he pushes out only others that have played on one day.
///
/// Thread safety: all workers share one, under a lock of its own; touched when a connection opens on a listener that
/// can be under attack, and when a session ends, never on the way of a packet.
public final class KnownPlayers: Sendable {
    fileprivate struct Player: Sendable {
        var untilNS: UInt64
        /// When the last day was counted.
        var countedNS: UInt64
        var days: Int
    }

    fileprivate struct State {
        var settings: KnownPlayersSettings
        var players = AgedTable<IPNetwork, Player>(levelCount: KnownPlayers.daysMax)
        /// What the store has not heard of, each address once.
        var changed: [IPNetwork] = []
        var changedSet: Set<IPNetwork> = []
    }

    /// More days of play than these make no difference.
    public static let daysMax = 7
    /// Two sessions count as two days when so much lies between them.
    private static let dayNS: UInt64 = 72_000_000_000_000

    private let state: Mutex<State>
    private let afterWord: Atomic<UInt64>

    /// An empty book.
    public init(settings: KnownPlayersSettings = KnownPlayersSettings()) {
        state = Mutex(State(settings: settings))
        afterWord = Atomic(settings.afterNS)
    }

    /// Bytes that so many remembered players take at most, with what waits for the store.
    public static func byteCountMax(playerCount: Int) -> Int {
        playerCount
            * (AgedTable<IPNetwork, Player>.entryByteCountMax
                + 2 * (2 * MemoryLayout<IPNetwork>.stride + 3 * MemoryLayout<IPNetwork>.stride))
    }

    /// How long a session lasts beyond its handshake before its address is a player's.
    public var afterNS: UInt64 { afterWord.load(ordering: .relaxed) }

    /// Takes other settings; those who are remembered keep their time.
    public func update(settings: KnownPlayersSettings) {
        afterWord.store(settings.afterNS, ordering: .relaxed)
        state.withLock { state in
            state.settings = settings
            state.makeRoom(for: 0)
        }
    }

    /// Whether an address has played before.
    ///
    /// - Parameter key: the address as the book of reputation sees it.
    public func contains(_ key: IPNetwork, nowNS: UInt64) -> Bool { untilNS(key, nowNS: nowNS) != nil }

    /// Until when an address is known, in monotonic nanoseconds; `nil` when it is not.
    ///
    /// - Parameter key: the address as the book of reputation sees it.
    public func untilNS(_ key: IPNetwork, nowNS: UInt64) -> UInt64? {
        state.withLock { state in
            state.players[key].flatMap { $0.untilNS > nowNS ? $0.untilNS : nil }
        }
    }

    /// A session that was play has ended.
    public func remember(_ key: IPNetwork, nowNS: UInt64) {
        state.withLock { state in
            state.forgetExpired(nowNS: nowNS)
            var player = state.players[key] ?? Player(untilNS: 0, countedNS: nowNS, days: 1)
            if player.untilNS <= nowNS { player = Player(untilNS: 0, countedNS: nowNS, days: 1) }
            if nowNS > player.countedNS, nowNS - player.countedNS >= Self.dayNS {
                player.days = min(player.days + 1, Self.daysMax)
                player.countedNS = nowNS
            }
            player.untilNS = nowNS &+ state.settings.keepNS
            state.put(key, player)
            state.noteChange(key)
        }
    }

    /// An address was banned.
    ///
    /// A ban of a wider network forgets nobody: while it lasts nobody of it comes in, and nobody of it was judged.
    public func forget(_ subject: Subject) {
        guard case .network(let key) = subject else { return }
        state.withLock { state in
            if state.players.remove(key) != nil { state.noteChange(key) }
        }
    }

    /// Players that are remembered now, those among them whose time is over and that nobody has noticed yet.
    public var count: Int { state.withLock { $0.players.count } }

    /// What has changed since the last call, for the store: players as they are now, each once.
    ///
    /// What waits is bounded by twice what is remembered. Beyond that changes are left out: the store then has a
    /// player for a shorter time, or one who was pushed out.
    public func takeChanged(most: Int, nowNS: UInt64, nowWallUS: Int64) -> [KnownAddressChange] {
        state.withLock { state in
            let count = min(most, state.changed.count)
            let taken = state.changed.prefix(count).map { key in
                KnownAddressChange(network: key, player: state.address(key, nowNS: nowNS, nowWallUS: nowWallUS))
            }
            for change in taken { state.changedSet.remove(change.network) }
            state.changed.removeFirst(count)
            return taken
        }
    }

    /// All who are remembered, for a store that begins anew.
    public func all(nowNS: UInt64, nowWallUS: Int64) -> [KnownAddress] {
        state.withLock { state in
            state.players.keys.compactMap { state.address($0, nowNS: nowNS, nowWallUS: nowWallUS) }
        }
    }

    /// Puts back what a store kept, when the program starts; times that are over are left out.
    public func restore(_ players: [KnownAddress], nowNS: UInt64, nowWallUS: Int64) {
        state.withLock { state in
            // The newest last, as they would have come.
            for player in players.sorted(by: { $0.untilWallUS < $1.untilWallUS }) {
                guard player.untilWallUS > nowWallUS else { continue }
                let leftUS = UInt64(bitPattern: player.untilWallUS &- nowWallUS)
                let (leftNS, isLong) = leftUS.multipliedReportingOverflow(by: 1_000)
                // A clock that was set back must not make anybody known for ever.
                let mostNS = min(isLong ? .max : leftNS, state.settings.keepNS)
                state.put(
                    player.network,
                    Player(
                        untilNS: nowNS &+ mostNS, countedNS: nowNS, days: max(1, min(player.days, Self.daysMax))))
            }
        }
    }
}

extension KnownPlayers.State {
    fileprivate func address(_ key: IPNetwork, nowNS: UInt64, nowWallUS: Int64) -> KnownAddress? {
        players[key].map { player in
            let leftUS = Int64(clamping: (player.untilNS - min(nowNS, player.untilNS)) / 1_000)
            return KnownAddress(network: key, untilWallUS: nowWallUS.addingClamped(leftUS), days: player.days)
        }
    }

    fileprivate mutating func put(_ key: IPNetwork, _ player: KnownPlayers.Player) {
        if players[key] == nil { makeRoom(for: 1) }
        players.set(key, to: player, level: player.days - 1)
    }

    fileprivate mutating func makeRoom(for newcomerCount: Int) {
        while players.count + newcomerCount > settings.countMax, let first = players.first {
            _ = players.remove(first.key)
            noteChange(first.key)
        }
    }

    /// A few at a time: whoever is remembered longest is at the front of its chain.
    fileprivate mutating func forgetExpired(nowNS: UInt64) {
        for level in 0..<KnownPlayers.daysMax {
            guard let oldest = players.oldest(level: level), oldest.value.untilNS <= nowNS else { continue }
            _ = players.remove(oldest.key)
            noteChange(oldest.key)
        }
    }

    fileprivate mutating func noteChange(_ key: IPNetwork) {
        guard changed.count < 2 * settings.countMax, changedSet.insert(key).inserted else { return }
        changed.append(key)
    }
}

/// An address that has played before, as a store keeps it.
public struct KnownAddress: Sendable, Equatable {
    /// The address, or an IPv6 client's prefix.
    public var network: IPNetwork
    /// Until when it is remembered, in wall-clock microseconds since 1970.
    public var untilWallUS: Int64
    /// On how many days it has played, up to ``KnownPlayers/daysMax``.
    public var days: Int

    /// Puts the parts together.
    ///
    /// - Parameter days: where a store does not keep them, more than a newcomer has.
    public init(network: IPNetwork, untilWallUS: Int64, days: Int = 2) {
        self.network = network
        self.untilWallUS = untilWallUS
        self.days = days
    }
}

/// What a store must write of one address.
public struct KnownAddressChange: Sendable, Equatable {
    /// The address, or an IPv6 client's prefix.
    public var network: IPNetwork
    /// How it stands; `nil` when it is known no more.
    public var player: KnownAddress?
}
