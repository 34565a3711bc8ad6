import Settings

/// The mapping of `admin`.
extension Language {
    private static let socketPath = Form.text(
        "path", "[^\\x00-\\x1f\\x7f]{1,\(AdminSettings.pathByteCountMax)}", types: ["string", "number", "boolean"])

    static let admin: Mapping = Mapping(
        "admin", "'admin'", "Operators' commands", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nadmin: <>\n",
        beside: [("socket", "/run/portcullis/portcullis.sock")],
        keys: [
            Key(
                "socket", socketPath, .required, "Path of the control socket, seen from this file.",
                example: "/run/portcullis/portcullis.sock"),
            Key(
                "group", .name, .words("the program's own"),
                "Name of the system's group that may connect, beside the program's user and root.", example: "games"),
        ])
}
