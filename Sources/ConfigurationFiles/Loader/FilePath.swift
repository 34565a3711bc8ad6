import Glibc

/// What is asked about paths.
public enum FilePath {
    /// The folder a path stands in.
    public static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// A name seen from a folder; one that begins with a slash is seen from nowhere.
    public static func join(_ folder: String, _ name: String) -> String {
        if name.hasPrefix("/") || folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// The last part of a path without `.yaml`.
    static func name(of path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
    }

    static func exists(_ path: String) -> Bool {
        // Safe: Swift passes a NUL-ended copy that lives during the call.
        unsafe access(path, F_OK) == 0
    }

    /// Whether a path leads to a folder.
    public static func isDirectory(_ path: String) -> Bool {
        var status = Glibc.stat()
        // Safe: as above, and `status` is a local of the type the call fills.
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// One text for all ways to write the path of one file; the path itself when there is no such file.
    static func canonical(_ path: String) -> String {
        // Safe: realpath's answer is NULL or a NUL-ended text that is ours to free.
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The entries of a folder, sorted, `.` and `..` left out.
    public static func entries(of folder: String) -> [String] {
        // Safe: the stream is used only here and closed below.
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var entries: [String] = []
        while entries.count < entryCountMax, let entry = unsafe readdir(stream) {
            // Safe: the entry lives until the next call, and its name is NUL-ended within its array.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { entries.append(name) }
        }
        return entries.sorted()
    }

    /// The names of the files in a folder that end in `.yaml`.
    static func names(in folder: String) -> [String] {
        entries(of: folder).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    }

    private static let entryCountMax = 10_000
}
