import Glibc

/// Why the demonstration cannot begin.
enum SetupFailure: Error, CustomStringConvertible {
    /// The shipped rules are in none of these folders.
    case rulesMissing([String])
    /// The shipped rules do not check; the text says what is wrong.
    case rulesInvalid(String)
    /// A call on a socket or thread failed with this errno.
    case socket(Int32)
    /// A file or folder cannot be made.
    case file(String, Int32)
    /// Portcullis does not start.
    case service(String)

    /// As `portcullis check` and `run` use them: 3 for rules that cannot be used, 1 for the rest.
    var exitCode: Int32 {
        switch self {
        case .rulesMissing, .rulesInvalid: 3
        case .socket, .file, .service: 1
        }
    }

    var description: String {
        switch self {
        case .rulesMissing(let folders):
            "the shipped rules are not in \(folders.joined(separator: ", nor in ")); say with --rules where they are"
        case .rulesInvalid(let text): "the rules cannot be used:\n\(text)"
        case .socket(let code): "a socket or thread cannot be made: \(Self.text(code))"
        case .file(let path, let code): "\(path) cannot be made: \(Self.text(code))"
        case .service(let text): "Portcullis does not start: \(text)"
        }
    }

    private static func text(_ code: Int32) -> String {
        // Safe: strerror's answer is NUL-ended and lives until the next call, and is copied at once.
        unsafe String(cString: strerror(code))
    }
}
