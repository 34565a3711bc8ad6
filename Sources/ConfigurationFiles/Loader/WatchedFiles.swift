import Glibc

/// Files that may be replaced on disk while the program runs, and what stood there when they were read.
///
/// How to use it: make it before the files are read, so that nothing is missed, and call `takeChanged` about once a
/// second. It asks for the files' inode, size and times and reads nothing.
public struct WatchedFiles: Sendable {
    /// What tells a file from the one that stood there before.
    private struct Stamp: Equatable {
        var device: UInt64
        var inode: UInt64
        var byteCount: Int64
        var modifiedNS: Int64
        /// Changes with everything, even where somebody sets the time of modification back.
        var changedNS: Int64

        /// `nil` where there is nothing.
        init?(of path: String) {
            var status = stat()
            // Safe: Swift passes a NUL-ended copy, and `status` is a local of the type the call fills.
            guard unsafe stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            byteCount = Int64(status.st_size)
            modifiedNS = Self.nanoseconds(status.st_mtim)
            changedNS = Self.nanoseconds(status.st_ctim)
        }

        private static func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
    }

    private struct File {
        let path: String
        /// What was there when the file was read, or told as changed.
        var known: Stamp?
        /// What was there at the last look.
        var seen: Stamp?
    }

    private var files: [File] = []

    /// Notes what stands at these paths now; one that is given twice counts once.
    public init(_ paths: [String] = []) {
        for path in paths where !files.contains(where: { $0.path == path }) {
            let stamp = Stamp(of: path)
            files.append(File(path: path, known: stamp, seen: stamp))
        }
    }

    /// The paths, in the order in which they were given.
    public var paths: [String] { files.map(\.path) }

    /// Looks at all files once.
    ///
    /// - Returns: the paths of those that are others than they were, and the same as at the look before: a file that is
    ///   being written is told when it has come to rest. Each change is told once. What is missing is not told, because
    ///   who replaces a file may take the old one away first.
    public mutating func takeChanged() -> [String] {
        var changed: [String] = []
        for index in files.indices {
            let stamp = Stamp(of: files[index].path)
            defer { files[index].seen = stamp }
            guard let stamp, stamp != files[index].known, stamp == files[index].seen else { continue }
            files[index].known = stamp
            changed.append(files[index].path)
        }
        return changed
    }
}
