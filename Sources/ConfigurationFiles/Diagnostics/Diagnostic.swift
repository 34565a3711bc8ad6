/// Something wrong in a file the operator wrote.
///
/// Holds data only; `DiagnosticRenderer` makes text of it.
public struct Diagnostic: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        /// The file is not used.
        case error
        /// The file works, but hardly as meant.
        case warning
    }

    /// How bad it is.
    public let severity: Severity
    /// What kind of mistake it is; stable over versions.
    public let code: DiagnosticCode
    /// The file, as its path was given.
    public let file: String
    /// 1-based; 0 when the mistake has no place inside the file.
    public let line: Int
    /// 1-based, in characters; 0 when the mistake has no place inside the file.
    public let column: Int
    /// Characters to underline, at least 1.
    public let length: Int
    /// One sentence without a full stop.
    public let message: String
    /// What would be right.
    public let help: String?
    /// The known name that is nearest to what was written.
    public let suggestion: String?

    /// Puts the parts together.
    public init(
        severity: Severity = .error, code: DiagnosticCode, file: String, line: Int = 0, column: Int = 0,
        length: Int = 1, message: String, help: String? = nil, suggestion: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.length = length
        self.message = message
        self.help = help
        self.suggestion = suggestion
    }

    /// The code as shown, for example `C012`.
    public var id: String { code.id }
}

extension Diagnostic: Comparable {
    /// By file, line and column, then by code.
    public static func < (one: Diagnostic, other: Diagnostic) -> Bool {
        (one.file, one.line, one.column, one.code.rawValue, one.message)
            < (other.file, other.line, other.column, other.code.rawValue, other.message)
    }
}
