public import DataPlane
import Events
import Reputation

/// What an operator may ask of a running service.
///
/// Every command holds on all workers when it returns or within a batch of events, and is on disk; what it did is in
/// the log with who did it. Commands that are given twice do nothing the second time.
///
/// Thread safety: any thread may ask; commands that change something wait for each other and for the disk.
public final class Operations: Sendable {
    let service: Service
    let clock: Clock
    let writer: StateWriter
    let kernel: KernelGuard
    /// The program's version.
    let version: String
    let startedWallUS: Int64

    /// - Parameters:
    ///   - writer: what puts on disk what the commands change.
    ///   - clock: the machine's.
    ///   - kernel: what tells the kernel of bans.
    public init(
        service: Service, writer: StateWriter, clock: Clock, version: String, kernel: KernelGuard = KernelGuard()
    ) {
        self.service = service
        self.writer = writer
        self.kernel = kernel
        self.clock = clock
        self.version = version
        startedWallUS = clock.wallUS()
    }

    /// Wall-clock microseconds since 1970.
    public var nowWallUS: Int64 { clock.wallUS() }

    var book: ReputationBook { service.shared.reputation }

    /// Tells the log what an operator did.
    func tell(_ who: String, _ verb: String, _ subject: String, _ text: String) {
        service.shared.events.post(
            .operatorAction(
                OperatorRecord(wallUS: clock.wallUS(), who: who, verb: verb, subject: subject, text: text)))
    }

    func view(_ ban: Ban) -> BanView { BanView(ban, nowNS: clock.monotonicNS(), nowWallUS: clock.wallUS()) }

    func record(_ change: BanRecord.Change, _ ban: Ban, who: String? = nil) -> BanRecord {
        let isOver = change == .ended || change == .lifted
        return BanRecord(
            wallUS: clock.wallUS(), change: change, ban: ban,
            remainingSeconds: isOver ? 0 : ban.remainingSeconds(nowNS: clock.monotonicNS()), who: who)
    }

    func post(_ change: BanRecord.Change, _ ban: Ban, who: String? = nil) {
        let record = record(change, ban, who: who)
        service.shared.events.post(.ban(record))
        // At once, because what an operator orders holds everywhere when he is answered.
        kernel.post([.ban(record)])
    }
}

/// The machine's clocks.
public struct Clock: Sendable {
    /// Monotonic nanoseconds, as the workers count.
    public var monotonicNS: @Sendable () -> UInt64
    /// Wall-clock microseconds since 1970.
    public var wallUS: @Sendable () -> Int64

    /// Puts the parts together.
    public init(monotonicNS: @escaping @Sendable () -> UInt64, wallUS: @escaping @Sendable () -> Int64) {
        self.monotonicNS = monotonicNS
        self.wallUS = wallUS
    }
}
