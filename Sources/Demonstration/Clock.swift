import Glibc

/// Time, and waiting for sockets.
enum Clock {
    /// Monotonic nanoseconds, the same clock as the data plane's.
    static var nowNS: UInt64 {
        let time = read(CLOCK_MONOTONIC)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Wall-clock microseconds since 1970.
    static var wallUS: Int64 {
        let time = read(CLOCK_REALTIME)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// Waits until one of the sockets is ready, or the time is over.
    static func poll(_ sockets: inout [pollfd], mostMS: Int32) {
        // Safe: the kernel touches as many entries as the buffer has.
        unsafe sockets.withUnsafeMutableBufferPointer { buffer in
            _ = unsafe Glibc.poll(buffer.baseAddress, nfds_t(buffer.count), mostMS)
        }
    }

    private static func read(_ clock: Int32) -> timespec {
        var time = timespec()
        // Safe: the call fills a local.
        _ = unsafe clock_gettime(clock, &time)
        return time
    }
}
