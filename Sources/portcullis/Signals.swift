import CLinux
import Glibc

/// Signals as values instead of interruptions.
struct Signals {
    private let descriptor: Int32

    /// Blocks the signals for this thread and those it starts; they are asked for from now on.
    static func blocking(_ numbers: [Int32]) throws -> Signals {
        // Safe: the array's memory is alive for the call, and its count is given.
        let descriptor = unsafe numbers.withUnsafeBufferPointer {
            unsafe clinux_signalfd($0.baseAddress, Int32($0.count))
        }
        guard descriptor >= 0 else {
            throw Failure(code: .operation, message: "signals cannot be received: errno \(-descriptor)")
        }
        return Signals(descriptor: descriptor)
    }

    /// The next signal, or `nil` when none came within `milliseconds`.
    func next(withinMS milliseconds: Int32) -> Int32? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return nil }
        let signal = clinux_next_signal(descriptor)
        return signal > 0 ? signal : nil
    }
}
