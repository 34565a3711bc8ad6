/// A log with its batch, its limit of lines a second, and what it had to leave out.
///
/// Thread safety: none; it belongs to a ``Recorder``, which guards it.
final class LogStream {
    /// A failure that is due to be told to the operator.
    struct Report: Equatable {
        var path: String
        var errorNumber: Int32
        /// Since the last report.
        var lostLineCount: UInt64
    }

    /// Time between two reports of failures.
    static let reportIntervalUS: Int64 = 60_000_000

    let file: LogFile
    private let leftOutLine: (LeftOut, Int64) -> [UInt8]
    private let linesPerSecond: Int
    private var batch: [UInt8] = []
    /// The second whose lines are counted.
    private var second: Int64?
    private var lineCount = 0
    private var leftOut = LeftOut()
    /// What the first line of the batch says was left out, and how long that line is.
    private var announced: (leftOut: LeftOut, byteCount: Int)?
    private var reportedUS: Int64?
    private var unreportedLostCount: UInt64 = 0
    private(set) var limitedLineCount: UInt64 = 0
    private(set) var lostLineCount: UInt64 = 0

    init(file: LogFile, linesPerSecond: Int, leftOutLine: @escaping (LeftOut, Int64) -> [UInt8]) {
        self.file = file
        self.linesPerSecond = linesPerSecond
        self.leftOutLine = leftOutLine
    }

    /// Begins a batch: in a new second the count of lines begins anew, and what was left out so far is announced.
    func begin(nowUS: Int64) {
        let second = nowUS / 1_000_000
        guard second != self.second else { return }
        self.second = second
        lineCount = 0
        announce(nowUS: nowUS)
    }

    /// Counts events that never came here.
    func addLostEvents(_ count: UInt64) {
        leftOut.eventCount &+= count
    }

    /// Adds a line to the batch, unless it is over the limit; it is then not even made.
    ///
    /// - Parameter isKept: never left out, and not counted against the limit.
    func add(isKept: Bool, _ line: () -> [UInt8]) {
        if !isKept {
            guard lineCount < linesPerSecond else {
                leftOut.lineCount &+= 1
                limitedLineCount &+= 1
                return
            }
            lineCount += 1
        }
        batch.append(contentsOf: line())
    }

    /// Announces what was left out without waiting for the next second.
    func announce(nowUS: Int64) {
        guard !leftOut.isEmpty else { return }
        precondition(batch.isEmpty, "what was left out is announced first in a batch of \(batch.count) bytes")
        let line = leftOutLine(leftOut, nowUS)
        announced = (leftOut, line.count)
        leftOut = LeftOut()
        batch.append(contentsOf: line)
    }

    /// Writes the batch; a failure is returned if a minute has passed since the last one that was.
    func flush(nowUS: Int64) -> Report? {
        let failure = file.write(batch)
        batch.removeAll(keepingCapacity: true)
        defer { announced = nil }
        guard let failure else { return nil }
        var lostCount = failure.lostLineCount
        if let announced, failure.writtenByteCount < announced.byteCount {
            // The announcement itself was lost: it is made again rather than counted.
            leftOut.add(announced.leftOut)
            lostCount -= 1
        }
        leftOut.lineCount &+= lostCount
        lostLineCount &+= lostCount
        unreportedLostCount &+= lostCount
        if let reportedUS, nowUS >= reportedUS, nowUS - reportedUS < Self.reportIntervalUS { return nil }
        reportedUS = nowUS
        defer { unreportedLostCount = 0 }
        return Report(path: file.path, errorNumber: failure.errorNumber, lostLineCount: unreportedLostCount)
    }
}
