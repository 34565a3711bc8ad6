import Glibc
public import NetworkDriver
import Synchronization

/// One worker on a thread of its own, with an epoll driver.
final class WorkerThread: Sendable {
    private let thread: BackgroundThread

    /// Starts the thread and waits until its worker listens.
    ///
    /// - Throws: the first listener that cannot be opened.
    init(number: Int, shared: SharedState, plan: ServicePlan) throws(ServiceFailure) {
        let started = StartSignal()
        do {
            thread = try BackgroundThread {
                Self.run(number: number, shared: shared, plan: plan, started: started)
            }
        } catch {
            throw .thread(error)
        }
        if let failure = started.wait() {
            thread.join()
            throw failure
        }
    }

    /// Waits until the worker has finished.
    func join() { thread.join() }

    private static func run(number: Int, shared: SharedState, plan: ServicePlan, started: StartSignal) {
        let driver: EpollDriver
        do { driver = try EpollDriver.open() } catch { return started.signal(.driver(error)) }
        var worker = Worker(driver: driver, number: number, shared: shared, mailbox: WorkerMailbox(joining: shared))
        do { try worker.start(plan) } catch { return started.signal(.listener(error)) }
        shared.running.count()
        started.signal(nil)
        defer { shared.ended.count() }
        while !worker.isFinished { worker.step() }
    }
}

/// Tells the thread that starts a worker how that went.
private final class StartSignal: Sendable {
    private let outcome = Mutex<ServiceFailure??>(nil)

    func signal(_ failure: ServiceFailure?) {
        outcome.withLock { $0 = .some(failure) }
    }

    /// Looks every half a millisecond: a worker starts once, within a few.
    func wait() -> ServiceFailure? {
        while true {
            if let outcome = outcome.withLock({ $0 }) { return outcome }
            usleep(500)
        }
    }
}

/// The service could not start, or could not take another plan.
public enum ServiceFailure: Error, Sendable, CustomStringConvertible {
    case listener(ListenerFailure)
    case driver(NetworkError)
    case thread(NetworkError)

    /// For the operator.
    public var description: String {
        switch self {
        case .listener(let failure): failure.description
        case .driver(let error): "epoll cannot be opened: \(error)"
        case .thread(let error): "a worker's thread cannot be started: \(error)"
        }
    }
}
