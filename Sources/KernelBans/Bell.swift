import Glibc

/// Wakes one thread that waits.
///
/// Where no descriptor is left for it, the thread looks ten times a second by itself.
public final class Bell: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    /// Takes two descriptors, if there are any.
    public init() {
        var ends: [Int32] = [-1, -1]
        // Safe: two numbers are written, and there is room for two.
        let isThere = unsafe pipe(&ends) == 0
        for end in ends where isThere {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = isThere ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
        guard readEnd >= 0 else { return }
        close(readEnd)
        close(writeEnd)
    }

    /// Any thread may ring, and any number of times.
    public func ring() {
        var byte: UInt8 = 1
        // Safe: one byte is read during the call only. What a full pipe does not take is not needed: it has rung.
        if writeEnd >= 0 { _ = unsafe write(writeEnd, &byte, 1) }
    }

    /// Waits until somebody has rung since the last time, or the time is over, whichever comes first.
    public func wait(nanoseconds: UInt64) {
        let milliseconds = Int32(min(nanoseconds / 1_000_000 + 1, 86_400_000))
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        // Safe: one entry is given, and used during the call only. A negative descriptor is left out.
        _ = unsafe poll(&entry, 1, readEnd < 0 ? min(100, milliseconds) : milliseconds)
        guard readEnd >= 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 256)
        // Safe: at most as many bytes are written as there is room for.
        while unsafe read(readEnd, &bytes, bytes.count) == bytes.count {}
    }
}
