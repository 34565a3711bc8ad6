import Glibc

extension StateKeeper {
    /// Damaged files that are kept; the oldest goes when there is one more.
    private static let keptCountMax = 4

    /// Moves a damaged file aside, begins a new one, and takes over what can be read of the old.
    mutating func replaceCorrupt(_ reason: String, nowWallUS: Int64) throws(StateError) {
        guard let lock else { throw StateError(.corrupt, reason) }
        database?.close()
        database = nil
        isFileOpen = false
        let kept = try moveAside(nowWallUS: nowWallUS)
        let new = try StateDatabase(path: path)
        database = new
        var counts: [StateTable: Int] = [:]
        if let salvage = Salvage(path: kept) {
            defer { salvage.close() }
            counts = try new.take(salvage)
        }
        let found = [
            "\(counts[.entries] ?? 0) bans and scores", "\(counts[.allowed] ?? 0) allowed",
            "\(counts[.known] ?? 0) known players", "\(counts[.history] ?? 0) records of what happened",
        ]
        becomeOpen(lock)
        notice(
            .error, "state-corrupt",
            "\(path) was damaged: \(reason); it is kept as \(kept), and a new file was begun with what could be read: "
                + found.joined(separator: ", ") + "; check the disk")
    }

    /// Gives the damaged file and its log a name with the time.
    private func moveAside(nowWallUS: Int64) throws(StateError) -> String {
        var seconds = time_t(nowWallUS / 1_000_000)
        // Safe: both are this function's own and outlive the call, and the zone's name in it is not read.
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let numbers = unsafe [
            parts.tm_year + 1_900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
        ].map { $0 < 10 ? "0\($0)" : "\($0)" }
        let stamp = numbers[..<3].joined() + "T" + numbers[3...].joined() + "Z"
        for attempt in 1...Self.keptCountMax + 1 {
            let kept = "\(path).corrupt-\(stamp)" + (attempt == 1 ? "" : "-\(attempt)")
            // Safe, here and below: the paths are passed as strings that end with NUL and outlive the calls.
            guard unsafe access(kept, F_OK) != 0 else { continue }
            guard unsafe rename(path, kept) == 0 else { throw StateError(errno: errno, "cannot move it aside") }
            _ = unsafe rename(path + "-wal", kept + "-wal")
            _ = unsafe unlink(path + "-shm")
            forgetOldest()
            return kept
        }
        throw StateError(.corrupt, "it was damaged more often than can be kept")
    }

    /// Leaves the newest of the damaged files, so that a bad disk does not fill up with them.
    private func forgetOldest() {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let prefix = (slash.map { String(path[path.index(after: $0)...]) } ?? path) + ".corrupt-"
        // Safe: the stream is used only here and closed below.
        guard let stream = unsafe opendir(folder) else { return }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while names.count < 1_000, let entry = unsafe readdir(stream) {
            // Safe: the entry lives until the next call, and its name is NUL-ended within its array.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasPrefix(prefix), !name.hasSuffix("-wal") { names.append(name) }
        }
        for name in names.sorted().dropLast(Self.keptCountMax) {
            _ = unsafe unlink(folder + "/" + name)
            _ = unsafe unlink(folder + "/" + name + "-wal")
        }
    }
}
