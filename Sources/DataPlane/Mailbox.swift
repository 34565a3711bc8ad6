import Geography
import NetworkDriver
import Reputation
import Synchronization
import WireBytes

/// What the rest of the program asks of a worker.
enum Command: Sendable {
    /// Run by another plan from now on.
    case follow(ServicePlan)
    /// Close the live connections of a banned address, network or account.
    case ban(Subject)
    /// The files of lists have changed.
    case followLists(AddressLists)
    /// The allowlist has changed: find out anew who is exempt.
    case reconsider
    /// A listener came under attack, or is no longer.
    case attackChanged(listener: String)
    /// Find out by these where new connections are from.
    case survey(Atlas)
    /// Accept what waits, stop listening, and end when the last connection has.
    case drain
    /// End every connection now.
    case stop
}

/// The way to a worker: commands from any thread, taken once per batch of events.
///
/// Not bounded by itself: an operator sends plans, and bans are bounded by what reputation remembers.
final class Mailbox: Sendable {
    private struct State {
        var commands: [Command] = []
        var waker: Waker?
    }

    private let state = Mutex(State())
    /// Lets the worker look without taking the lock.
    private let hasMail = Atomic(false)

    /// The worker's driver is ready to be woken.
    func attach(_ waker: Waker) {
        state.withLock { $0.waker = waker }
    }

    func send(_ command: Command) {
        let waker = state.withLock { state in
            state.commands.append(command)
            hasMail.store(true, ordering: .releasing)
            return state.waker
        }
        waker?.wake()
    }

    /// Whether `take` would find something.
    var hasCommands: Bool { hasMail.load(ordering: .acquiring) }

    /// All commands that wait, oldest first.
    func take() -> [Command] {
        state.withLock { state in
            hasMail.store(false, ordering: .relaxed)
            defer { state.commands = [] }
            return state.commands
        }
    }
}
