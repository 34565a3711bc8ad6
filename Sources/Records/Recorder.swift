public import Events
public import Settings
import Synchronization

/// What the logs do not show, since the start.
public struct RecorderCounts: Sendable, Equatable {
    /// Lines over the limit of lines a second, over all logs.
    public var limitedLineCount: UInt64 = 0
    /// Lines that a failing write lost, over all logs.
    public var lostLineCount: UInt64 = 0
    /// Events that never reached the recorder.
    public var lostEventCount: UInt64 = 0

    /// Nothing is missing.
    public init() {}
}

/// Writes events to the ban log, the connection log, the event log, and the service's own words to stderr.
///
/// It has no thread and no clock: the program calls ``record(_:leftOutCount:nowUS:)`` several times a second from one
/// thread, with an empty batch too, so that what was left out is announced in time. A write that fails is counted,
/// told on stderr once a minute, and never fatal.
///
/// The program must ignore SIGPIPE: stdout or a log may be a pipe that nobody reads any more.
///
/// Thread safety: one lock guards everything, so that a signal's thread may reopen while another records.
public final class Recorder: Sendable {
    private let state: Mutex<RecorderState>

    /// Opens the logs.
    ///
    /// - Parameters:
    ///   - settings: paths, where `nil` writes no such log and `-` means stdout; the limit of lines a second.
    ///   - processID: stands in every line.
    ///   - noticeDescriptor: where the service's own words go: 2 is stderr.
    /// - Throws: at the first log that cannot be opened.
    public init(
        settings: LogSettings, processID: Int32, noticeDescriptor: Int32 = 2
    ) throws(LogOpenError) {
        state = Mutex(
            try RecorderState(settings: settings, processID: processID, noticeDescriptor: noticeDescriptor))
    }

    /// Writes a batch: one write to each log that has something to say.
    ///
    /// - Parameters:
    ///   - events: oldest first.
    ///   - leftOutCount: events that were lost before they came here.
    ///   - nowUS: wall-clock microseconds since 1970.
    public func record(_ events: [Event], leftOutCount: UInt64, nowUS: Int64) {
        state.withLock { $0.record(events, leftOutCount: leftOutCount, nowUS: nowUS) }
    }

    /// Opens every log's path anew, after something renamed the files; loses nothing.
    ///
    /// What cannot be opened keeps its old file, and that is told on stderr.
    public func reopen(nowUS: Int64) {
        state.withLock { $0.reopen(nowUS: nowUS) }
    }

    /// Announces what was left out and not yet announced: the last call before the program ends.
    public func finish(nowUS: Int64) {
        state.withLock { $0.finish(nowUS: nowUS) }
    }

    /// What the logs do not show.
    public var counts: RecorderCounts {
        state.withLock { $0.counts }
    }
}
