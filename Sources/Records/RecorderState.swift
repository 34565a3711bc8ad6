import Events
import Glibc
import Settings

/// What a ``Recorder`` guards: the logs, their formats, and stderr.
struct RecorderState {
    private var bans: LogStream?
    private var connections: LogStream?
    private var events: LogStream?
    private let banFormat: BanLogFormat
    private let connectionFormat: ConnectionLogFormat
    private let eventsFormat = EventsFormat()
    private let noticeFormat: NoticeFormat
    private let noticeDescriptor: Int32
    private var notices: [UInt8] = []
    private var lostEventCount: UInt64 = 0

    init(settings: LogSettings, processID: Int32, noticeDescriptor: Int32) throws(LogOpenError) {
        let banFormat = BanLogFormat(processID: processID)
        let connectionFormat = ConnectionLogFormat(processID: processID)
        let eventsFormat = EventsFormat()
        self.banFormat = banFormat
        self.connectionFormat = connectionFormat
        self.noticeDescriptor = noticeDescriptor
        noticeFormat = NoticeFormat(processID: processID)
        bans = try Self.open(settings.bans, "logs.bans", settings) { banFormat.line(leftOut: $0, wallUS: $1) }
        connections = try Self.open(settings.connections, "logs.connections", settings) {
            connectionFormat.line(leftOut: $0, wallUS: $1)
        }
        events = try Self.open(settings.events, "logs.events", settings) {
            eventsFormat.line(leftOut: $0, wallUS: $1)
        }
    }

    private static func open(
        _ path: String?, _ setting: String, _ settings: LogSettings,
        leftOutLine: @escaping (LeftOut, Int64) -> [UInt8]
    ) throws(LogOpenError) -> LogStream? {
        guard let path else { return nil }
        let file = try LogFile(setting: setting, path: path)
        return LogStream(file: file, linesPerSecond: settings.linesPerSecond, leftOutLine: leftOutLine)
    }

    private var streams: [LogStream] { [bans, connections, events].compactMap { $0 } }

    var counts: RecorderCounts {
        var counts = RecorderCounts()
        counts.lostEventCount = lostEventCount
        for stream in streams {
            counts.limitedLineCount &+= stream.limitedLineCount
            counts.lostLineCount &+= stream.lostLineCount
        }
        return counts
    }

    mutating func record(_ batch: [Event], leftOutCount: UInt64, nowUS: Int64) {
        lostEventCount &+= leftOutCount
        for stream in streams {
            stream.addLostEvents(leftOutCount)
            stream.begin(nowUS: nowUS)
        }
        for event in batch { add(event) }
        flush(nowUS: nowUS)
    }

    mutating func reopen(nowUS: Int64) {
        for stream in streams {
            do throws(LogOpenError) {
                try stream.file.reopen()
            } catch {
                say(.error, "log-reopen-failed", "\(error); the old file stays in use", nowUS: nowUS)
            }
        }
        writeNotices()
    }

    mutating func finish(nowUS: Int64) {
        for stream in streams { stream.announce(nowUS: nowUS) }
        flush(nowUS: nowUS)
    }

    private mutating func add(_ event: Event) {
        var isKept = false
        switch event {
        case .finding(let record):
            bans?.add(isKept: false) { banFormat.line(for: record) }
        case .ban(let record):
            isKept = true
            bans?.add(isKept: true) { banFormat.line(for: record) }
        case .connection(let record):
            connections?.add(isKept: false) { connectionFormat.line(for: record) }
        case .operatorAction(let record):
            isKept = true
            bans?.add(isKept: true) { banFormat.line(for: record) }
        case .notice(let notice):
            isKept = true
            notices.append(contentsOf: noticeFormat.line(for: notice))
        case .underAttack(let record):
            isKept = true
            notices.append(contentsOf: noticeFormat.line(for: record.notice))
        }
        events?.add(isKept: isKept) { eventsFormat.line(for: event) }
    }

    private mutating func flush(nowUS: Int64) {
        for stream in streams {
            guard let report = stream.flush(nowUS: nowUS) else { continue }
            var path = LineText()
            path.append(bare: report.path)
            let text =
                "cannot write \(String(decoding: path.bytes, as: UTF8.self)): \(errorText(report.errorNumber)); "
                + "\(report.lostLineCount) line\(report.lostLineCount == 1 ? "" : "s") lost"
            say(.error, "log-write-failed", text, nowUS: nowUS)
        }
        writeNotices()
    }

    private mutating func say(_ level: Notice.Level, _ name: String, _ text: String, nowUS: Int64) {
        notices.append(
            contentsOf: noticeFormat.line(for: Notice(wallUS: nowUS, level: level, name: name, text: text)))
    }

    /// Stderr is the last resort: what it does not take is gone.
    private mutating func writeNotices() {
        var written = 0
        while written < notices.count {
            // Safe: `written` is below the count, and the buffer lives until the closure returns.
            let count = unsafe notices.withUnsafeBytes { buffer in
                unsafe write(noticeDescriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        notices.removeAll(keepingCapacity: true)
    }
}
