import ConfigurationFiles
import Foundation

/// A folder of files that lasts as long as the value.
final class ScratchFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "portcullis-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, and the folders above it.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, bytes: Array(text.utf8))
    }

    @discardableResult
    func write(_ name: String, bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        let folder = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    /// What `check` says about a file or folder in here, without the folder's own path.
    func check(_ name: String = "") -> String {
        let path = name.isEmpty ? self.path : "\(self.path)/\(name)"
        return ConfigurationLoader.check(path).text.replacingOccurrences(of: self.path + "/", with: "")
    }

    /// What `check` says about one file of this text.
    static func check(_ name: String, _ text: String) throws -> String {
        let folder = try ScratchFolder()
        try folder.write(name, text)
        return folder.check(name)
    }
}
