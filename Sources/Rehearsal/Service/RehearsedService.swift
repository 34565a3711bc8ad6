public import ConfigurationFiles
import Events
import Geography
public import Inspection
import Reputation
import RuleEngine
import Settings
public import WireBytes

/// What a service would do: its listeners, rules, limits, scores and bans, without sockets and in a time of its own.
///
/// The sessions, policies, buckets and the book of addresses are those of the running service; what a worker does
/// around them is done here with values. What depends on a network is not rehearsed: servers that do not answer,
/// receivers that take nothing, half-closed connections, a drain.
///
/// How to use it: `advance` to the time of the next happening, then `open`, `receive` or `close`; then take `events`.
public struct RehearsedService: ~Copyable {
    /// What it runs by.
    public let configuration: LoadedConfiguration
    /// What it did since this was emptied.
    public var events: [RehearsalEvent] = []
    /// The time, in nanoseconds since 1970; it never goes back.
    public private(set) var nowNS: UInt64

    /// Whether what goes on is kept for `delivered`.
    let collects: Bool
    let book: ReputationBook
    var connections: [UInt64: RehearsedConnection] = [:]
    /// The connections of each address as bans see it.
    var numbers: [IPNetwork: Set<UInt64>] = [:]
    private let buckets: SharedBuckets
    private var openCounts: [Int]
    private var deadlines = DeadlineQueue()
    private var sessionEvents: [SessionEvent] = []
    /// What the sides of connections that are over have received, where it is kept.
    var ended: [UInt64: PerDirection<[UInt8]>] = [:]
    /// Bytes that wait in sessions: packets that are not whole, or held.
    private var waitingByteCount = 0
    /// Bans that may end.
    var banCount = 0

    /// Bytes that may wait in all sessions together: nobody slows a capture down, as the relay slows a sender.
    static let waitingByteCountMax = 64 << 20
    /// As many shared buckets as a running service has.
    public static let usualSharedBucketCount = 65_536
    /// The same capture gives the same bans every time.
    private static let seed: UInt64 = 1

    /// A service that begins now.
    ///
    /// - Parameters:
    ///   - nowNS: nanoseconds since 1970.
    ///   - collects: whether `delivered` is kept.
    ///   - sharedBucketCount: a power of two.
    public init(
        configuration: LoadedConfiguration, nowNS: UInt64, collects: Bool = false,
        sharedBucketCount: Int = usualSharedBucketCount
    ) {
        buckets = SharedBuckets(capacity: sharedBucketCount, hashSeed: Self.seed)
        self.configuration = configuration
        self.nowNS = nowNS
        self.collects = collects
        book = ReputationBook(settings: configuration.settings.reputation, seed: Self.seed)
        openCounts = configuration.listeners.map { _ in 0 }
    }

    /// Time goes by: what was held goes on, and deadlines pass, each at its own moment.
    public mutating func advance(toNS newNS: UInt64) {
        while let (dueNS, number) = deadlines.popDue(byNS: newNS) {
            guard let connection = connections[number], connection.scheduledNS == dueNS else { continue }
            connection.scheduledNS = .max
            nowNS = max(nowNS, dueNS)
            connection.runner.pass(nowNS: nowNS, ruleset: ruleset(connection), events: &sessionEvents)
            settle(connection)
            if connections[number] != nil { feed(connection) }
        }
        nowNS = max(nowNS, newNS)
        tellEndedBans()
    }

    /// A client connects.
    ///
    /// - Parameters:
    ///   - number: names the connection from now on.
    ///   - listener: index of the listener.
    ///   - peer: who connects: the client, or a balancer.
    ///   - client: whom the rules know it by; `nil` when nobody says, and then only rules per connection hold.
    ///   - isMidStream: it was open before: no limit on new connections is asked, and it is judged only if it begins
    ///     as the protocol does.
    /// - Returns: whether it was let in.
    public mutating func open(
        _ number: UInt64, listener: Int, peer: Endpoint, client: Endpoint?, isMidStream: Bool = false
    ) -> Bool {
        precondition(connections[number] == nil, "connection \(number) opens twice")
        let settings = configuration.listeners[listener].settings
        let isTrusted = client.map { settings.trusts($0.address) } ?? false
        var isExempt = isTrusted
        if let client, !isTrusted {
            let listed = configuration.lists.standing(of: client.address)
            switch book.standing(of: client.address, nowNS: nowNS) {
            case .allowed: isExempt = true
            case _ where listed.isAllowed: isExempt = true
            case .banned: return refuse(number, listener, peer, client, .ban, .banned)
            case .clear:
                if let list = listed.refusing {
                    let name = configuration.lists.lists[list].name
                    return refuse(number, listener, peer, client, .ban, .listed, list: name)
                }
                if let (reason, place) = outsider(client.address, settings) {
                    return refuse(number, listener, peer, client, .ban, reason, list: place)
                }
            }
        }
        guard openCounts[listener] < settings.limits.open else {
            return refuse(number, listener, peer, client, .limit, .tooManyOpen)
        }
        openCounts[listener] += 1
        let connection = makeConnection(
            number, listener: listener, peer: peer, client: client, isExempt: isExempt, isMidStream: isMidStream)
        connections[number] = connection
        if let key = key(of: connection) { numbers[key, default: []].insert(number) }
        if let client { tellListed(connection, client) }
        guard !isMidStream else {
            schedule(connection)
            return true
        }
        let judgement = connection.runner.open(
            ruleset: ruleset(connection), nowNS: nowNS, events: &sessionEvents)
        for event in takeSessionEvents() {
            if case .finding(let finding) = event { report(finding, connection) }
        }
        guard connections[number] != nil else { return false }
        switch judgement {
        case .forward, .drop, .hold: break
        case .close(let rule), .ban(let rule):
            end(connection, SessionEnd(cause: .rule, reason: .rule, rule: rule), byPolicy: true)
            return false
        }
        schedule(connection)
        return true
    }

    /// Bytes come from one side.
    public mutating func receive(_ number: UInt64, _ bytes: [UInt8], _ direction: Direction) {
        guard let connection = connections[number] else { return }
        connection.backlogs[direction].append(bytes)
        feed(connection)
    }

    /// Gives a session what it can take.
    ///
    /// As a worker, which reads nothing from a side whose packets are held or that waits for the other.
    private mutating func feed(_ connection: RehearsedConnection) {
        var hasMore = true
        while hasMore {
            hasMore = false
            for direction in Direction.allCases {
                guard connections[connection.number] != nil else { return }
                guard !connection.backlogs[direction].isEmpty, !connection.runner.isHeld(direction),
                    !connection.runner.isWaiting[direction]
                else { continue }
                let piece = connection.backlogs[direction].take(most: Self.pieceByteCount)
                connection.runner.receive(
                    piece, direction, nowNS: nowNS, ruleset: ruleset(connection), events: &sessionEvents)
                settle(connection)
                hasMore = true
            }
        }
        guard connections[connection.number] != nil else { return }
        countWaiting(connection)
    }

    /// Keeps the account of what waits.
    private mutating func countWaiting(_ connection: RehearsedConnection) {
        let waiting = Direction.allCases.reduce(0) {
            $0 + connection.backlogs[$1].count + connection.runner.unread[$1].count
        }
        waitingByteCount += waiting - connection.waitingByteCount
        connection.waitingByteCount = waiting
        if waitingByteCount > Self.waitingByteCountMax { abandon(connection, isOverfull: true) }
    }

    /// Bytes that a session is given at once.
    private static let pieceByteCount = 4_096

    /// A side, or nobody at all, ends a connection.
    public mutating func close(_ number: UInt64, _ cause: Termination.Cause, _ reason: Termination.Reason) {
        guard let connection = connections[number] else { return }
        end(connection, SessionEnd(cause: cause, reason: reason), byPolicy: false)
    }

    /// Bytes of a connection are missing from now on.
    ///
    /// - Returns: whether the other direction can still be judged: it can where no packet changes the phase any more.
    public mutating func lose(_ number: UInt64) -> Bool {
        guard let connection = connections[number] else { return false }
        guard connection.runner.stage(ruleset: ruleset(connection)) == .established else {
            abandon(connection)
            return false
        }
        connection.isTimeless = true
        connection.scheduledNS = .max
        return true
    }

    /// Whether a connection is open and judged.
    public func isOpen(_ number: UInt64) -> Bool { connections[number] != nil }

    /// What one side of a connection has received, where it is kept; also behind its end.
    public func delivered(_ number: UInt64, _ direction: Direction) -> [UInt8] {
        connections[number]?.runner.delivered[direction] ?? ended[number]?[direction] ?? []
    }

    /// Bytes of a connection that came and are not judged yet, or are held.
    public func waitingByteCount(_ number: UInt64, _ direction: Direction) -> Int {
        connections[number].map { $0.runner.unread[direction].count + $0.backlogs[direction].count } ?? 0
    }

    /// The index of the phase that cuts the next packet of an open connection.
    public func phase(_ number: UInt64, _ direction: Direction) -> Int? {
        connections[number]?.runner.phase(direction)
    }

    /// The score of an address now.
    public func score(of address: IPAddress) -> Double { book.score(of: address, nowNS: nowNS) }

    /// The name of the phase that an open connection is in.
    public func phaseName(_ number: UInt64) -> String? {
        connections[number].map { $0.runner.phaseName(ruleset: ruleset($0)) }
    }

    /// What an address is known by: itself, or in IPv6 a prefix.
    public func player(of address: IPAddress) -> IPNetwork { book.key(of: address) }

    func ruleset(_ connection: RehearsedConnection) -> Ruleset {
        configuration.listeners[connection.listener].ruleset
    }

    func key(of connection: RehearsedConnection) -> IPNetwork? {
        connection.client.map { book.key(of: $0.address) }
    }

    /// A connection's place is free again.
    mutating func forget(_ connection: RehearsedConnection) {
        if collects { ended[connection.number] = connection.runner.delivered }
        connections[connection.number] = nil
        openCounts[connection.listener] -= 1
        waitingByteCount -= connection.waitingByteCount
        guard let key = key(of: connection) else { return }
        numbers[key]?.remove(connection.number)
        if numbers[key]?.isEmpty == true { numbers[key] = nil }
    }

    private mutating func takeSessionEvents() -> [SessionEvent] {
        let taken = sessionEvents
        sessionEvents.removeAll(keepingCapacity: true)
        return taken
    }

    private func makeConnection(
        _ number: UInt64, listener: Int, peer: Endpoint, client: Endpoint?, isExempt: Bool, isMidStream: Bool
    ) -> RehearsedConnection {
        let ruleset = configuration.listeners[listener].ruleset
        let timeouts = configuration.listeners[listener].settings.timeouts
        let keys = BucketKeys(
            address: client.map { book.key(of: $0.address) }, network: client.map { book.network(of: $0.address) },
            listener: UInt16(truncatingIfNeeded: listener), isExempt: isExempt,
            origin: client.map { origin(of: $0.address, wanted: ruleset.policy.originSources) } ?? Origin())
        let set = BucketSet(policy: ruleset.policy, keys: keys, shared: buckets, nowNS: nowNS)
        let limits = SessionLimits(
            packetNS: timeouts.packetNS, idleNS: timeouts.idleNS, delayNS: timeouts.delayNS)
        var runner = SessionRunner(
            ruleset: ruleset, buckets: set, limits: limits, nowNS: nowNS, collects: collects)
        runner.pausesAtFindings = true
        return RehearsedConnection(
            number: number, listener: listener, peer: peer, client: client, isExempt: isExempt, openedNS: nowNS,
            runner: runner, isProbing: isMidStream)
    }

    private func origin(of address: IPAddress, wanted: Origin.Sources) -> Origin {
        var origin = configuration.atlas.origin(of: address, wanted: wanted)
        guard wanted.contains(.lists) else { return origin }
        origin.lists = configuration.lists.standing(of: address).lists.mask
        origin.sources.insert(.lists)
        return origin
    }

    /// Does what a session's events mean, until it has nothing more to say.
    private mutating func settle(_ connection: RehearsedConnection) {
        while true {
            for event in takeSessionEvents() {
                guard connections[connection.number] != nil else { return }
                switch event {
                case .finding(let finding): report(finding, connection)
                case .ended(let how): end(connection, how, byPolicy: true)
                case .forwarded(let direction, _):
                    connection.isProbing[direction] = false
                    events.append(.session(connection: connection.number, event))
                default: events.append(.session(connection: connection.number, event))
                }
            }
            guard connections[connection.number] != nil else { return }
            refuseBannedAccount(connection)
            guard connections[connection.number] != nil else { return }
            guard connection.runner.isPaused else { break }
            connection.runner.proceed(nowNS: nowNS, ruleset: ruleset(connection), events: &sessionEvents)
        }
        schedule(connection)
    }

    /// Enters the next deadline, when it is earlier than the one that is entered.
    private mutating func schedule(_ connection: RehearsedConnection) {
        guard !connection.isTimeless else { return }
        let dueNS = max(connection.runner.deadlineNS(ruleset: ruleset(connection)), nowNS + 1)
        guard dueNS < connection.scheduledNS else { return }
        connection.scheduledNS = dueNS
        deadlines.insert(dueNS, connection.number)
    }
}

extension RehearsedService {
    /// Why a listener does not let a client in by where it is from, and the place that the log names.
    private func outsider(
        _ address: IPAddress, _ settings: ListenerSettings
    ) -> (Termination.Reason, place: String)? {
        guard settings.country != nil || settings.asn != nil else { return nil }
        let origin = configuration.atlas.origin(of: address)
        if settings.country?.refuses(origin) == true {
            return (.countryRefused, origin.country?.description ?? "unknown")
        }
        if settings.asn?.refuses(origin) == true {
            return (.networkRefused, origin.asn.map { "AS\($0)" } ?? "unknown")
        }
        return nil
    }
}

extension ListenerSettings {
    /// Whether a PROXY header from this address is believed.
    func trusts(_ address: IPAddress) -> Bool { proxySources?.contains { $0.contains(address) } ?? false }
}
