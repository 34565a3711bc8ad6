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
        try StateFileHeader.make(path)
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
        forgetOldest()
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
        let place = "\(path).corrupt-\(stamp)"
        // More than once within a second: numbered, so that the order of names stays that of time.
        let last = keptPaths().last { $0.hasPrefix(place) }
        let number = last.map {
            (Int($0.dropFirst(place.count + 1)).flatMap { (1..<1_000).contains($0) ? $0 : nil } ?? 1) + 1
        }
        let kept = place + (number.map { $0 < 10 ? "-0\($0)" : "-\($0)" } ?? "")
        // Safe, all three: the paths are passed as strings that end with NUL and outlive the calls.
        guard unsafe rename(path, kept) == 0 else { throw StateError(errno: errno, "cannot move it aside") }
        _ = unsafe rename(path + "-wal", kept + "-wal")
        _ = unsafe unlink(path + "-shm")
        return kept
    }

    /// Leaves the newest of the damaged files, so that a bad disk does not fill up with them.
    private func forgetOldest() {
        for kept in keptPaths().dropLast(Self.keptCountMax) {
            // Safe, both: as above.
            _ = unsafe unlink(kept)
            _ = unsafe unlink(kept + "-wal")
        }
    }

    /// Where damaged files are kept, the oldest first.
    private func keptPaths() -> [String] {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let base = slash.map { String(path[...$0]) } ?? ""
        let prefix = path.dropFirst(base.count) + ".corrupt-"
        // Safe: the stream is used only here and closed below.
        guard let stream = unsafe opendir(base.isEmpty ? "." : base) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while names.count < 1_000, let entry = unsafe readdir(stream) {
            // Safe: the entry lives until the next call, and its name is NUL-ended within its array.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasPrefix(prefix), !name.hasSuffix("-wal") { names.append(name) }
        }
        return names.sorted().map { base + $0 }
    }
}
