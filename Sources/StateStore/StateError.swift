import GRDB
import Glibc

/// Why state could not be read or written.
public struct StateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is, and so what helps.
    public enum Kind: String, Sendable {
        /// The folder is missing, or may not be written to.
        case unwritable
        /// The file may be read and not written to.
        case readOnly
        /// No room is left on the disk.
        case full
        /// Another running program has the file.
        case locked
        /// Something held the database for too long.
        case busy
        /// The file's bytes do not fit together.
        case corrupt
        /// The file is not Portcullis's.
        case foreign
        /// A newer version of Portcullis wrote the file.
        case newer
        /// The disk answered with an error.
        case io
        /// Something else.
        case other
    }

    /// What kind of trouble it is.
    public var kind: Kind
    /// One sentence for the operator, without the path.
    public var text: String

    /// Puts the parts together.
    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// What went wrong, as the operator reads it.
    public var description: String { text }

    /// What the operator can do about it.
    var advice: String {
        switch kind {
        case .unwritable: "make the folder, and let the program's user write to it"
        case .readOnly: "let the program's user write to the file, and mount its disk for writing"
        case .full: "make room on the disk"
        case .locked: "give each program a file of its own, or stop the other one"
        case .busy: "end what holds the database: a shell with an open transaction, a backup that does not end"
        case .corrupt: "check the disk; if it was the file alone, nothing is to be done"
        case .foreign: "name another file under 'state', or move this one away"
        case .newer: "run the version that wrote it, or name another file under 'state'"
        case .io: "check the disk and the system's log"
        case .other: "see what the message says"
        }
    }

    /// What an error of SQLite's means here.
    init(_ error: any Error) {
        guard let error = error as? DatabaseError else {
            self = error as? StateError ?? StateError(.other, "\(error)")
            return
        }
        let kind: Kind =
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: .corrupt
            case .SQLITE_FULL: .full
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
            case .SQLITE_CANTOPEN: .unwritable
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_IOERR: .io
            default: .other
            }
        let message = error.message ?? "no message"
        self.init(kind, "SQLite says: \(message) (\(error.extendedResultCode.rawValue))")
    }

    /// What a system call's error number means here.
    init(errno number: Int32, _ doing: String) {
        let kind: Kind =
            switch number {
            case ENOENT, EACCES, EPERM, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG: .unwritable
            case EROFS: .readOnly
            case ENOSPC, EDQUOT, EFBIG: .full
            default: .io
            }
        // Safe: the text is the C library's own, ends with NUL, and is copied here.
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        self.init(kind, "\(doing): \(text)")
    }
}
