import Glibc
import Synchronization

/// Whether somebody asked the demonstration to end: Ctrl-C, a SIGTERM, or a terminal that closed.
enum Interruption {
    private static let flag = Atomic(false)

    static var isAsked: Bool { flag.load(ordering: .relaxed) }

    /// Listens to the signals from now on; a broken pipe is no reason to die.
    static func listen() {
        // Touched here first, so that the handler has nothing to set up.
        flag.store(false, ordering: .relaxed)
        // A handler may do little; storing into an atomic is allowed.
        signal(SIGINT) { _ in Interruption.flag.store(true, ordering: .relaxed) }
        signal(SIGTERM) { _ in Interruption.flag.store(true, ordering: .relaxed) }
        signal(SIGHUP) { _ in Interruption.flag.store(true, ordering: .relaxed) }
        signal(SIGPIPE, SIG_IGN)
    }
}
