import FoundationEssentials

/// JSON as this API writes and reads it: keys in a fixed order, so that equal answers are equal bytes.
public enum ControlJSON {
    /// A value as bytes.
    public static func bytes(_ value: some Encodable, isPretty: Bool = false) throws(ControlError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw ControlError(.failed, "the answer cannot be written: \(error)")
        }
    }

    /// A value from bytes.
    ///
    /// - Throws: ``ControlError/Code/badRequest`` with the place of what does not fit.
    public static func value<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(ControlError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as ControlError {
            throw error
        } catch let error as DecodingError {
            throw ControlError(.badRequest, explanation(of: error))
        } catch {
            throw ControlError(.badRequest, "the body is no JSON")
        }
    }

    /// `{"error": {"code": …, "message": …}}`.
    static func errorBytes(_ error: ControlError) -> [UInt8] {
        let reply = ErrorReply(error: ErrorReply.Content(code: error.code.rawValue, message: error.message))
        // Two texts can always be written.
        return (try? bytes(reply)) ?? Array(#"{"error":{"code":"failed","message":""}}"#.utf8)
    }

    private static func explanation(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "\(place(context.codingPath))the field '\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(place(context.codingPath))another type was expected"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "the body is no JSON" : "\(place(context.codingPath))\(context.debugDescription)"
        @unknown default: "the body does not fit"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "" }
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return "\(SubjectText.shown(text)): "
    }
}

/// The body of every answer that is no success.
struct ErrorReply: Codable {
    struct Content: Codable {
        var code: String
        var message: String
    }

    var error: Content
}
