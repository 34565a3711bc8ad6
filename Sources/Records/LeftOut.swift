/// What a log does not show.
struct LeftOut: Equatable {
    /// Lines over the limit of lines a second, or lost to a write that failed.
    var lineCount: UInt64 = 0
    /// Events that never reached the recorder because its queue was full; whether this log would have shown them is
    /// not known.
    var eventCount: UInt64 = 0

    var isEmpty: Bool { lineCount == 0 && eventCount == 0 }

    /// `left out 17 lines`, and the events where there are any.
    var sentence: String {
        let lines = "left out \(lineCount) line" + (lineCount == 1 ? "" : "s")
        guard eventCount > 0 else { return lines }
        return lines + ", and the queue left out \(eventCount) event" + (eventCount == 1 ? "" : "s")
    }

    mutating func add(_ other: LeftOut) {
        lineCount &+= other.lineCount
        eventCount &+= other.eventCount
    }
}
