import Synchronization

/// The way from the workers to the recorder: bounded, and never waited for by a worker.
///
/// Thread safety: any number of threads post, one takes.
public final class EventQueue: Sendable {
    private struct State {
        var events: [Event] = []
        var leftOutCount: UInt64 = 0
    }

    private let state: Mutex<State>
    /// Most events that wait.
    public let capacity: Int

    /// Events that wait where nobody says how many may.
    public static let defaultCapacity = 65_536

    /// - Parameter capacity: most events that wait; a further one is left out and counted.
    public init(capacity: Int = EventQueue.defaultCapacity) {
        self.capacity = capacity
        state = Mutex(State())
    }

    /// Adds an event, or counts it as left out when the queue is full.
    public func post(_ event: Event) {
        state.withLock { state in
            if state.events.count < capacity || event.isKept {
                state.events.append(event)
            } else {
                state.leftOutCount += 1
            }
        }
    }

    /// Counts events that their sender did not even make, to save itself the work.
    public func leaveOut(_ count: UInt64) {
        state.withLock { $0.leftOutCount += count }
    }

    /// Takes all that wait, oldest first, and how many were left out since the last call.
    public func take() -> (events: [Event], leftOutCount: UInt64) {
        state.withLock { state in
            defer { state = State() }
            return (state.events, state.leftOutCount)
        }
    }
}
