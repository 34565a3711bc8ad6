import Glibc

/// Names of the system's users and groups.
enum SystemNames {
    /// The most that one entry may take.
    private static let byteCountMax = 64 << 10

    /// The number of a group.
    static func groupID(of name: String) -> gid_t? {
        var entry = unsafe group()
        var found: UnsafeMutablePointer<group>?
        var room = [CChar](repeating: 0, count: byteCountMax)
        // Safe: the entry, the room with its count and the result are alive for the call; only a number is taken out.
        let code = unsafe getgrnam_r(name, &entry, &room, room.count, &found)
        return unsafe code == 0 && found != nil ? entry.gr_gid : nil
    }

    /// The name of a user, or `uid 1003` where the system knows none or one that would not fit a line of a log.
    static func userName(of identifier: uid_t) -> String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: byteCountMax)
        // Safe: as above; the name lies in `room`, ends with NUL, and is copied before `room` goes.
        let code = unsafe getpwuid_r(identifier, &entry, &room, room.count, &found)
        guard unsafe code == 0 && found != nil, let text = unsafe entry.pw_name else { return "uid \(identifier)" }
        let name = unsafe String(cString: text)
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
        return isPlain && (1...64).contains(name.utf8.count) ? name : "uid \(identifier)"
    }
}
