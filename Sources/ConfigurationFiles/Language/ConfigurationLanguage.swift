/// What the files of an operator may hold, for editors and people.
public enum ConfigurationLanguage {
    /// The kinds of files that have a schema.
    public enum FileKind: String, CaseIterable, Sendable {
        /// `portcullis.yaml`.
        case service
        /// `protocols/NAME.yaml`.
        case `protocol`
        /// `policies/NAME.yaml`.
        case policy
    }

    /// The page of the manual that lists every key, ending in a line break.
    public static var referencePage: String { ReferencePage().text }

    /// The JSON Schema of a kind of file, ending in a line break.
    public static func schema(of kind: FileKind) -> String {
        let file: Mapping.File =
            switch kind {
            case .service: .service
            case .protocol: .game
            case .policy: .policy
            }
        return SchemaDocument(file: file).json.pretty + "\n"
    }
}
