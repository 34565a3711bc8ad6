import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Rotation", .enabled(if: Tools.find("logrotate") != nil, "logrotate is not installed"))
    struct RotationTests {
        /// The shipped file, for the logs of one relay.
        private func writeConfiguration(for relay: Relay, in folder: Scratch) throws -> String {
            let shipped = try PackageFiles.text("packaging/logrotate/portcullis")
            let text = shipped.replacing("/var/log/portcullis/", with: relay.folder.path + "/")
            // logrotate wants files and folders that nobody else can write to.
            chmod(relay.folder.path, 0o755)
            let path = try folder.write("logrotate.conf", text)
            chmod(path, 0o644)
            return path
        }

        /// All lines of a log, those of rotated and of compressed files too.
        private func lines(of log: String, in folder: String) throws -> [Substring] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(log) }
            return try names.flatMap { name -> [Substring] in
                // What is not compressed passes as it is.
                let (code, text, words) = try Child.run("/bin/gzip", ["-dcf", "\(folder)/\(name)"])
                guard code == 0 else { throw TooLate(description: "gzip says \(words)") }
                return text.split(separator: "\n")
            }
        }

        @Test("of what happens while logrotate works, with the shipped file, no line is lost and none is there twice")
        func nothingLost() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, service: "  rate: 1000000/s", workers: 2)
            // Writes elsewhere, and must not be signalled.
            let other = try Relay(to: server.port)
            let folder = try Scratch()
            let configuration = try writeConfiguration(for: relay, in: folder)
            var visitCount = 0
            func visit() throws {
                let player = try relay.connect()
                let game = try server.accept()
                player.finish()
                game.finish()
                _ = try player.receiveAll()
                visitCount += 1
            }
            let rotationCount = 6
            for rotation in 1...rotationCount {
                for _ in 0..<40 { try visit() }
                // An empty file is not rotated.
                try eventually("a line in each log") {
                    relay.connections.isEmpty || relay.folder.text("events.json").isEmpty ? nil : true
                }
                let logrotate = try #require(Tools.find("logrotate"))
                let child = try Child(logrotate, ["--force", "--state", folder.path + "/state", configuration])
                while child.process.isRunning { try visit() }
                #expect(try child.exitCode() == 0, "\(child.err)")
                try relay.waitFor(notice: "logs-reopened", count: rotation)
            }
            #expect(try relay.stop() == 0)
            #expect(try other.stop() == 0)
            for log in ["connections.log", "events.json"] {
                let lines = try lines(of: log, in: relay.folder.path)
                let ends = lines.filter { $0.contains(log == "events.json" ? #""event_type":"connection""# : " end=") }
                #expect(ends.count == visitCount, "\(log): \(visitCount) visits")
                #expect(Set(ends).count == visitCount, "\(log): each once")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: relay.folder.path)
            #expect(names.count { $0.hasPrefix("connections.log") } == rotationCount + 1)
            #expect(names.count { $0.hasPrefix("connections.log") && $0.hasSuffix(".gz") } == rotationCount - 1)
            #expect(relay.child.err.split(separator: "\n").count { $0.contains(" logs-reopened ") } == rotationCount)
            #expect(!other.child.err.contains(" logs-reopened "))
        }
    }
}
