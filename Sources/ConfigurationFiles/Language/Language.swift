/// Every key that a file may hold, with its form, its default and an example.
///
/// The readers say what a key does; this says it to people and to editors: the JSON Schemas and the reference page of
/// the manual are made of it. Tests hold it against the readers, so that neither knows a key that the other does not.
enum Language {
    static let version = Form(
        shown: "`1`", schema: [("type", .texts(["integer", "string"])), ("enum", .array([.number(1), .text("1")]))])
    static let modes = Form.words(["enforce", "shadow"])
    static let sides = ["client", "server"]

    /// All mappings that a kind of file holds, the file itself first, and each before those within it.
    static func mappings(of file: Mapping.File) -> [Mapping] {
        var found: [Mapping] = []
        add(
            {
                switch file {
                case .service: service
                case .game: game
                case .policy: policy
                }
            }(), to: &found)
        return found
    }

    private static func add(_ mapping: Mapping, to found: inout [Mapping]) {
        guard !found.contains(where: { $0.name == mapping.name }) else { return }
        found.append(mapping)
        for inner in (mapping.keys.map(\.form) + [mapping.others?.form].compactMap { $0 }).flatMap(\.mappings) {
            add(inner, to: &found)
        }
    }
}
