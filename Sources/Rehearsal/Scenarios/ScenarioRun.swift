import ConfigurationFiles
import Events
import Inspection
import Records
import WireBytes

/// Runs one scenario through a rehearsed service.
struct ScenarioRun: ~Copyable {
    /// Why a step could not be made.
    enum Obstacle: Error {
        /// The file is wrong.
        case mistake(ScenarioMistake)
        /// What came before went another way.
        case failure(String)
    }

    private let listener: Int
    private var service: RehearsedService
    private var connections: [String: UInt64] = [:]
    private var current: UInt64?
    private var lastNumber: UInt64 = 0
    private var clients: [UInt64: Endpoint] = [:]
    private var drafts: [UInt64: PacketDraft] = [:]
    private var ends: [UInt64: (record: ConnectionRecord, byPolicy: Bool)] = [:]
    private var refusals: [UInt64: ConnectionRecord] = [:]

    /// 2026-05-01 12:00:00.
    private static let startNS: UInt64 = 1_777_636_800_000_000_000
    private static let server = Endpoint(IPAddress(ipv4: 0xC000_0202), port: 7_000)

    init(_ configuration: LoadedConfiguration, listener: Int) {
        self.listener = listener
        // Nobody writes down as many addresses as would need more buckets.
        service = RehearsedService(
            configuration: configuration, nowNS: Self.startNS, collects: true, sharedBucketCount: 4_096)
    }

    /// Does one step.
    mutating func run(_ step: ScenarioStep) throws(Obstacle) -> StepOutcome {
        var outcome = StepOutcome()
        switch step.kind {
        case .connect(let name, let address, let count):
            for _ in 0..<count {
                connect(name, address)
                outcome.parts.append(part(&outcome))
            }
        case .use(let name):
            guard let number = connections[name] else { throw .failure("there is no connection '\(name)' here") }
            current = number
            outcome.parts.append(StepOutcome.Part())
        case .close(let direction, let resets):
            let number = try openConnection()
            service.close(number, direction == .inbound ? .client : .server, resets ? .reset : .finished)
            outcome.parts.append(part(&outcome))
        case .wait(let nanoseconds):
            let before = delivered()
            service.advance(toNS: service.nowNS + nanoseconds)
            outcome.parts.append(part(&outcome))
            note(before, &outcome)
        case .send(let direction, let count, let everyNS, let packet):
            try send(packet, direction, count, everyNS, &outcome)
        }
        guard let current else { return outcome }
        outcome.phaseName = service.phaseName(current)
        outcome.account = service.account(current)?.text
        if let client = clients[current] { outcome.score = service.score(of: client.address) }
        return outcome
    }

    private mutating func connect(_ name: String?, _ address: IPAddress) {
        lastNumber += 1
        current = lastNumber
        if let name { connections[name] = lastNumber }
        let client = Endpoint(address, port: UInt16(truncatingIfNeeded: 40_000 + lastNumber % 20_000))
        clients[lastNumber] = client
        let descriptor = service.configuration.listeners[listener].ruleset.descriptor
        drafts[lastNumber] = PacketDraft(descriptor)
        _ = service.open(lastNumber, listener: listener, peer: client, client: client)
    }

    /// The connection that a step is about; the first step that needs one makes it.
    private mutating func openConnection() throws(Obstacle) -> UInt64 {
        if current == nil { connect(nil, StepParser.defaultAddress) }
        guard let current, service.isOpen(current) else {
            let why = current.flatMap { ends[$0]?.record ?? refusals[$0] }?.termination.reason.rawValue
            throw .failure("the connection is over" + (why.map { ": \($0)" } ?? ""))
        }
        return current
    }

    private mutating func send(
        _ packet: ScenarioPacket, _ direction: Direction, _ count: Int, _ everyNS: UInt64,
        _ outcome: inout StepOutcome
    ) throws(Obstacle) {
        let number = try openConnection()
        let before = delivered()
        for index in 0..<count {
            if index > 0, everyNS > 0 { service.advance(toNS: service.nowNS + everyNS) }
            guard service.isOpen(number) else {
                outcome.parts.append(StepOutcome.Part(fate: .gone))
                continue
            }
            let bytes = try make(packet, direction, number)
            service.receive(number, bytes, direction)
            outcome.parts.append(part(&outcome, sent: (number, direction)))
        }
        note(before, &outcome)
    }

    private mutating func make(
        _ packet: ScenarioPacket, _ direction: Direction, _ number: UInt64
    ) throws(Obstacle) -> [UInt8] {
        guard case .named(let text) = packet else {
            guard case .bytes(let bytes) = packet else { return [] }
            return bytes
        }
        let phase = service.phase(number, direction) ?? 0
        do {
            return try drafts[number]?.bytes(of: text, direction, phase: phase) ?? []
        } catch {
            throw .mistake(ScenarioMistake(error.place, error.message, help: error.help))
        }
    }

    private func delivered() -> PerDirection<Int> {
        PerDirection(
            inbound: current.map { service.delivered($0, .inbound).count } ?? 0,
            outbound: current.map { service.delivered($0, .outbound).count } ?? 0)
    }

    private func note(_ before: PerDirection<Int>, _ outcome: inout StepOutcome) {
        guard let current else { return }
        for direction in Direction.allCases {
            outcome.received[direction] = Array(service.delivered(current, direction)[before[direction]...])
        }
    }

    /// Takes what the service has done since the last time.
    private mutating func part(
        _ outcome: inout StepOutcome, sent: (number: UInt64, direction: Direction)? = nil
    ) -> StepOutcome.Part {
        var part = StepOutcome.Part()
        var fates: [StepOutcome.Fate] = []
        for event in service.events {
            switch event {
            case .finding(_, let record):
                part.findings.append(record)
                outcome.lines += LogLines.lines(of: .finding(record))
            case .ban(let record):
                if record.change != .ended { part.bans.append(record) }
                outcome.lines += LogLines.lines(of: .ban(record))
            case .refused(let record):
                outcome.refusal = record
                if let current { refusals[current] = record }
                outcome.lines += LogLines.lines(of: .connection(record))
            case .ended(let number, let record, let byPolicy):
                ends[number] = (record, byPolicy)
                if number == current { outcome.end = (record, byPolicy) }
                outcome.lines += LogLines.lines(of: .connection(record))
                if byPolicy, number == current {
                    fates.append(record.termination.reason == .banned ? .banned : .closed)
                }
            case .session(let number, let event):
                guard let sent, number == sent.number else { continue }
                switch event {
                case .discarded(sent.direction, _): fates.append(.dropped)
                case .replaced(sent.direction, _, _): fates.append(.rewritten)
                case .held(sent.direction, _): fates.append(.delayed)
                default: break
                }
            case .abandoned, .overfull: break
            }
        }
        service.events.removeAll()
        part.fate = Self.worst(fates)
        if part.fate == .passed, !part.bans.isEmpty { part.fate = .banned }
        if let sent, part.fate == .passed, service.waitingByteCount(sent.number, sent.direction) > 0 {
            part.fate = .waiting
        }
        return part
    }

    private static func worst(_ fates: [StepOutcome.Fate]) -> StepOutcome.Fate {
        [StepOutcome.Fate.banned, .closed, .dropped, .delayed, .rewritten].first { fates.contains($0) } ?? .passed
    }
}
