public import Captures
public import ConfigurationFiles
import Inspection
import Settings
import WireBytes

/// Runs the connections of a capture through a rehearsed service.
///
/// The server's bytes come as they were captured, whatever became of what they answer: a server that had not seen a
/// dropped packet would have said something else.
public struct Replay: ~Copyable {
    /// Bytes of all connections that may wait for a PROXY header.
    static let waitingByteCountMax = 16 << 20

    /// One captured connection.
    struct Captured {
        enum State {
            /// The PROXY header is not whole: what came of it, and what the server sent meanwhile.
            case header([UInt8])
            case judged
            /// Ended, or never let in: what still comes would not have.
            case over
            case unjudged
        }

        let ends: CapturedConnection
        let listener: Int
        var state: State
        var player: IPNetwork?
        /// Bytes are missing in one of its directions.
        var isLost = false
    }

    let target: ReplayTarget
    var service: RehearsedService
    var tally = ReplayTally()
    var captured: [UInt64: Captured] = [:]
    var waitingByteCount = 0
    /// Connections of which a direction is lost and the other is judged.
    private var firstUS: Int64?

    /// A replay that has seen nothing.
    public init(_ configuration: LoadedConfiguration, target: ReplayTarget) {
        self.target = target
        service = RehearsedService(configuration: configuration, nowNS: 0)
    }

    /// Takes the next event of the capture.
    public mutating func take(_ event: CaptureEvent) {
        if firstUS == nil { firstUS = Int64(clamping: event.timeNS / 1_000) }
        service.advance(toNS: event.timeNS)
        drain()
        switch event.kind {
        case .opened(let ends):
            guard let listener = target.listener(of: ends.server) else { return }
            open(event.connection, ends, listener)
        case .bytes(let direction, let bytes): receive(event.connection, bytes, direction)
        case .lost: lose(event.connection)
        case .finished: break
        case .ended(let how): end(event.connection, how)
        }
        drain()
    }

    /// The capture is over.
    public consuming func finish() -> ReplayReport {
        var report = tally.finished()
        let lastUS = Int64(clamping: service.nowNS / 1_000)
        report.spanUS = firstUS.map { min($0, lastUS)...lastUS }
        return report
    }

    private mutating func open(_ number: UInt64, _ ends: CapturedConnection, _ listener: Int) {
        let settings = service.configuration.listeners[listener].settings
        captured[number] = Captured(ends: ends, listener: listener, state: .header([]))
        if settings.proxySources == nil { admit(number, client: ends.client) }
    }

    /// Lets a client in, or not.
    mutating func admit(_ number: UInt64, client: Endpoint?) {
        guard let connection = captured[number] else { return }
        captured[number]?.player = client.map { service.player(of: $0.address) }
        let isOpen = service.open(
            number, listener: connection.listener, peer: connection.ends.client, client: client,
            isMidStream: connection.ends.isMidStream)
        captured[number]?.state = isOpen ? .judged : .over
    }

    private mutating func receive(_ number: UInt64, _ bytes: [UInt8], _ direction: Direction) {
        guard let connection = captured[number] else { return }
        switch connection.state {
        case .header(let begun): receiveHeader(number, begun, bytes, direction)
        case .judged: service.receive(number, bytes, direction)
        case .over: if direction == .inbound { tally.refuse(byteCount: bytes.count, of: connection.player) }
        case .unjudged: tally.report.unjudged.bytes += UInt64(bytes.count)
        }
    }

    private mutating func lose(_ number: UInt64) {
        guard let connection = captured[number], !connection.isLost else { return }
        captured[number]?.isLost = true
        switch connection.state {
        case .judged:
            if service.lose(number) {
                tally.report.unjudged.lostDirections += 1
            } else {
                drain()
                captured[number]?.state = .unjudged
                tally.report.unjudged.lostConnections += 1
            }
        case .header:
            captured[number]?.state = .unjudged
            tally.report.unjudged.lostConnections += 1
        case .over, .unjudged: break
        }
    }

    private mutating func end(_ number: UInt64, _ how: CaptureEnd) {
        switch how {
        case .finished, .replaced: service.close(number, .client, .finished)
        case .reset(let direction): service.close(number, direction == .inbound ? .client : .server, .reset)
        case .captureEnded: service.close(number, .operator, .stopped)
        }
        if case .header(let begun) = captured[number]?.state { waitingByteCount -= begun.count }
        captured[number] = nil
    }

    /// Adds up what the service has done.
    mutating func drain() {
        guard !service.events.isEmpty else { return }
        for index in service.events.indices {
            let event = service.events[index]
            switch event {
            case .ended(let number, _, let byPolicy):
                if byPolicy { captured[number]?.state = .over }
                if captured[number]?.ends.isMidStream == true { tally.report.unjudged.midStreamJudged += 1 }
            case .abandoned(let number, _):
                if captured[number]?.isLost == false { tally.report.unjudged.midStreamConnections += 1 }
                captured[number]?.state = .unjudged
            case .overfull(let number, _):
                tally.report.unjudged.overfull += 1
                captured[number]?.state = .unjudged
            default: break
            }
            tally.take(event) { service.player(of: $0) }
        }
        service.events.removeAll(keepingCapacity: true)
    }
}
