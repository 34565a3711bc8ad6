/// Something wrong in a scenario file, or in what it expects, with its place.
public struct ScenarioMistake: Error, Equatable, Sendable {
    /// 1-based.
    public let line: Int
    /// 1-based, in characters.
    public let column: Int
    /// One sentence without a full stop.
    public let message: String
    /// What would be right.
    public let help: String?

    init(_ place: ScenarioPlace, _ message: String, help: String? = nil) {
        line = place.line
        column = place.column
        self.message = message
        self.help = help
    }
}

/// A place in a scenario file.
struct ScenarioPlace: Equatable, Sendable {
    let line: Int
    let column: Int
}
