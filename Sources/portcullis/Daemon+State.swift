import CLinux
import DataPlane
import Events
import Operations
import Reputation
import Settings
import StateStore

/// What outlives the program.
extension Daemon {
    /// The machine's clocks.
    static let clock = Clock(monotonicNS: { clinux_monotonic_ns() }, wallUS: { clinux_wall_us() })

    /// Restored bans that have a line each in the log.
    private static let restoredLineCountMax = 1_000

    /// Opens the state and fills the book with it, before anybody connects.
    static func makeWriter(_ settings: StateSettings?, _ shared: SharedState) -> StateWriter {
        let store = StateStore(settings, nowNS: clock.monotonicNS(), nowWallUS: clock.wallUS())
        let writer = StateWriter(
            store: store, book: shared.reputation, players: shared.known, clock: clock
        ) { level, name, text in
            shared.events.post(.notice(Notice(wallUS: clinux_wall_us(), level: level, name: name, text: text)))
        }
        let startNS = clinux_monotonic_ns()
        _ = writer.load()
        guard settings != nil, writer.health.problem == nil else { return writer }
        let nowNS = clinux_monotonic_ns()
        let bans = shared.reputation.bans(nowNS: nowNS)
        for ban in bans.suffix(restoredLineCountMax) {
            shared.events.post(
                .ban(
                    BanRecord(
                        wallUS: clinux_wall_us(), change: .restored, ban: ban,
                        remainingSeconds: ban.remainingSeconds(nowNS: nowNS))))
        }
        let counts = shared.reputation.counts
        let left = bans.count > restoredLineCountMax ? "; the last \(restoredLineCountMax) have a line each" : ""
        shared.events.post(
            .notice(
                Notice(
                    wallUS: clinux_wall_us(), level: .info, name: "state-restored",
                    text: "\(bans.count.counted("ban")), \(counts.addressCount) remembered in all, "
                        + "in \((nowNS - startNS) / 1_000_000) ms\(left)")))
        return writer
    }

    /// Removes allowances whose time is over.
    func endAllowances(wallUS: Int64) {
        let expired = service.shared.reputation.takeExpiredAllowances(wallUS: wallUS)
        guard !expired.isEmpty else { return }
        for entry in expired {
            service.shared.events.post(
                .operatorAction(
                    OperatorRecord(
                        wallUS: wallUS, who: entry.who, verb: "disallow", subject: "\(Subject.network(entry.network))",
                        text: "its time was over")))
        }
        service.reconsiderAllowed()
    }
}
