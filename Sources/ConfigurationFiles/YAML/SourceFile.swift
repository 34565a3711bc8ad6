import Glibc

/// A text file as it was read, kept to show its lines in diagnostics.
public final class SourceFile: Sendable {
    /// The path as it was given.
    public let path: String
    /// The whole text in UTF-8.
    let bytes: [UInt8]
    /// Where each line begins in `bytes`; the first is 0.
    private let lineStarts: [Int]
    /// Lines by number, where only those that are shown were kept.
    private let excerpts: [Int: String]

    /// Most bytes of a file that are read.
    static let byteCountMax = 4 << 20
    /// Most bytes of one line.
    static let lineByteCountMax = 64 << 10

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == 0x0A { starts.append(index + 1) }
        lineStarts = starts
        excerpts = [:]
    }

    /// A file too large to be kept for the sake of a few lines.
    init(path: String, excerpts: [Int: String]) {
        self.path = path
        bytes = []
        lineStarts = []
        self.excerpts = excerpts
    }

    /// One line without its end, by its 1-based number.
    public func line(_ number: Int) -> String? {
        guard number >= 1, number <= lineStarts.count else { return excerpts[number] }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The number of the first line over the bound, if there is one.
    var firstLongLine: Int? {
        for number in lineStarts.indices {
            let end = number + 1 < lineStarts.count ? lineStarts[number + 1] : bytes.count
            if end - lineStarts[number] > Self.lineByteCountMax { return number + 1 }
        }
        return nil
    }
}

/// Why a file was not read.
public enum FileReadFailure: Error, Equatable {
    /// There is nothing.
    case missing
    /// A folder.
    case isDirectory
    /// A socket, pipe or device.
    case notAFile
    /// Larger than so many bytes.
    case tooLarge(Int)
    /// The system's error number.
    case system(Int32)

    /// In words.
    public var message: String {
        switch self {
        case .missing: "no such file"
        case .isDirectory: "this is a directory, not a file"
        case .notAFile: "this is no plain file"
        case .tooLarge(let most): "this file is larger than \(most >> 20) MiB"
        // Safe: strerror's answer is a NUL-ended text, copied before the next call.
        case .system(let code): unsafe "cannot be read: " + String(cString: strerror(code))
        }
    }
}

extension SourceFile {
    /// Most bytes of a file that are read, unless somebody says otherwise.
    public static var usualByteCountMax: Int { byteCountMax }

    /// Reads a plain file, never more than the bound, and never waits on a pipe or device.
    public static func readBytes(_ path: String, most: Int = usualByteCountMax) throws(FileReadFailure) -> [UInt8] {
        // Without O_NONBLOCK the open of a pipe nobody writes to would wait for ever.
        // Safe: Swift passes a NUL-ended copy that lives during the call.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            let code = errno
            // A socket cannot be opened at all: ENXIO.
            throw code == ENOENT || code == ENOTDIR ? .missing : code == ENXIO ? .notAFile : .system(code)
        }
        defer { close(descriptor) }
        var status = stat()
        // Safe: `status` is a local of the type the call fills.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .isDirectory
        default: throw .notAFile
        }
        // Before anything is read, so that a sparse gigabyte costs nothing.
        guard status.st_size <= most else { throw .tooLarge(most) }
        return try readAll(descriptor, expected: Int(status.st_size), most: most)
    }

    private static func readAll(_ descriptor: Int32, expected: Int, most: Int) throws(FileReadFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected)
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // Safe: the buffer's own count bounds the call.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            bytes.append(contentsOf: chunk[..<count])
            // The file may have grown since its size was asked for.
            guard bytes.count <= most else { throw .tooLarge(most) }
        }
    }
}
