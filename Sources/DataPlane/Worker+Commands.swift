import Events
import Inspection
public import NetworkDriver
import Reputation
import RuleEngine
import Settings
public import WireBytes

/// What the rest of the program asks of a worker: reload, ban, drain, stop.
extension Worker where Driver: ~Copyable {
    mutating func obey(_ command: Command) {
        switch command {
        case .follow(let plan): follow(plan)
        case .ban(let subject): closeBanned(subject)
        case .followLists(let lists): follow(lists)
        case .reconsider: reconsider()
        case .attackChanged(let listener): followAttack(on: listener)
        case .survey(let atlas): self.atlas = atlas
        case .drain: drain()
        case .stop: stop()
        }
    }

    /// Starts to listen by a plan, before the first step.
    ///
    /// - Throws: the first listener that cannot be opened, and why.
    public mutating func start(_ plan: ServicePlan) throws(ListenerFailure) {
        take(plan)
        do {
            for listener in plan.listeners { try openListener(listener, addPlan(listener)) }
        } catch {
            for listener in listeners { driver.close(listener.socket, resets: false) }
            listeners = []
            throw error
        }
    }

    private mutating func take(_ plan: ServicePlan) {
        reportsPerSecond = plan.reportsPerSecond
        batchNS = plan.batchNS
        lists = plan.lists
        atlas = plan.atlas
        allowed = plan.allowed
    }

    private mutating func addPlan(_ plan: ListenerPlan) -> Int {
        if let free = plans.firstIndex(where: { !$0.isCurrent && $0.connectionCount == 0 }) {
            plans[free] = ActivePlan(plan: plan)
            return free
        }
        plans.append(ActivePlan(plan: plan))
        return plans.count - 1
    }

    private mutating func openListener(_ plan: ListenerPlan, _ planIndex: Int) throws(ListenerFailure) {
        let place = listeners.firstIndex { !$0.socket.isOpen } ?? listeners.count
        do {
            let socket = try driver.listen(on: plan.settings.bind, token: Token.listener(place).packed)
            let listener = Listener(socket: socket, plan: planIndex)
            if place == listeners.count { listeners.append(listener) } else { listeners[place] = listener }
        } catch {
            throw ListenerFailure(listener: plan.settings.name, bind: plan.settings.bind, error: error)
        }
    }

    /// Takes another plan: listeners that stay keep their sockets, and their connections follow at once.
    private mutating func follow(_ plan: ServicePlan) {
        guard !isDraining else { return }
        take(plan)
        let oldPlans = plans.indices.filter { plans[$0].isCurrent }
        let oldListeners = listeners.indices.filter { listeners[$0].socket.isOpen }
        var kept: [Int] = []
        var successors: [Int: Int] = [:]
        for listener in plan.listeners {
            let planIndex = addPlan(listener)
            for old in oldPlans where plans[old].plan.settings.name == listener.settings.name {
                successors[old] = planIndex
            }
            let place = oldListeners.first {
                plans[listeners[$0].plan].plan.settings.name == listener.settings.name
                    && plans[listeners[$0].plan].plan.settings.bind == listener.settings.bind
            }
            if let place {
                listeners[place].plan = planIndex
                kept.append(place)
            } else {
                do { try openListener(listener, planIndex) } catch { postFailure(error) }
            }
        }
        for place in oldListeners where !kept.contains(place) { closeListener(place) }
        moveConnections(to: successors)
        for listener in plan.listeners { followAttackSettings(listener) }
        for old in oldPlans { plans[old].isCurrent = false }
    }

    /// Takes other lists: they refuse new connections only, but whom they allow is exempt at once.
    private mutating func follow(_ next: AddressLists) {
        guard !isDraining else { return }
        let isAsking = lists.allowsSomebody || next.allowsSomebody
        lists = next
        if isAsking { reconsider() }
    }

    /// Who is exempt has changed, and who no longer is may be banned.
    private mutating func reconsider() {
        for slot in 0..<connections.capacity where connections.holds(slot) {
            guard connections[slot].state != .closed, !connections[slot].clientSide.isParting,
                let client = connections[slot].client
            else { continue }
            let settings = plans[connections[slot].plan].plan.settings
            let isBanned = register(slot, client, settings: settings) == .banned && isClosedByBan(client)
            if isBanned || isAccountBanned(slot) { end(slot, .ban, .banned, resets: true) }
        }
    }

    private mutating func moveConnections(to successors: [Int: Int]) {
        var staying = 0
        for slot in 0..<connections.capacity where connections.holds(slot) {
            // One that has ended and waits for its reply to go out names the rule of the old plan that ended it.
            guard connections[slot].state != .closed, !connections[slot].clientSide.isParting else { continue }
            let next = successors[connections[slot].plan] ?? connections[slot].plan
            // What `address` means, and who is allowed, may have changed; and a ban that was decided under the new
            // meaning did not find the connection under the old one. A list refuses new connections only.
            if let client = connections[slot].client,
                register(slot, client, settings: plans[next].plan.settings) == .banned && isClosedByBan(client)
                    || isAccountBanned(slot)
            {
                end(slot, .ban, .banned, resets: true)
                continue
            }
            if !move(slot, to: next) { staying += 1 }
            guard connections[slot].state != .closed else { continue }
            schedule(slot)
        }
        guard staying > 0 else { return }
        shared.events.post(
            .notice(
                Notice(
                    wallUS: driver.wallUS, level: .info, name: "kept-old-rules",
                    text: "\(staying) connections keep the rules they began with: their phase or framing changed")))
    }

    /// Puts a connection under another plan.
    ///
    /// - Returns: whether it took it, or ended for it.
    private mutating func move(_ slot: Int, to next: Int) -> Bool {
        let old = connections[slot].plan
        let keys = bucketKeys(slot, plans[next].plan)
        let following =
            connections[slot].session?.follow(
                from: plans[old].plan.ruleset, to: plans[next].plan.ruleset, keys: keys, nowNS: nowNS) ?? .follows
        switch following {
        case .keeps: return false
        case .ends:
            end(slot, .violation, .violation, rule: Violation.framing.index)
            return true
        case .follows:
            connections[slot].plan = next
            plans[old].connectionCount -= 1
            plans[next].connectionCount += 1
            return true
        }
    }

    /// The service ends: what waits in the queues is accepted, and every connection has its time to finish.
    private mutating func drain() {
        guard !isDraining else { return }
        for place in listeners.indices { closeListener(place) }
        drainStartedNS = nowNS
        for slot in 0..<connections.capacity where connections.holds(slot) {
            guard connections[slot].state != .closed else { continue }
            schedule(slot)
        }
    }

    /// The service ends now.
    private mutating func stop() {
        drain()
        for slot in 0..<connections.capacity where connections.holds(slot) {
            guard connections[slot].state != .closed else { continue }
            end(slot, .operator, .stopped)
        }
    }

    private func postFailure(_ failure: ListenerFailure) {
        shared.events.post(
            .notice(
                Notice(wallUS: driver.wallUS, level: .error, name: "listener-failed", text: failure.description)))
    }
}

/// A listener could not be opened.
public struct ListenerFailure: Error, CustomStringConvertible, Sendable {
    /// Name of the listener.
    public let listener: String
    /// Where it should listen.
    public let bind: Endpoint
    /// What the kernel says.
    public let error: NetworkError

    /// For the operator.
    public var description: String { "listener '\(listener)' cannot listen on \(bind): \(error)" }
}
