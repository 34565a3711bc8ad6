import DataPlane
public import Events
import Glibc
public import KernelBans
public import Settings
import Synchronization
import WireBytes

/// What the kernel is to know, asked for when the table is reconciled.
public struct KernelWish: Sendable {
    /// Bans in force, in any order.
    public var banned: [KernelEntry]
    /// Who beats every ban.
    public var allowed: [KernelEntry]

    /// Puts the parts together.
    public init(banned: [KernelEntry], allowed: [KernelEntry]) {
        self.banned = banned
        self.allowed = allowed
    }
}

/// Keeps the kernel's bans as the program's are, on a thread of its own.
///
/// It is told of changes as they happen, and compares everything once in a while: at the start, after a failure, when
/// it was told of more than it could keep, and every so often, to see whether somebody changed the table. A failure is
/// said once, and the firewall goes on without the kernel until a later attempt succeeds.
///
/// Thread safety: any thread may post.
public final class KernelBanWriter: Sendable {
    /// Says something about itself: level, a word for programs, a text for people.
    public typealias Notify = @Sendable (Notice.Level, String, String) -> Void

    /// Changes that wait; with more, everything is compared instead.
    private static let changeCountMax = 65_536

    private struct Orders {
        var changes: [KernelChange] = []
        var isReconciliationDue = true
        var settings: KernelSettings
        var binds: [Endpoint]
        var wish: @Sendable () -> KernelWish
        var isEnding = false
        /// Ends without regard to `at_exit`.
        var isRemoval = false
    }

    private let orders: Mutex<Orders>
    private let bell = Bell()
    private let notify: Notify
    private let thread = Mutex<BackgroundThread?>(nil)
    private let lastHealth: Mutex<KernelHealth>

    /// Starts the thread; where the host has none left, this is said, and the kernel has no bans.
    ///
    /// - Parameters:
    ///   - settings: what the service's file says.
    ///   - listeners: all of the service.
    ///   - wish: called on the writer's thread.
    ///   - notify: called on the writer's thread, and here.
    public init(
        settings: KernelSettings, listeners: [ListenerSettings], wish: @escaping @Sendable () -> KernelWish,
        notify: @escaping Notify
    ) {
        orders = Mutex(Orders(settings: settings, binds: Self.binds(settings, listeners), wish: wish))
        self.notify = notify
        lastHealth = Mutex(
            KernelHealth(table: settings.table, isOn: false, entryCount: 0, problem: "it was not tried yet"))
        do {
            let started = try BackgroundThread { [self] in run() }
            thread.withLock { $0 = started }
        } catch {
            notify(.error, "kernel-bans-off", "the kernel has no bans, because there is no thread for them: \(error)")
        }
    }

    private static func binds(_ settings: KernelSettings, _ listeners: [ListenerSettings]) -> [Endpoint] {
        listeners.filter { settings.listeners.contains($0.name) }.map(\.bind)
    }

    /// How it fared the last time that anything was done.
    public var health: KernelHealth { lastHealth.withLock { $0 } }

    /// Tells of changes, oldest first.
    public func post(_ changes: [KernelChange]) {
        guard !changes.isEmpty else { return }
        orders.withLock { orders in
            if orders.changes.count + changes.count > Self.changeCountMax {
                (orders.changes, orders.isReconciliationDue) = ([], true)
            } else if !orders.isReconciliationDue {
                orders.changes += changes
            }
        }
        bell.ring()
    }

    /// Everything is compared soon: what is allowed has changed, for example.
    public func reconcile() {
        orders.withLock { $0.isReconciliationDue = true }
        bell.ring()
    }

    /// Follows another configuration.
    public func update(
        settings: KernelSettings, listeners: [ListenerSettings], wish: @escaping @Sendable () -> KernelWish
    ) {
        let binds = Self.binds(settings, listeners)
        orders.withLock { orders in
            (orders.settings, orders.binds, orders.wish, orders.isReconciliationDue) = (settings, binds, wish, true)
        }
        bell.ring()
    }

    /// Ends the thread, and waits for it.
    ///
    /// - Parameter removing: the table goes, whatever the settings say, because nobody looks after it any more.
    public func stop(removing: Bool) {
        orders.withLock { ($0.isEnding, $0.isRemoval) = (true, removing) }
        bell.ring()
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }

    // MARK: The thread

    private func run() {
        var state = WriterState(table: orders.withLock { Self.table($0) }, nextNS: Self.nowNS())
        while true {
            let due = take(&state)
            if due.isEnding { return end(&state, removing: due.isRemoval || due.settings.atExit == .remove) }
            work(due, &state)
            let health = KernelHealth(
                table: due.settings.table, isOn: state.problem == nil, entryCount: state.table.entryCount,
                problem: state.problem.map { "\($0)" })
            lastHealth.withLock { $0 = health }
            let nowNS = Self.nowNS()
            let leftNS = state.nextNS > nowNS ? state.nextNS - nowNS : 0
            bell.wait(nanoseconds: leftNS)
        }
    }

    private struct WriterState {
        var table: KernelBanTable<Nftables>
        /// When everything is compared the next time.
        var nextNS: UInt64
        /// What was said about a failure that lasts.
        var problem: KernelBanError?
        var wasMade = false
        var wasFull = false

        init(table: KernelTableSettings, nextNS: UInt64) {
            self.table = KernelBanTable(table, filter: Nftables())
            self.nextNS = nextNS
        }
    }

    private static func table(_ orders: Orders) -> KernelTableSettings {
        KernelTableSettings(name: orders.settings.table, binds: orders.binds)
    }

    private func take(_ state: inout WriterState) -> Orders {
        let nowNS = Self.nowNS()
        return orders.withLock { orders in
            let isDue = orders.isReconciliationDue || nowNS >= state.nextNS
            var taken = orders
            taken.isReconciliationDue = isDue
            // What was posted before the comparison is part of it.
            if isDue { taken.changes = [] }
            (orders.changes, orders.isReconciliationDue) = ([], false)
            return taken
        }
    }

    private func work(_ due: Orders, _ state: inout WriterState) {
        do throws(KernelBanError) {
            try state.table.update(Self.table(due))
            if !due.isReconciliationDue, state.table.isMade, state.problem == nil {
                if !due.changes.isEmpty { try state.table.apply(due.changes, nowNS: Self.nowNS()) }
                tellRoom(&state)
                return
            }
            // Without the kernel, changes have nowhere to go until the next attempt.
            guard due.isReconciliationDue || state.problem == nil else { return }
            try reconcile(due, &state)
        } catch {
            // Whatever went wrong with a change, a comparison sees to it, once and at once.
            let isRetried = !due.isReconciliationDue && state.problem == nil
            if isRetried, (try? reconcile(due, &state)) != nil { return }
            state.nextNS = Self.nowNS() &+ due.settings.reconcileNS
            // With only a part of what is allowed, the table would shut out the rest.
            if case .tooManyAllowed = error { try? state.table.remove() }
            tell(error, &state)
        }
    }

    private func reconcile(_ due: Orders, _ state: inout WriterState) throws(KernelBanError) {
        let settings = due.settings
        let wish = due.wish()
        let nowNS = Self.nowNS()
        state.nextNS = nowNS &+ settings.reconcileNS
        let found = try state.table.reconcile(banned: wish.banned, allowed: wish.allowed, nowNS: nowNS)
        if state.problem != nil || !state.wasMade {
            let listeners = settings.listeners.joined(separator: ", ")
            notify(
                .info, "kernel-bans-on",
                "the kernel refuses banned addresses on \(listeners); entries in the table inet \(settings.table): "
                    + "\(state.table.entryCount)")
            (state.problem, state.wasMade) = (nil, true)
        } else if found.isTableLost {
            notify(
                .warning, "kernel-bans-restored",
                "somebody removed or changed the table inet \(settings.table); it was made anew, with "
                    + "entries: \(state.table.entryCount)")
        } else if !found.isAsLeft {
            notify(
                .warning, "kernel-bans-restored",
                "somebody changed the table inet \(settings.table) (entries taken out: \(found.missingCount), put in: "
                    + "\(found.strangerCount)); it is as it should be again")
        }
        tellRoom(&state)
    }

    private func end(_ state: inout WriterState, removing: Bool) {
        guard removing, state.wasMade else { return }
        do throws(KernelBanError) { try state.table.remove() } catch { tell(error, &state) }
    }

    /// A failure is said when it begins and when it is another one, not at each attempt.
    private func tell(_ error: KernelBanError, _ state: inout WriterState) {
        guard state.problem != error else { return }
        state.problem = error
        notify(.error, "kernel-bans-off", "the kernel has no bans, and the program alone refuses: \(error)")
    }

    private func tellRoom(_ state: inout WriterState) {
        let isFull = state.table.leftOutCount > 0
        if isFull, !state.wasFull {
            notify(
                .warning, "kernel-bans-full",
                "the kernel's table holds \(KernelBounds.bannedCountMax) bans; the program alone refuses the others")
        }
        state.wasFull = isFull
    }

    private static func nowNS() -> UInt64 {
        var time = timespec()
        // Safe: the time is written during the call only; this clock is always there.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
