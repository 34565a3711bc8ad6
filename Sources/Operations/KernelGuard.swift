public import Events
public import KernelBans
public import Reputation
public import Settings
import Synchronization

/// The bans in the kernel, where the service's file wants them.
///
/// Thread safety: any thread may tell it something; it keeps nobody waiting for the kernel but who stops it.
public final class KernelGuard: Sendable {
    private let writer = Mutex<KernelBanWriter?>(nil)

    /// The kernel has no bans yet.
    public init() {}

    /// Begins, follows or ends the bans in the kernel, as the service's file says.
    ///
    /// - Parameters:
    ///   - book: what is banned and allowed.
    ///   - clock: the machine's.
    ///   - events: where the kernel's failures are told.
    public func follow(_ settings: ServiceSettings, book: ReputationBook, clock: Clock, events: EventQueue) {
        let wish: @Sendable () -> KernelWish = { KernelWish(book, clock: clock) }
        let unwanted = writer.withLock { writer -> KernelBanWriter? in
            guard let wanted = settings.kernel else {
                defer { writer = nil }
                return writer
            }
            if let writer {
                writer.update(settings: wanted, listeners: settings.listeners, wish: wish)
            } else {
                writer = KernelBanWriter(settings: wanted, listeners: settings.listeners, wish: wish) {
                    events.post(.notice(Notice(wallUS: clock.wallUS(), level: $0, name: $1, text: $2)))
                }
            }
            return nil
        }
        unwanted?.stop(removing: true)
    }

    /// How it fares.
    public var health: KernelHealth {
        writer.withLock { $0 }?.health ?? KernelHealth(table: nil, isOn: false, entryCount: 0, problem: nil)
    }

    /// Tells of the bans among events.
    public func post(_ events: [Event]) {
        guard let writer = writer.withLock({ $0 }) else { return }
        writer.post(
            events.compactMap { event in
                guard case .ban(let record) = event else { return nil }
                return KernelChange(record)
            })
    }

    /// Tells of changes, oldest first.
    public func post(_ changes: [KernelChange]) {
        writer.withLock { $0 }?.post(changes)
    }

    /// Ends; the table goes or stays, as the service's file says.
    public func stop() {
        let last = writer.withLock { writer in
            defer { writer = nil }
            return writer
        }
        last?.stop(removing: false)
    }
}
