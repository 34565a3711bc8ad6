import Glibc

/// A temporary folder for the logs of one run.
final class LogFolder: Sendable {
    let path: String
    private let isKept: Bool
    private static let names = ["portcullis.yaml", "bans.log", "connections.log", "events.json", "notices.log"]

    /// - Parameter isKept: whether it stays when the demonstration is over.
    init(isKept: Bool) throws(SetupFailure) {
        self.isKept = isKept
        var template = Array("/tmp/portcullis-XXXXXX".utf8CString)
        // Safe: the template is NUL-ended, ours, and changed in place.
        let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe mkdtemp(base) != nil
        }
        guard isMade else { throw .file("a folder under /tmp", errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard !isKept else { return }
        // Safe, here and below: Swift passes a NUL-ended copy of the path that lives during the call.
        for name in Self.names { unsafe unlink("\(path)/\(name)") }
        unsafe rmdir(path)
    }

    /// Where the logs are, and for how long.
    var note: String { "logs in \(path)" + (isKept ? "" : " until it ends (--keep keeps them)") }

    /// Writes a file of the folder.
    func write(_ text: String, to name: String) throws(SetupFailure) {
        let file = try open(name)
        defer { close(file) }
        let bytes = Array(text.utf8)
        // Safe: the kernel reads at most the buffer's count.
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw .file("\(path)/\(name)", errno) }
    }

    /// Opens a file of the folder for writing at its end.
    func open(_ name: String) throws(SetupFailure) -> Int32 {
        let file = unsafe Glibc.open("\(path)/\(name)", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .file("\(path)/\(name)", errno) }
        return file
    }
}

/// The last lines of a log that is being written, read as it grows.
struct LogTail {
    private let file: Int32
    private var rest: [UInt8] = []
    private let lineCountMax: Int
    /// The lines that were kept, oldest first.
    private(set) var lines: [String] = []

    init(path: String, lineCountMax: Int) throws(SetupFailure) {
        file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .file(path, errno) }
        self.lineCountMax = lineCountMax
    }

    func finish() { close(file) }

    /// Reads what was added.
    ///
    /// - Parameter isKept: which lines to keep.
    mutating func read(where isKept: (String) -> Bool) {
        while true {
            // Safe: the kernel writes at most the count of the buffer, and as much as it wrote is what the array gets.
            let more = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = max(0, unsafe Glibc.read(file, buffer.baseAddress, buffer.count))
            }
            guard !more.isEmpty else { break }
            rest += more
        }
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[start..<end], as: UTF8.self)
            start = end + 1
            if isKept(line) { lines.append(line) }
        }
        rest.removeFirst(start)
        if lines.count > lineCountMax { lines.removeFirst(lines.count - lineCountMax) }
    }
}
