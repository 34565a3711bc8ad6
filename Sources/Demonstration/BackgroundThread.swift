import Glibc

/// A thread that runs one body and can be waited for.
final class BackgroundThread: Sendable {
    private let thread: UInt

    init(_ body: @escaping @Sendable () -> Void) throws(SetupFailure) {
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
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
            throw .socket(status)
        }
        self.thread = thread
    }

    /// Waits until the body has returned; called once.
    func join() {
        _ = pthread_join(thread, nil)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
