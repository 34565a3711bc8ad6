public import Geography
import NetworkDriver
public import Reputation
import Settings
import Synchronization
import WireBytes

/// The running data plane: a worker per core, and what the rest of the program may ask of them.
///
/// Thread safety: every method may be called from any thread.
public final class Service: Sendable {
    private struct State {
        var plan: ServicePlan
        var threads: [WorkerThread] = []
        var isDraining = false
    }

    /// What the workers share, the counters among it.
    public let shared: SharedState
    private let state: Mutex<State>

    /// Starts the workers and returns when all of them listen.
    ///
    /// - Parameter workerCount: threads, at least 1.
    /// - Throws: the first listener that cannot be opened; nothing runs then.
    public init(plan: ServicePlan, workerCount: Int, shared: SharedState) throws(ServiceFailure) {
        precondition(workerCount >= 1 && workerCount <= 256, "\(workerCount) workers; 1 to 256 have a number")
        self.shared = shared
        state = Mutex(State(plan: plan))
        try Self.probe(plan.listeners)
        var threads: [WorkerThread] = []
        for number in 0..<workerCount {
            do {
                threads.append(try WorkerThread(number: number, shared: shared, plan: plan))
            } catch {
                shared.broadcast(.stop)
                for thread in threads { thread.join() }
                throw error
            }
        }
        let started = threads
        state.withLock { $0.threads = started }
    }

    /// Swaps the plan of every worker; listeners that stay keep their connections.
    ///
    /// - Throws: the first new listener that cannot be opened; the running plan then stays in force.
    public func reload(_ plan: ServicePlan) throws(ServiceFailure) {
        try state.withLock { state throws(ServiceFailure) in
            let next = plan.continuing(state.plan)
            try Self.probe(
                next.listeners.filter { listener in
                    !state.plan.listeners.contains { $0.settings.bind == listener.settings.bind }
                })
            shared.reputation.update(settings: next.reputation)
            shared.known.update(settings: next.reputation.known)
            state.plan = next
            shared.broadcast(.follow(next))
        }
    }

    /// Says that a listener is under attack, that it is not, or that it shall find out by itself; holds at once.
    ///
    /// - Parameters:
    ///   - listener: its name; `nil` for all that have limits for an attack.
    ///   - who: for the log.
    ///   - nowNS: monotonic nanoseconds.
    ///   - wallUS: wall-clock microseconds since 1970.
    /// - Returns: whether the mode of any listener has changed.
    @discardableResult
    public func setUnderAttack(
        _ listener: String?, to order: UnderAttackOrder, who: String, nowNS: UInt64, wallUS: Int64
    ) throws(UnderAttackError) -> Bool {
        let plan = state.withLock { $0.plan }
        return try plan.setUnderAttack(
            listener, to: order, who: who, nowNS: nowNS, wallUS: wallUS, shared: shared)
    }

    /// How the listeners stand, in their order.
    public var attackStatus: [AttackStatus] { state.withLock { $0.plan }.attackStatus }

    /// What tells where addresses are from, as of now.
    public var atlas: Atlas { state.withLock { $0.plan.atlas } }

    /// Takes other databases for what opens from now on.
    public func replace(atlas: Atlas) {
        state.withLock { state in
            state.plan.atlas = atlas
            shared.broadcast(.survey(atlas))
        }
    }

    /// Swaps the lists of every worker, which are those of the running plan, read anew.
    ///
    /// Live connections stay.
    public func follow(_ lists: AddressLists) {
        state.withLock { state in
            state.plan.lists = lists
            shared.broadcast(.followLists(lists))
        }
    }

    /// Accepts what waits, stops listening, and lets connections finish within their drain time.
    public func drain() {
        state.withLock { $0.isDraining = true }
        shared.broadcast(.drain)
    }

    /// Whether it takes no connections any more.
    public var isDraining: Bool { state.withLock { $0.isDraining } }

    /// The plan in force.
    public var plan: ServicePlan { state.withLock { $0.plan } }

    /// Ends every connection now.
    public func stop() { shared.broadcast(.stop) }

    /// Whether every worker has finished, after `drain` or `stop`.
    public var isFinished: Bool { shared.ended.value == shared.running.value }

    /// Returns when every worker has finished, after `drain` or `stop`.
    public func join() {
        for thread in state.withLock({ $0.threads }) { thread.join() }
    }

    private static func probe(_ listeners: [ListenerPlan]) throws(ServiceFailure) {
        for listener in listeners {
            do {
                try EpollDriver.probeListener(on: listener.settings.bind)
            } catch {
                throw .listener(
                    ListenerFailure(listener: listener.settings.name, bind: listener.settings.bind, error: error))
            }
        }
    }
}

/// What operators ask of all workers.
extension Service {
    /// Closes the live connections of a banned subject, on every worker before its next batch of events.
    public func closeBanned(_ subject: Subject) { shared.broadcast(.ban(subject)) }

    /// Finds out anew who is exempt, after the allowlist has changed.
    public func reconsiderAllowed() { shared.broadcast(.reconsider) }
}
