import Foundation
import TestSupport
import Testing

@testable import Demonstration

@Suite("The demonstration's files")
struct FolderTests {
    @Test("the rules are found where the operator says, and nowhere else then")
    func rules() throws {
        let shipped = try RulesFolder.find(given: PackageFiles.root + "/rules")
        #expect(shipped.hasSuffix("/rules"))
        #expect(throws: SetupFailure.self) { try RulesFolder.find(given: "/nowhere") }
        #expect(throws: SetupFailure.self) { try RulesFolder.find(given: PackageFiles.root) }
    }

    @Test("the folder of the logs goes with its owner, unless it is kept")
    func logFolder() throws {
        var folder: LogFolder? = try LogFolder(isKept: false)
        let path = try #require(folder?.path)
        #expect(folder?.note == "logs in \(path) until it ends (--keep keeps them)")
        try folder?.write("x", to: "bans.log")
        #expect(FileManager.default.fileExists(atPath: path))
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))

        folder = try LogFolder(isKept: true)
        let kept = try #require(folder?.path)
        #expect(folder?.note == "logs in \(kept)")
        folder = nil
        #expect(FileManager.default.fileExists(atPath: kept))
        try FileManager.default.removeItem(atPath: kept)
    }

    @Test("the tail of a log keeps the last lines that are wanted, whole")
    func tail() throws {
        let folder = try LogFolder(isKept: false)
        try folder.write("one\n", to: "bans.log")
        var tail = try LogTail(path: folder.path + "/bans.log", lineCountMax: 2)
        defer { tail.finish() }
        tail.read { _ in true }
        #expect(tail.lines == ["one"])
        try folder.write("two\nskip\nthr", to: "bans.log")
        tail.read { $0 != "skip" }
        #expect(tail.lines == ["one", "two"])
        try folder.write("ee\n", to: "bans.log")
        tail.read { _ in true }
        #expect(tail.lines == ["two", "three"])
    }
}
