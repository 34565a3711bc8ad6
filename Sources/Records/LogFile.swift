import Glibc

/// A log could not be opened.
public struct LogOpenError: Error, Equatable, CustomStringConvertible {
    /// The setting that names it: `logs.bans`.
    public var setting: String
    /// The path as it is set.
    public var path: String
    /// The system's error number.
    public var errorNumber: Int32

    /// An error, with every part given.
    public init(setting: String, path: String, errorNumber: Int32) {
        self.setting = setting
        self.path = path
        self.errorNumber = errorNumber
    }

    /// One sentence for the operator: the setting, the path, and what the system says.
    public var description: String {
        var path = LineText()
        path.append(bare: self.path)
        let text = "\(setting): cannot open \(String(decoding: path.bytes, as: UTF8.self)): \(errorText(errorNumber))"
        return errorNumber == ENOENT ? text + " (its directory must exist)" : text
    }
}

/// What the system calls an error.
func errorText(_ number: Int32) -> String {
    // Safe: glibc returns a string that ends with NUL and stays until this thread asks again; it is copied at once.
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}

/// One log: a file that is appended to, or stdout.
///
/// A batch is one write(2). After a write that stopped in the middle of a line, the next batch begins on a new line.
///
/// Thread safety: none; it belongs to a ``Recorder``, which guards it.
final class LogFile {
    /// How much of a batch did not reach the file, and why.
    struct Failure: Equatable {
        var errorNumber: Int32
        /// Bytes of the batch that were written.
        var writtenByteCount: Int
        /// Lines that were not written, or not to their end.
        var lostLineCount: UInt64
    }

    /// The path that means stdout.
    static let standardOutputPath = "-"

    let path: String
    private let setting: String
    private var descriptor: Int32
    /// The last byte in the file is not a line's end.
    private var isInsideLine: Bool

    init(setting: String, path: String) throws(LogOpenError) {
        self.setting = setting
        self.path = path
        if path == Self.standardOutputPath {
            descriptor = STDOUT_FILENO
            isInsideLine = false
        } else {
            descriptor = try Self.open(path, setting: setting)
            isInsideLine = Self.endsInsideLine(path)
        }
    }

    deinit {
        if path != Self.standardOutputPath { close(descriptor) }
    }

    /// Opens the path anew, after something renamed the file.
    ///
    /// On an error the old file stays in use.
    func reopen() throws(LogOpenError) {
        guard path != Self.standardOutputPath else { return }
        let new = try Self.open(path, setting: setting)
        close(descriptor)
        descriptor = new
        isInsideLine = Self.endsInsideLine(path)
    }

    /// Writes whole lines, or says how far it came.
    func write(_ lines: [UInt8]) -> Failure? {
        guard !lines.isEmpty else { return nil }
        precondition(lines.last == Self.newline, "a batch ends with a line's end")
        let prefixByteCount = isInsideLine ? 1 : 0
        let bytes = isInsideLine ? [Self.newline] + lines : lines
        var written = 0
        while written < bytes.count {
            // Safe: `written` is below the count, and the buffer lives until the closure returns.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                // A write of no bytes would repeat for ever.
                return failure(count < 0 ? errno : EIO, bytes: bytes, written: written, prefix: prefixByteCount)
            }
        }
        isInsideLine = false
        return nil
    }

    private static let newline = UInt8(ascii: "\n")

    private func failure(_ errorNumber: Int32, bytes: [UInt8], written: Int, prefix: Int) -> Failure {
        if written > 0 { isInsideLine = bytes[written - 1] != Self.newline }
        let lost = bytes[max(written, prefix)...].count { $0 == Self.newline }
        return Failure(
            errorNumber: errorNumber, writtenByteCount: max(0, written - prefix), lostLineCount: UInt64(lost))
    }

    private static func open(_ path: String, setting: String) throws(LogOpenError) -> Int32 {
        // An embedded NUL would cut the path short and open some other file.
        guard !path.utf8.contains(0), !path.isEmpty else {
            throw LogOpenError(setting: setting, path: path, errorNumber: EINVAL)
        }
        while true {
            // Not blocking: a pipe that nobody reads is an error, and one that is full loses lines; neither may hold
            // the program. Safe: the path is passed as a string that ends with NUL and outlives the call.
            let descriptor = unsafe Glibc.open(
                path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o640)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else { throw LogOpenError(setting: setting, path: path, errorNumber: errno) }
        }
    }

    /// Whether a regular file ends in the middle of a line, as a full disk or a crash leaves it.
    private static func endsInsideLine(_ path: String) -> Bool {
        // Safe: the path is passed as a string that ends with NUL and outlives the call.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        // Safe: the structure is this function's own, and outlives the call.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return false
        }
        var last: UInt8 = newline
        // Safe: one byte is asked for, and there is room for one.
        let count = unsafe pread(descriptor, &last, 1, status.st_size - 1)
        return count == 1 && last != newline
    }
}
