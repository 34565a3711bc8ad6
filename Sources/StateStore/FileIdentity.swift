import Glibc

/// What tells a file from another that stands at its path.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64

    /// `nil` where there is none.
    init?(of path: String) {
        var status = stat()
        // Safe: Swift passes a copy that ends with NUL, and `status` is a local of the type the call fills.
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
