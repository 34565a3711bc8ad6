import Foundation
import Testing

/// A condition did not come about in time.
struct TooLate: Error, CustomStringConvertible {
    let description: String
}

/// Asks until there is an answer.
///
/// - Parameters:
///   - what: for the failure's text, with what is there instead.
///   - seconds: generous, because it only passes when something is wrong.
@discardableResult
func eventually<Answer>(
    _ what: @autoclosure () -> String, seconds: Double = 15, _ condition: () throws -> Answer?
) throws -> Answer {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
        if let answer = try condition() { return answer }
        guard Date() < deadline else { throw TooLate(description: "not within \(seconds) s: \(what())") }
        usleep(5_000)
    }
}

/// A folder that lasts as long as the value.
final class Scratch {
    let path = NSTemporaryDirectory() + "portcullis-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, bytes: Array(text.utf8))
    }

    @discardableResult
    func write(_ name: String, bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// The text of a file, empty while there is none.
    func text(_ name: String) -> String {
        let data = FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
