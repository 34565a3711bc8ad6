import Settings

/// The mapping of what outlives the program.
extension Language {
    private static let stateDefaults = StateSettings(file: "")

    static let state: Mapping = Mapping(
        "state", "'state'", "State on disk", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nstate: <>\n",
        beside: [("file", "state.db")],
        keys: [
            Key(
                "file", statePath, .required, "The database's path; its folder must exist.",
                example: "/var/lib/portcullis/state.db"),
            Key(
                "scores_above", .points, .value(Shown.number(stateDefaults.leastScore)),
                "A score is kept where it is above this.", example: "5"),
            Key(
                "history", .duration, .value(Shown.duration(stateDefaults.historyNS)),
                "How long it is remembered what happened to bans, with the evidence; 1h to 3650d.", example: "30d"),
        ])

    static let statePath = Form.text(
        "path", "(?!-$|:|file:)[^\\x00-\\x1f\\x7f]{0,4095}[^\\x00-\\x1f\\x7f/]",
        types: ["string", "number", "boolean"],
        expected: "the path of a file")
}
