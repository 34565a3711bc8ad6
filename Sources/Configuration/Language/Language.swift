/// Every key that a file may hold, with its form, its default and an example.
///
/// The readers say what a key does; this says it to people and to editors: the JSON Schemas and the reference page of
/// the manual are made of it. Tests hold it against the readers, so that neither knows a key that the other does not.
enum Language {
    static let version = Form(
        shown: "`1`", schema: [("type", .texts(["integer", "string"])), ("enum", .array([.number(1), .text("1")]))])
    static let modes = Form.words(["enforce", "shadow"])
    static let sides = ["client", "server"]

    /// All mappings of one kind of file, the file itself first.
    static func mappings(of file: Mapping.File) -> [Mapping] {
        switch file {
        case .service: serviceMappings
        case .game: gameMappings
        case .policy: policyMappings
        }
    }
}
