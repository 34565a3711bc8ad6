import Glibc

/// What keeps two running programs from one file: a lock on `FILE.lock` beside it.
///
/// Not on the database itself, where SQLite's own locks are, so that `sqlite3 FILE .backup` still works. The lock goes
/// with the process, however that ends; the file stays, and says for the next start that the database beside it is
/// Portcullis's own, even if nothing of its first page can be read any more.
final class StateLock: Sendable {
    private let descriptor: Int32
    /// The state file had been Portcullis's before this start.
    let hadOwner: Bool

    /// Takes the lock, or says who has it.
    init(_ file: String) throws(StateError) {
        let path = file + ".lock"
        // Safe: the path is passed as a string that ends with NUL and outlives the call.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw StateError(errno: errno, "cannot open \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let holder = Self.read(descriptor).split(separator: " ").dropFirst().first.map { " (process \($0))" } ?? ""
            close(descriptor)
            guard number == EWOULDBLOCK else { throw StateError(errno: number, "cannot lock \(path)") }
            throw StateError(.locked, "another running program\(holder) has the file")
        }
        self.descriptor = descriptor
        hadOwner = Self.read(descriptor).contains(Self.ownerWord)
        write(isOwner: hadOwner)
    }

    deinit {
        // A child that is just being started holds the descriptor, too, and would keep the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static let ownerWord = " owns "

    /// Notes that the database beside it is Portcullis's.
    func own() {
        if !hadOwner { write(isOwner: true) }
    }

    private func write(isOwner: Bool) {
        let text = "portcullis \(getpid())\(isOwner ? Self.ownerWord + "the database beside this file" : "")\n"
        // One write, longer than what stood there or shortened after it: what is lost is only who had the lock.
        // Safe: the bytes outlive the call, and their own count bounds it.
        let count = unsafe Array(text.utf8).withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 { _ = ftruncate(descriptor, off_t(count)) }
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        // Safe: the buffer's own count bounds the call.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
