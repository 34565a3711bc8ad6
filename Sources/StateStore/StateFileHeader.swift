import Glibc

/// What the first bytes of a file say, before SQLite may touch it.
enum StateFileHeader: Equatable {
    /// There is no file, or one without a byte.
    case new(exists: Bool)
    /// A database of Portcullis.
    case own
    /// A database of another program.
    case otherDatabase
    /// No database at all.
    case notDatabase

    /// Reads the header; opening a file for that changes nothing.
    static func read(_ path: String) throws(StateError) -> StateFileHeader {
        // Not blocking: a pipe would wait for somebody to write. Safe: the path is passed as a string that ends with
        // NUL and outlives the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return .new(exists: false) }
            // What is renamed and locked must be the file itself.
            if errno == ELOOP { throw StateError(.unwritable, "it is a symbolic link; name the file that it leads to") }
            throw StateError(errno: errno, "cannot open the file")
        }
        defer { close(descriptor) }
        var status = stat()
        // Safe: the structure is this function's own, and outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw StateError(errno: errno, "cannot look at the file") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StateError(.unwritable, "it is not a regular file") }
        guard status.st_size > 0 else { return .new(exists: true) }
        var bytes = [UInt8](repeating: 0, count: 100)
        // Safe: the buffer's own count bounds the call.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw StateError(errno: errno, "cannot read the file") }
        guard count == bytes.count, bytes.starts(with: magic) else { return .notDatabase }
        // The application id stands at byte 68, most significant byte first (sqlite.org/fileformat2.html, 1.3).
        let id = bytes[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        return id == StateSchema.applicationID ? .own : .otherDatabase
    }

    /// Makes an empty file that others may not read, because evidence stands in it; one that is there stays.
    static func make(_ path: String) throws(StateError) {
        // Safe: as above.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw StateError(errno: errno, "cannot make the file") }
        close(descriptor)
    }

    private static let magic = Array("SQLite format 3\0".utf8)
}
