import Glibc
public import NetworkDriver

/// A thread that runs one body and can be waited for.
public final class BackgroundThread: Sendable {
    private let thread: UInt

    /// Starts the thread.
    ///
    /// - Throws: why the host has no thread left.
    public init(_ body: @escaping @Sendable () -> Void) throws(NetworkError) {
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
            throw NetworkError(code: status)
        }
        self.thread = thread
    }

    /// Waits until the body has returned; called once.
    public func join() {
        _ = pthread_join(thread, nil)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
