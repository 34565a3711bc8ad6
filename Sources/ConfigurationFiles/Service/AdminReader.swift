import Settings

/// Reads where operators' commands come in.
struct AdminReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("'admin'", keys: ["socket", "group"], later: ["http", "token_file"])

    func settings(_ node: Node) -> AdminSettings? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let socket = fields.required("socket", .socketPath)
        let group = fields.optional("group", .name)
        return socket.map { AdminSettings(socket: $0, group: group) }
    }
}

extension Kind where Value == String {
    /// The path of a Unix socket.
    fileprivate static var socketPath: Kind {
        Kind<String>.path.checked(.outOfRange) { path in
            path.utf8.count <= AdminSettings.pathByteCountMax
                ? nil
                : "the path of a socket has at most \(AdminSettings.pathByteCountMax) bytes, not \(path.utf8.count)"
        }
    }
}
