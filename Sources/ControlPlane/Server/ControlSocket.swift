import Glibc

/// Why there is no control socket.
public struct ControlSocketError: Error, Equatable, CustomStringConvertible {
    /// For the operator: the path, what was wrong, and what helps.
    public let description: String
}

/// The listening socket of the admin API, from its file's first instant to its end.
///
/// Shape: a file of mode 0600 that `bind` itself makes with these rights, then given to the group, then 0660. So there
/// is no moment at which anybody else may connect, whatever the process's umask is.
struct ControlSocket {
    /// Most bytes of a path: `sun_path` holds one more, the NUL.
    static let pathByteCountMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
    private static let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    /// Connections that wait to be accepted.
    private static let backlog: Int32 = 16

    let path: String
    let descriptor: Int32
    /// Which file it is, so that only this one is ever removed.
    private let identity: FileIdentity

    /// Binds and listens.
    ///
    /// - Parameter group: name of the group that may connect, too; `nil` leaves the process's own.
    init(path: String, group: String?) throws(ControlSocketError) {
        guard path.utf8.count <= Self.pathByteCountMax else {
            throw Self.error(
                path, "a path of \(path.utf8.count) bytes is too long: a socket's has at most \(Self.pathByteCountMax)")
        }
        let groupID = try Self.groupID(group, path)
        try Self.removeStale(path)
        let descriptor = socket(AF_UNIX, Self.kind, 0)
        guard descriptor >= 0 else { throw Self.error(path, "no socket: \(Self.reason(errno))") }
        do throws(ControlSocketError) {
            identity = try Self.bind(descriptor, path, groupID)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    /// Removes the file, unless another program has put its own in its place.
    func removeFile() {
        if FileIdentity(path: path) == identity { Self.remove(path) }
    }

    private static func bind(
        _ descriptor: Int32, _ path: String, _ groupID: gid_t?
    ) throws(ControlSocketError) -> FileIdentity {
        // Linux gives the file the mode that the socket has when it is bound, less the umask.
        guard fchmod(descriptor, 0o600) == 0 else { throw error(path, "no mode: \(reason(errno))") }
        guard unsafe withAddress(path, { unsafe Glibc.bind(descriptor, $0, $1) }) == 0 else {
            throw error(path, "cannot be bound: \(reason(errno))\(hint(errno))")
        }
        guard let identity = FileIdentity(path: path) else {
            throw error(path, "is gone as soon as it was bound")
        }
        do throws(ControlSocketError) {
            // Safe, here and below: a path that the call reads, alive while it does.
            if let groupID, unsafe lchown(path, uid_t.max, groupID) != 0 {
                throw error(path, "cannot be given to its group: \(reason(errno))")
            }
            guard unsafe chmod(path, 0o660) == 0 else { throw error(path, "no mode: \(reason(errno))") }
            guard listen(descriptor, backlog) == 0 else { throw error(path, "cannot listen: \(reason(errno))") }
        } catch {
            remove(path)
            throw error
        }
        return identity
    }

    /// Makes room where a program left its socket behind; refuses where one answers, or where the file is no socket.
    private static func removeStale(_ path: String) throws(ControlSocketError) {
        var status = stat()
        // Safe: the call fills a local of the type it expects.
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw error(path, "is there already and no socket")
        }
        let probe = socket(AF_UNIX, kind, 0)
        guard probe >= 0 else { throw error(path, "no socket: \(reason(errno))") }
        defer { close(probe) }
        // Only a socket that nobody listens on refuses; a full queue, for instance, is a program that lives.
        let isRefused = unsafe withAddress(path) { unsafe connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
        guard isRefused else {
            throw error(path, "another program serves this socket; end it first, or give `admin.socket` another path")
        }
        guard remove(path) else { throw error(path, "is stale and cannot be removed: \(reason(errno))") }
    }

    private static func groupID(_ name: String?, _ path: String) throws(ControlSocketError) -> gid_t? {
        guard let name else { return nil }
        guard let identifier = SystemNames.groupID(of: name) else {
            throw error(path, "there is no group '\(name)' on this system")
        }
        return identifier
    }

    /// Calls `body` with the path as an address.
    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Safe: the caller has compared the path with the room, and the rest of the room is zero.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            precondition(path.utf8.count < room.count, "a path of \(path.utf8.count) bytes in \(room.count)")
            unsafe room.copyBytes(from: path.utf8)
        }
        // Safe: the address is alive for the call, and its size is given.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    @discardableResult
    private static func remove(_ path: String) -> Bool {
        // Safe: a path that the call reads, alive while it does.
        unsafe unlink(path) == 0
    }

    private static func hint(_ code: Int32) -> String {
        switch code {
        case ENOENT: "; its folder has to exist"
        case EACCES: "; this user may not write in its folder"
        default: ""
        }
    }

    private static func error(_ path: String, _ text: String) -> ControlSocketError {
        ControlSocketError(description: "the control socket \(path): \(text)")
    }

    private static func reason(_ code: Int32) -> String {
        // Safe: strerror answers with a text that ends with NUL for every number.
        unsafe String(cString: strerror(code))
    }
}

/// What makes a file this file.
private struct FileIdentity: Equatable {
    let device: dev_t
    let inode: ino_t

    init?(path: String) {
        var status = stat()
        // Safe: the call fills a local of the type it expects.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
    }
}
