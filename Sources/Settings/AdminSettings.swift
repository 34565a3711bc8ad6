/// Where operators' commands come in.
public struct AdminSettings: Sendable, Equatable {
    /// Most bytes of a socket's path, which Linux keeps with a NUL behind it in 108.
    public static let pathByteCountMax = 107

    /// Path of the Unix socket.
    public var socket: String
    /// Name of the group that may connect beside the program's own user; `nil` leaves the program's own group.
    public var group: String?

    /// Puts the parts together.
    public init(socket: String, group: String? = nil) {
        self.socket = socket
        self.group = group
    }
}
