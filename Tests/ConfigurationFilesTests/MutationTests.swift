import ConfigurationFiles
import Foundation
import TestSupport
import Testing

@Suite("shipped files with damage")
struct MutationTests {
    /// The shipped files in a folder of their own, one of them damaged at a time.
    private struct Patient {
        let folder: ScratchFolder
        let files: [(name: String, bytes: [UInt8])]

        init() throws {
            folder = try ScratchFolder()
            files = try PackageFiles.files(below: "rules").map { path in
                (String(path.dropFirst("rules/".count)), try PackageFiles.bytes(path))
            }
            for (name, bytes) in files { try folder.write(name, bytes: bytes) }
        }
    }

    @Test("flipped bytes and lost, doubled and swapped lines never trap, and every diagnostic has a line to show")
    func damage() throws {
        let patient = try Patient()
        var changedCount = 0
        for seed in 0..<250 {
            var random = SplitMix64(seed: UInt64(seed))
            let (name, bytes) = patient.files[Int.random(in: patient.files.indices, using: &random)]
            let damaged = damage(bytes, &random)
            try patient.folder.write(name, bytes: damaged)
            let result = ConfigurationLoader.check("\(patient.folder.path)/\(name)")
            changedCount += result.diagnostics.isEmpty ? 0 : 1
            for diagnostic in result.diagnostics where diagnostic.line > 0 {
                let source = try #require(result.sources[diagnostic.file], "seed \(seed)")
                #expect(source.line(diagnostic.line) != nil, "seed \(seed)")
            }
            #expect(result.text.isEmpty == result.diagnostics.isEmpty, "seed \(seed)")
            try patient.folder.write(name, bytes: bytes)
        }
        // Most damage is noticed; what is left hits comments.
        #expect(changedCount > 100)
    }

    @Test("random bytes and random words of the language never trap")
    func noise() throws {
        let words = [
            "version: 1\n", "listeners:\n", "- ", "  ", "name: a\n", "{", "}", "[", "]", ": ", ", ", "phases:\n",
            "frame:",
            "length: u16le@0", "counts: packet", "packets:\n", "client:", "opcode:", "rules:\n", "id: 100",
            "policy: p\n",
            "protocol: g\n", "limit:", "rate: 1/s", "&a ", "*a", "!!t ", "\"", "'", "|\n", ">\n", "#", "\n", "---\n",
            "? ", "%",
            "18446744073709551616", "-1", "0x", "..", "8..", "select: u8@0", "cases:", "table: true", "preamble:",
        ]
        let folder = try ScratchFolder()
        for seed in 0..<400 {
            var random = SplitMix64(seed: UInt64(seed))
            var text = seed.isMultiple(of: 2) ? "" : "version: 1\n"
            for _ in 0..<Int.random(in: 1...60, using: &random) { text += words.randomElement(using: &random) ?? "" }
            let bytes = seed.isMultiple(of: 5) ? random.bytes(200) : Array(text.utf8)
            let file = try folder.write("s.yaml", bytes: bytes)
            #expect(!ConfigurationLoader.check(file).diagnostics.isEmpty, "seed \(seed)")
        }
    }

    private func damage(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            return bytes
        case 1:
            let words: [[UInt8]] = ["-1", "0", "99999999999999999999", "''", "[]", "{}", "~", "u8@0", ".."].map {
                Array($0.utf8)
            }
            let start = Int.random(in: bytes.indices, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0..<12, using: &random))
            bytes.replaceSubrange(start..<end, with: words.randomElement(using: &random) ?? [])
            return bytes
        default:
            var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            for _ in 0..<Int.random(in: 1...3, using: &random) where lines.count > 2 {
                let one = Int.random(in: lines.indices, using: &random)
                let other = Int.random(in: lines.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: lines.remove(at: one)
                case 1: lines.insert(lines[one], at: other)
                default: lines.swapAt(one, other)
                }
            }
            return Array(lines.joined(separator: [0x0A]))
        }
    }
}
