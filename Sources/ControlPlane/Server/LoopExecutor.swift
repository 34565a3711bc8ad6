import NIOCore

/// Runs tasks on an event loop's own thread.
///
/// So the admin API takes one thread of its own and none of Swift's pool, which would be as wide as the machine and
/// stand in the way of the workers.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute {
            // Safe: a job is enqueued once and run once, here.
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
