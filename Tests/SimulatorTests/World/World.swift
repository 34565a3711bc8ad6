import Events
import Geography
import Inspection
import NetworkDriver
import Reputation
import RuleEngine
import Settings
import TestSupport
import WireBytes

@testable import DataPlane

/// One run: workers, what they share, the network between them and everybody else.
final class World {
    let network: SimulatedNetwork
    let shared: SharedState
    private(set) var boxes: [WorkerBox] = []
    var plan: ServicePlan
    var clients: [Peer] = []
    var servers: [Peer] = []
    /// Everything the workers reported.
    var events: [Event] = []
    var leftOutCount: UInt64 = 0
    private(set) var stepCount = 0
    /// Steps to which no event came and in which the worker did not touch the network.
    private(set) var idleStepCount = 0
    /// Makes the script of a server that was just dialled.
    var serverScript: (Peer) -> [Peer.Step] = { _ in [.awaitEnd, .finish] }
    var monitor: Monitor

    init(
        seed: UInt64 = 1, workerCount: Int = 1, faults: Faults = .none, settings: ServiceSettings,
        rulesets: [Ruleset], lists: AddressLists = AddressLists(),
        atlas: Atlas = Atlas()
    ) throws {
        network = SimulatedNetwork(seed: seed, workerCount: workerCount, faults: faults)
        shared = SharedState(
            reputation: ReputationBook(settings: settings.reputation, seed: seed),
            buckets: SharedBuckets(capacity: 64, hashSeed: seed), events: EventQueue(), instance: seed,
            known: KnownPlayers(settings: settings.reputation.known))
        plan = ServicePlan(settings: settings, rulesets: rulesets, lists: lists, atlas: atlas)
        monitor = Monitor()
        for number in 0..<workerCount {
            let box = WorkerBox(network: network, number: number, shared: shared)
            try box.worker.start(plan)
            boxes.append(box)
        }
        network.makeServer = { [unowned self] socket, endpoint in
            let server = Peer(number: servers.count, name: "server \(servers.count)", endpoint: endpoint, script: [])
            servers.append(server)
            server.script = serverScript(server)
            return server
        }
        let bind = settings.listeners[0].bind
        network.knockTarget = { _ in bind }
    }

    /// Lets a client set out at a time.
    @discardableResult
    func addClient(
        _ script: [Peer.Step], from address: String = "198.51.100.7", port: UInt16? = nil, afterNS: UInt64 = 0
    ) -> Peer {
        let number = clients.count
        let host = IPAddress(address) ?? IPAddress(ipv4: 0)
        let client = Peer(
            number: number, name: "client \(number)", endpoint: Endpoint(host, port: port ?? UInt16(10_000 + number)),
            script: script)
        clients.append(client)
        network.timeline.add(.knock(client), atNS: network.nowNS + afterNS)
        return client
    }

    // MARK: Going on

    /// One step of a worker that is awake, or on to the next moment at which something happens.
    ///
    /// - Returns: false when nothing will ever happen any more, or not before `untilNS`.
    func goOn(untilNS: UInt64 = .max) -> Bool {
        let awake = boxes.filter(\.isAwake)
        guard let box = awake.randomElement(using: &network.random) else {
            let deadline = boxes.compactMap(\.deadlineNS).min()
            guard var next = [deadline, network.timeline.nextNS].compactMap({ $0 }).min() else { return false }
            guard next <= untilNS else {
                network.advance(toNS: untilNS)
                return false
            }
            if next == deadline, network.faults.oversleepMostNS > 0 {
                next += UInt64.random(in: 0...network.faults.oversleepMostNS, using: &network.random)
            }
            network.advance(toNS: next)
            return true
        }
        step(box)
        return network.nowNS < untilNS
    }

    func step(_ box: WorkerBox) {
        stepCount += 1
        box.stepCount += 1
        let useCount = network.useCount
        box.worker.step(untilNS: network.nowNS)
        if network.useCount == useCount { idleStepCount += 1 }
        network.advance(toNS: network.nowNS + 2_000)
        collect()
        monitor.lookAfterStep(of: box, in: self)
    }

    private func collect() {
        let taken = shared.events.take()
        leftOutCount += taken.leftOutCount
        for event in taken.events {
            network.note(Self.line(of: event))
            if case .ban(let record) = event, record.change != .ended { monitor.noteBan(record.ban, in: self) }
            events.append(event)
        }
    }

    /// Runs until nothing happens any more, or the time is over.
    func run(forNS durationNS: UInt64 = 3_600_000_000_000, mostSteps: Int = 50_000) {
        let untilNS = network.nowNS + durationNS
        let lastStep = stepCount + mostSteps
        while goOn(untilNS: untilNS) {
            guard stepCount < lastStep else {
                network.violate("still busy after \(mostSteps) steps")
                return
            }
        }
    }

    /// Runs until a condition holds.
    ///
    /// - Returns: whether it came to hold.
    @discardableResult
    func run(forNS durationNS: UInt64 = 3_600_000_000_000, until isReached: () -> Bool) -> Bool {
        let untilNS = network.nowNS + durationNS
        let lastStep = stepCount + 50_000
        while !isReached() {
            guard goOn(untilNS: untilNS), stepCount < lastStep else { return isReached() }
        }
        return true
    }

    // MARK: Commands

    func reload(_ settings: ServiceSettings, rulesets: [Ruleset], lists: AddressLists = AddressLists()) {
        network.note("reload")
        plan = ServicePlan(settings: settings, rulesets: rulesets, lists: lists).continuing(plan)
        shared.reputation.update(settings: settings.reputation)
        shared.known.update(settings: settings.reputation.known)
        shared.broadcast(.follow(plan))
    }

    /// The files of the lists have changed.
    func follow(_ lists: AddressLists) {
        network.note("other lists")
        plan.lists = lists
        shared.broadcast(.followLists(lists))
    }

    /// What an operator's command does: the book first, then everybody's connections.
    func ban(_ address: IPAddress, forNS durationNS: UInt64) {
        network.note("ban of \(address)")
        let cause = BanCause(origin: .operator, ruleID: 0, ruleName: "operator", packet: "-", connection: "-")
        shared.known.forget(.network(shared.reputation.key(of: address)))
        switch shared.reputation.ban(Offender(address: address), baseNS: durationNS, cause: cause, nowNS: network.nowNS)
        {
        case .banned(let ban), .extended(let ban):
            if network.sabotage != .isDeafToBans { shared.broadcast(.ban(ban.subject)) }
            monitor.noteBan(ban, in: self)
        case .none, .allowed: break
        }
    }

    func setUnderAttack(_ order: UnderAttackOrder) throws {
        network.note("under attack: \(order)")
        _ = try plan.setUnderAttack(
            nil, to: order, who: "tester", nowNS: network.nowNS, wallUS: 0, shared: shared)
    }

    func drain() {
        network.note("drain")
        shared.broadcast(.drain)
    }

    func stop() {
        network.note("stop")
        shared.broadcast(.stop)
    }

    // MARK: Looking back

    var records: [ConnectionRecord] {
        events.compactMap { if case .connection(let record) = $0 { record } else { nil } }
    }

    var findings: [FindingRecord] {
        events.compactMap { if case .finding(let record) = $0 { record } else { nil } }
    }

    var bans: [Ban] {
        events.compactMap { if case .ban(let record) = $0, record.change == .began { record.ban } else { nil } }
    }

    var notices: [Notice] {
        events.compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
    }

    var attacks: [UnderAttackRecord] {
        events.compactMap { if case .underAttack(let record) = $0 { record } else { nil } }
    }

    func record(of client: Peer) -> ConnectionRecord? { records.first { $0.peer == client.endpoint } }

    var openCount: Int { boxes.reduce(0) { $0 + $1.worker.connectionCount } }

    private static func line(of event: Event) -> String {
        switch event {
        case .connection(let record):
            "ended \(record.connection) of \(record.peer): \(record.termination.code) \(record.termination.reason)"
        case .finding(let record): "finding \(record.ruleName) on \(record.connection)"
        case .ban(let record): "ban \(record.change) of \(record.ban.subject)"
        case .operatorAction(let record): "\(record.verb) by \(record.who)"
        case .notice(let notice): "notice \(notice.name)"
        case .underAttack(let record): "attack \(record.change.rawValue) on \(record.listener)"
        }
    }
}
