import Foundation
import TestSupport
import Testing

/// What the preloaded library (`Tests/Counters`) counts on the thread of the program's one worker.
///
/// The library writes into a file that both map or read, so that the counts are there at any time while the program
/// runs.
final class Counters {
    /// How often each function was called.
    struct Counts {
        let calls: [String: Int]

        subscript(name: String) -> Int { calls[name] ?? 0 }

        static func - (later: Counts, earlier: Counts) -> Counts {
            Counts(calls: later.calls.merging(earlier.calls, uniquingKeysWith: -).filter { $0.value != 0 })
        }
    }

    /// One way on which a function was called: return addresses, the innermost first.
    struct Way {
        let function: String
        let count: Int
        let frames: [UInt]
    }

    private static let nameByteCount = 64
    private static let frameCount = 8
    private static let wordByteCount = 8
    /// Words before the counts: how many functions, whether it records, whether it waits, ways that found no place.
    private static let headWordCount = 4

    let path: String
    private let file: FileHandle
    private var names: [String] = []

    /// A file in `folder`, which the library fills when the program starts.
    init(in folder: Scratch) throws {
        path = try folder.write("counters", "")
        let handle = FileHandle(forUpdatingAtPath: path)
        file = try #require(handle)
    }

    /// For the program that is to be counted.
    var environment: [String] {
        ["LD_PRELOAD=\(CountedProgram.folder)/libcounters.so", "PORTCULLIS_COUNTERS=\(path)"]
    }

    /// The counts once the worker waits and `isDone`: whatever the test has seen an effect of has been done then.
    func whenWaiting(_ isDone: (Counts) -> Bool = { _ in true }) throws -> Counts {
        try eventually("the worker waits") {
            try read().flatMap { $0.isWaiting && isDone($0.counts) ? $0.counts : nil }
        }
    }

    private func read() throws -> (counts: Counts, isWaiting: Bool)? {
        if names.isEmpty {
            let functionCount = try words(at: 0, count: 1).first ?? 0
            guard functionCount > 0 else { return nil }
            let offset = (Self.headWordCount + Int(functionCount)) * Self.wordByteCount
            let text = try bytes(at: offset, count: Int(functionCount) * Self.nameByteCount)
            names = stride(from: 0, to: text.count, by: Self.nameByteCount).map { start in
                String(decoding: text[start..<start + Self.nameByteCount].prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        let words = try words(at: 0, count: Self.headWordCount + names.count)
        let counts = zip(names, words.dropFirst(Self.headWordCount)).map { ($0, Int($1)) }
        return (Counts(calls: Dictionary(uniqueKeysWithValues: counts)), words[2] == 1)
    }

    /// Runs `body` while the library also notes who calls.
    func ways(while body: () throws -> Void) throws -> [Way] {
        try setRecording(1)
        try body()
        _ = try whenWaiting()
        try setRecording(0)
        let start = (Self.headWordCount + names.count) * Self.wordByteCount + names.count * Self.nameByteCount
        let end = try file.seekToEnd()
        let words = try words(at: start, count: (Int(end) - start) / Self.wordByteCount)
        return stride(from: 0, to: words.count, by: 2 + Self.frameCount).compactMap { way in
            guard words[way] > 0 else { return nil }
            let frames = words[(way + 2)..<(way + 2 + Self.frameCount)].prefix { $0 != 0 }
            return Way(
                function: names[Int(words[way]) - 1], count: Int(words[way + 1]), frames: frames.map { UInt($0) })
        }
    }

    private func setRecording(_ value: UInt8) throws {
        try file.seek(toOffset: UInt64(Self.wordByteCount))
        try file.write(contentsOf: [value])
    }

    private func words(at offset: Int, count: Int) throws -> [UInt64] {
        let bytes = try bytes(at: offset, count: count * Self.wordByteCount)
        return stride(from: 0, to: bytes.count, by: Self.wordByteCount).map { start in
            bytes[start..<start + Self.wordByteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        try file.seek(toOffset: UInt64(offset))
        let bytes = [UInt8](try file.read(upToCount: count) ?? Data())
        return bytes.count == count ? bytes : [UInt8](repeating: 0, count: count)
    }
}

/// The program that can be counted: the release, linked dynamically, which `make counted` builds.
enum CountedProgram {
    static let folder = PackageFiles.root + "/.build/counted"
    static let path = folder + "/portcullis"

    #if arch(x86_64)
        static let isCountable = true
    #else
        static let isCountable = false
    #endif

    /// Why it cannot be run; `nil` when it can.
    static func fault() throws -> String? {
        guard let stamp = date(folder + "/stamp") else {
            return "\(folder) holds no program that can be counted: `make counted` builds it, and so does `make test`"
        }
        let sources = ["Sources", "Tests/Counters"].flatMap { PackageFiles.files(below: $0) } + ["Package.swift"]
        let newer = sources.first { file in date("\(PackageFiles.root)/\(file)").map { $0 > stamp } ?? false }
        return newer.map { "\(path) is older than \($0): `make counted` builds it, and so does `make test`" }
    }

    private static func date(_ path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
}
