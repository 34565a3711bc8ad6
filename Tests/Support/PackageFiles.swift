import Foundation

/// The package's own files, found from where this one was compiled.
public enum PackageFiles {
    /// The directory that holds Package.swift, without a slash at the end.
    public static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// The bytes of one file.
    ///
    /// - Parameter path: from the package's root, such as `Tests/Fixtures/openttd.pcap`.
    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))
    }

    /// The text of one file.
    ///
    /// - Parameter path: from the package's root.
    public static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// Whether a directory has this path; a path that leads nowhere is none.
    ///
    /// - Parameter path: from the package's root.
    public static func isDirectory(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")[.type] as? FileAttributeType)
            == .typeDirectory
    }

    /// The names that stand directly in a directory, in order of the alphabet.
    ///
    /// - Parameter path: from the package's root; empty for the root itself.
    public static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)").sorted()
    }

    /// The paths of all files below a directory, from the package's root, in order of the alphabet.
    ///
    /// Hidden files, and whatever stands in hidden directories, are left out.
    public static func files(below path: String) -> [String] {
        guard let all = FileManager.default.enumerator(atPath: "\(root)/\(path)") else { return [] }
        var found: [String] = []
        for case let name as String in all {
            if name.split(separator: "/").contains(where: { $0.hasPrefix(".") || $0 == "__pycache__" }) { continue }
            if all.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
                found.append("\(path)/\(name)")
            }
        }
        return found.sorted()
    }
}
