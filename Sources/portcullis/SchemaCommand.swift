import ArgumentParser
import ConfigurationFiles

/// `portcullis schema KIND`: the JSON Schema of a kind of file, for `make manual`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of a kind of file.", shouldDisplay: false)

    @Argument(help: "service, protocol or policy.", transform: kind)
    var kind: ConfigurationLanguage.FileKind

    func run() {
        print(ConfigurationLanguage.schema(of: kind), terminator: "")
    }

    private static func kind(_ text: String) throws -> ConfigurationLanguage.FileKind {
        guard let kind = ConfigurationLanguage.FileKind(rawValue: text) else {
            throw ValidationError("there is no schema '\(text)': service, protocol and policy are there")
        }
        return kind
    }
}
