public import Geography
public import Inspection
public import Reputation
public import Settings
import Synchronization
import WireBytes

/// Everything the workers run by: an immutable value that a reload swaps whole.
public struct ServicePlan: Sendable {
    /// One listener with what guards it and where it leads.
    public var listeners: [ListenerPlan]
    /// How addresses are remembered.
    public var reputation: ReputationSettings
    /// Who is refused because an operator's list says so.
    public var lists: AddressLists
    /// What tells where addresses are from.
    public var atlas: Atlas
    /// Who is exempt, as `reputation.allow` says.
    let allowed: AddressMap
    /// The number of the next listener that is new: numbers are never used again, because players of a listener that is
    /// gone may still hold its buckets.
    private var nextNumber: UInt16

    /// Most findings and refusals a worker reports a second; what is over is only counted.
    public var reportsPerSecond: Int

    /// The least time in nanoseconds from the beginning of one batch of events to the next.
    public var batchNS: UInt64

    /// Puts together what was configured.
    ///
    /// - Parameters:
    ///   - settings: listeners and pools; every listener's pool is among them.
    ///   - rulesets: what guards each listener, in the listeners' order.
    ///   - lists: what stands in the lists that the settings name.
    ///   - atlas: what tells where addresses are from.
    public init(
        settings: ServiceSettings, rulesets: [Ruleset], lists: AddressLists = AddressLists(), atlas: Atlas = Atlas()
    ) {
        precondition(settings.listeners.count == rulesets.count, "one ruleset a listener")
        listeners = zip(settings.listeners, rulesets).enumerated().map { number, pair in
            guard let pool = settings.pools.first(where: { $0.name == pair.0.pool }) else {
                preconditionFailure("listener '\(pair.0.name)' leads to pool '\(pair.0.pool)', which does not exist")
            }
            return ListenerPlan(settings: pair.0, ruleset: pair.1, pool: pool, number: UInt16(number))
        }
        Self.join(&listeners, to: [])
        reputation = settings.reputation
        self.lists = lists
        self.atlas = atlas
        var builder = AddressMapBuilder()
        for network in settings.reputation.allow { builder.add(network) }
        allowed = builder.build()
        nextNumber = UInt16(listeners.count)
        reportsPerSecond = settings.logs.linesPerSecond
        batchNS = settings.latency.batchNS
    }

    /// Gives every gate its passes, those that a running gate already has among them, and leads to it who opens it.
    private static func join(_ listeners: inout [ListenerPlan], to running: [ListenerPlan]) {
        for index in listeners.indices { listeners[index].opens = [] }
        for index in listeners.indices {
            guard let gate = listeners[index].settings.gate else { continue }
            let name = listeners[index].settings.name
            let old = running.first { $0.settings.name == name }?.passes
            let passes = old ?? listeners[index].passes ?? GatePasses(countMax: OpenedGate.passCountMax)
            listeners[index].passes = passes
            for opener in listeners.indices where listeners[opener].settings.name == gate.openedBy {
                listeners[opener].opens.append(OpenedGate(by: gate.by, forNS: gate.forNS, passes: passes))
            }
        }
    }

    /// The same plan, with the counters of open connections that a running one already has.
    func continuing(_ running: ServicePlan) -> ServicePlan {
        var plan = self
        for index in plan.listeners.indices {
            let name = plan.listeners[index].settings.name
            guard let old = running.listeners.first(where: { $0.settings.name == name }) else { continue }
            plan.listeners[index].openCount = old.openCount
            plan.listeners[index].watch = old.watch
            plan.listeners[index].number = old.number
        }
        Self.join(&plan.listeners, to: running.listeners)
        plan.nextNumber = running.nextNumber
        for index in plan.listeners.indices
        where !running.listeners.contains(where: { $0.settings.name == plan.listeners[index].settings.name }) {
            plan.listeners[index].number = plan.nextNumber
            plan.nextNumber &+= 1
        }
        return plan
    }
}

/// One listener with what guards it and where it leads.
public struct ListenerPlan: Sendable {
    /// Where it listens, and its bounds.
    public var settings: ListenerSettings
    /// What guards it.
    public var ruleset: Ruleset
    /// Where it leads.
    public var pool: PoolSettings
    /// Names the listener in shared buckets.
    var number: UInt16
    /// Its open connections over all workers.
    var openCount = OpenCount()
    /// What its gates must know of a client; empty without any.
    let gateSources: Origin.Sources

    /// What is known of attacks on it.
    var watch = AttackWatch()
    /// Who may come in, where it has a gate.
    var passes: GatePasses<GateKey>?
    /// The gates of other listeners that success on this one opens.
    var opens: [OpenedGate] = []

    /// Connections beyond `limits.open` that may be open under attack until it is known whose they are.
    static let waitingRoomCount = 64

    /// Puts the parts together.
    public init(settings: ListenerSettings, ruleset: Ruleset, pool: PoolSettings, number: UInt16) {
        self.settings = settings
        self.ruleset = ruleset
        self.pool = pool
        self.number = number
        gateSources = (settings.country?.choice.sources ?? []).union(settings.asn?.choice.sources ?? [])
    }

    /// Connections open on it now, over all workers.
    public var openConnectionCount: Int { openCount.value }

    var sessionLimits: SessionLimits {
        SessionLimits(
            packetNS: settings.timeouts.packetNS, idleNS: settings.timeouts.idleNS,
            delayNS: settings.timeouts.delayNS)
    }
}

/// Connections open at once on one listener, over all workers.
final class OpenCount: Sendable {
    private let count = Atomic(0)

    /// Counts one more, unless there are `most` already.
    func enter(most: Int) -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= most { return true }
        count.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    var value: Int { count.load(ordering: .relaxed) }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}
