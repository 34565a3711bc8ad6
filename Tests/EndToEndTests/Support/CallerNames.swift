import Foundation
import TestSupport

/// Return addresses of a running program in words: function, file and line.
struct CallerNames {
    private struct Mapping {
        let range: Range<UInt>
        let path: String
    }

    private let mappings: [Mapping]

    /// Reads where the program's files are mapped; asked while it runs.
    init(of process: Int32) throws {
        // To the end: the file has no size that could be asked for first.
        let bytes = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(process)/maps")).readToEnd() ?? Data()
        let text = String(decoding: bytes, as: UTF8.self)
        // 55d0c0a2b000-55d0c0a51000 r-xp 00001000 fe:01 1234   /path
        mappings = text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: " ", omittingEmptySubsequences: true)
            let bounds = cells[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard cells.count > 5, bounds.count == 2 else { return nil }
            return Mapping(range: bounds[0]..<bounds[1], path: String(cells[5]))
        }
    }

    /// One line for each frame, the innermost first.
    func lines(_ frames: [UInt]) -> [String] {
        frames.map { address in
            guard let mapping = mappings.first(where: { $0.range.contains(address) }),
                let base = mappings.first(where: { $0.path == mapping.path })?.range.lowerBound
            else { return "0x" + String(address, radix: 16) }
            // The return address is behind the call.
            let offset = "0x" + String(address - base - 1, radix: 16)
            return Self.name(offset, in: mapping.path) ?? "\((mapping.path as NSString).lastPathComponent) \(offset)"
        }
    }

    /// What addr2line, which comes with every Swift toolchain's linker, and the toolchain's demangler say.
    private static func name(_ offset: String, in path: String) -> String? {
        guard let symbolizer = Tools.find("addr2line"), let swift = Tools.find("swift"),
            let found = try? Child.run(symbolizer, ["-f", "-i", "-e", path, offset]), found.code == 0
        else { return nil }
        let lines = found.out.split(separator: "\n")
        let symbols = stride(from: 0, to: lines.count, by: 2).map { String(lines[$0]) }
        let places = stride(from: 1, to: lines.count, by: 2).map { ($0, lines[$0].split(separator: "/").last ?? "") }
        guard let first = symbols.first, first != "??",
            let demangled = try? Child.run(swift, ["demangle", "--compact", "--simplified"] + symbols)
        else { return nil }
        let names = demangled.out.split(separator: "\n")
        return zip(names, places).map { "\($0) at \($1.1)" }.joined(separator: "\n        inlined into ")
    }
}
