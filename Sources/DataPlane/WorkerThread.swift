import Glibc
public import NetworkDriver
import Synchronization

/// One worker on a thread of its own, with an epoll driver.
final class WorkerThread: Sendable {
    private let thread: UInt

    /// Starts the thread and waits until its worker listens.
    ///
    /// - Throws: the first listener that cannot be opened.
    init(number: Int, shared: SharedState, plan: ServicePlan) throws(ServiceFailure) {
        let started = StartSignal()
        let body = Body {
            Self.run(number: number, shared: shared, plan: plan, started: started)
        }
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(body).toOpaque()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                // Safe: the context is the body that was retained for this thread alone.
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard status == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(context).release()
            throw .thread(NetworkError(code: status))
        }
        self.thread = thread
        if let failure = started.wait() {
            join()
            throw failure
        }
    }

    /// Waits until the worker has finished.
    func join() {
        _ = pthread_join(thread, nil)
    }

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

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }
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
