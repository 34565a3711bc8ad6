import NIOPosix

/// The threads on which the service is asked, because it may wait for a lock or a disk.
struct RequestPools: Sendable {
    private let changes: NIOThreadPool
    private let questions: NIOThreadPool

    init() {
        changes = NIOThreadPool(numberOfThreads: 1)
        questions = NIOThreadPool(numberOfThreads: 1)
        changes.start()
        questions.start()
    }

    /// Runs `body` where it may wait.
    func run<Result: Sendable>(
        isChange: Bool, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await (isChange ? changes : questions).runIfActive(body)
    }

    func stop() {
        // Their failure is that they have stopped already.
        try? changes.syncShutdownGracefully()
        try? questions.syncShutdownGracefully()
    }
}
