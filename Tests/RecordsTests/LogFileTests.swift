import Events
import Foundation
import Glibc
import Records
import Settings
import Testing

@Suite("The log files")
struct LogFileTests {
    @Test("logs are appended to, and new ones are for their owner and group only")
    func appends() throws {
        let directory = try LogDirectory()
        try directory.recorder().record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
        try directory.recorder().record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
        #expect(try directory.lines("bans.log").count == 2)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/bans.log")
        let mode = try #require(attributes[.posixPermissions] as? Int)
        #expect(mode & ~0o640 == 0)
    }

    @Test("no path, no log")
    func none() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder { $0 = LogSettings() }
        recorder.record([.ban(makeBan()), .connection(makeConnection())], leftOutCount: 3, nowUS: noonUS)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["stderr"])
    }

    @Test("renaming the files and opening them anew loses no line and mixes none")
    func rotates() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder()
        for round in 0..<5 {
            for step in 0..<20 {
                let record = makeBan { $0.ban.number = UInt32(round * 20 + step) }
                recorder.record([.ban(record)], leftOutCount: 0, nowUS: noonUS)
                if step == 10 {
                    try FileManager.default.moveItem(
                        atPath: directory.path + "/bans.log", toPath: directory.path + "/bans.log.\(round)")
                }
            }
            recorder.reopen(nowUS: noonUS)
        }
        let counts = try (0..<5).map { try directory.lines("bans.log.\($0)") } + [try directory.lines("bans.log")]
        #expect(counts.map(\.count) == [20, 20, 20, 20, 20, 0])
        let numbers = counts.joined().compactMap { $0.firstMatch(of: /count=(\d+)/).flatMap { Int($0.1) } }
        #expect(numbers == Array(0..<100))
    }

    @Test("a log that cannot be opened anew keeps its old file, and stderr says so")
    func reopenFails() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder {
            $0.connections = nil
            $0.events = nil
        }
        try FileManager.default.moveItem(atPath: directory.path + "/bans.log", toPath: directory.path + "/old")
        try FileManager.default.createDirectory(
            atPath: directory.path + "/bans.log", withIntermediateDirectories: false)
        recorder.reopen(nowUS: noonUS)
        recorder.record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
        #expect(try directory.lines("old").count == 1)
        #expect(
            try directory.lines("stderr") == [
                "2026-05-01 12:00:00,123 portcullis [4711]: ERROR log-reopen-failed logs.bans: cannot open "
                    + "\(directory.path)/bans.log: Is a directory; the old file stays in use"
            ])
    }

    @Test("a directory that does not exist is an error at the start that names setting and path")
    func missingDirectory() throws {
        let directory = try LogDirectory()
        let path = directory.path + "/missing/events.json"
        let error = #expect(throws: LogOpenError.self) { try directory.recorder { $0.events = path } }
        #expect(error == LogOpenError(setting: "logs.events", path: path, errorNumber: ENOENT))
        #expect(
            error?.description
                == "logs.events: cannot open \(path): No such file or directory (its directory must exist)")
    }

    @Test("a path that is empty or holds a NUL is refused", arguments: ["", "/tmp/a\0b"])
    func senselessPath(path: String) throws {
        let directory = try LogDirectory()
        let error = #expect(throws: LogOpenError.self) { try directory.recorder { $0.bans = path } }
        #expect(error?.errorNumber == EINVAL)
    }

    @Test("a full disk is told once a minute with what it cost, counted, and never fatal")
    func fullDisk() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder { $0.bans = "/dev/full" }
        let batch = [Event](repeating: .ban(makeBan()), count: 3)
        for seconds in [0, 1, 59, 60, 61, 119, 120] as [Int64] {
            recorder.record(batch, leftOutCount: 0, nowUS: noonUS + seconds * 1_000_000)
        }
        let start = "ERROR log-write-failed cannot write /dev/full: No space left on device; "
        #expect(
            try directory.lines("stderr") == [
                "2026-05-01 12:00:00,123 portcullis [4711]: \(start)3 lines lost",
                "2026-05-01 12:01:00,123 portcullis [4711]: \(start)9 lines lost",
                "2026-05-01 12:02:00,123 portcullis [4711]: \(start)9 lines lost",
            ])
        #expect(recorder.counts.lostLineCount == 21)
        #expect(try directory.lines("events.json").count == 21)
    }

    @Test("a file that ends inside a line goes on with a new one")
    func endsInsideLine() throws {
        let directory = try LogDirectory()
        try "half a li".write(toFile: directory.path + "/bans.log", atomically: false, encoding: .utf8)
        let recorder = try directory.recorder()
        recorder.record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
        recorder.record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
        let lines = try directory.lines("bans.log")
        #expect(lines.count == 3)
        #expect(lines.first == "half a li")
    }

    @Test("after a write that stopped inside a line, later lines stand alone and say how many are missing")
    func partialWrite() async {
        await #expect(processExitsWith: .success) {
            let directory = try LogDirectory()
            let recorder = try directory.recorder {
                $0.events = nil
                $0.connections = nil
            }
            recorder.record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
            let lineByteCount = try directory.text("bans.log").utf8.count
            // Room for one more line and a half; beyond it a write fails with EFBIG instead of a signal.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: UInt(lineByteCount * 5 / 2), rlim_max: .max)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            recorder.record([Event](repeating: .ban(makeBan()), count: 4), leftOutCount: 0, nowUS: noonUS)
            recorder.record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
            // The line that says what is missing does not fit either, and is made again.
            recorder.record([], leftOutCount: 0, nowUS: noonUS + 1_000_000)
            limit.rlim_cur = .max
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            #expect(recorder.counts.lostLineCount == 4)
            recorder.record([.ban(makeBan(.ended))], leftOutCount: 0, nowUS: noonUS + 2_000_000)
            let lines = try directory.lines("bans.log")
            #expect(lines.count == 5)
            #expect(lines[0] == lines[1])
            #expect(lines[0].hasPrefix(lines[2]) && !lines[2].isEmpty && lines[2] != lines[0])
            #expect(lines[3].hasSuffix("WARNING left out 4 lines"))
            #expect(lines[4].contains(" Unban "))
        }
    }

    @Test("a dash means stdout")
    func standardOutput() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let directory = try LogDirectory()
            try directory.recorder { $0.bans = "-" }.record([.ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
        }
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        #expect(text.contains(" NOTICE [rule-1201] Ban 203.0.113.7 for=600s "))
    }
}
