import Events
import Records
import Testing

@Suite("The limit of lines a second")
struct LineLimitTests {
    @Test("exactly the limit is written; one more is left out, and the next second says so", arguments: [10, 11])
    func limit(count: Int) throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder { $0.linesPerSecond = 10 }
        let findings = [Event](repeating: .finding(makeFinding()), count: count)
        recorder.record(findings, leftOutCount: 0, nowUS: noonUS)
        #expect(try directory.lines("bans.log").count == 10)
        recorder.record([], leftOutCount: 0, nowUS: noonUS + 800_000)
        #expect(try directory.lines("bans.log").count == 10)
        recorder.record([], leftOutCount: 0, nowUS: noonUS + 1_000_000)
        let expected = "2026-05-01 12:00:01,123 portcullis.actions [4711]: WARNING left out 1 line"
        #expect(try directory.lines("bans.log").dropFirst(10) == (count > 10 ? [expected] : []))
        #expect(recorder.counts.limitedLineCount == (count > 10 ? 2 : 0))
        #expect(try directory.lines("events.json").count == (count > 10 ? 11 : 10))
    }

    @Test("the limit holds over all batches of a second, and begins anew with the next, also one that lies before")
    func batches() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder {
            $0.linesPerSecond = 3
            $0.events = nil
        }
        for (step, us) in [0, 1, 2, 3, 1_000_000, -5_000_000].enumerated() {
            recorder.record([.finding(makeFinding())], leftOutCount: 0, nowUS: noonUS + Int64(us))
            #expect(try directory.lines("bans.log").count == [1, 2, 3, 3, 5, 6][step])
        }
    }

    @Test("what happens to bans is always written and takes nothing from the limit")
    func bansAreKept() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder { $0.linesPerSecond = 1 }
        let bans: [Event] = [.ban(makeBan(.began)), .ban(makeBan(.extended)), .ban(makeBan(.ended))]
        let events = bans + [.finding(makeFinding()), .finding(makeFinding()), .notice(notice)] + bans
        recorder.record(events, leftOutCount: 0, nowUS: noonUS)
        let verbs = try directory.lines("bans.log").map { $0.split(separator: " ")[6] }
        #expect(verbs == ["Ban", "Extend", "Unban", "Found", "Ban", "Extend", "Unban"])
        #expect(try directory.lines("events.json").count == 8)
        #expect(try directory.lines("stderr").count == 1)
    }

    @Test("each log has its own limit and its own line about it")
    func ownLimits() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder { $0.linesPerSecond = 2 }
        let events =
            (0..<2).map { _ in Event.finding(makeFinding()) } + (0..<3).map { _ in .connection(makeConnection()) }
        recorder.record(events, leftOutCount: 0, nowUS: noonUS)
        recorder.finish(nowUS: noonUS)
        #expect(try directory.lines("bans.log").count == 2)
        #expect(
            try directory.lines("connections.log").last
                == "2026-05-01 12:00:00,123 portcullis.connections [4711]: WARNING left out 1 line")
        #expect(
            try directory.lines("events.json").last
                == #"{"timestamp":"2026-05-01T12:00:00.123456Z","event_type":"left_out","lines":3,"events":0}"#)
    }

    @Test("events that the queue lost are announced in every log, at once or in the next second")
    func queueLosses() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder()
        recorder.record([], leftOutCount: 5, nowUS: noonUS)
        let expected =
            "2026-05-01 12:00:00,123 portcullis.actions [4711]: WARNING left out 0 lines, "
            + "and the queue left out 5 events"
        #expect(try directory.lines("bans.log") == [expected])
        recorder.record([], leftOutCount: 1, nowUS: noonUS + 1)
        recorder.record([], leftOutCount: 1, nowUS: noonUS + 2)
        #expect(try directory.lines("connections.log").count == 1)
        recorder.record([], leftOutCount: 0, nowUS: noonUS + 1_000_000)
        #expect(try directory.objects().map { $0["events"] as? Int } == [5, 2])
        #expect(recorder.counts.lostEventCount == 7)
    }

    @Test("a limit of nothing still writes bans", arguments: [0, -1, Int.min])
    func zero(linesPerSecond: Int) throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder { $0.linesPerSecond = linesPerSecond }
        recorder.record([.finding(makeFinding()), .ban(makeBan())], leftOutCount: 0, nowUS: noonUS)
        #expect(try directory.lines("bans.log").count == 1)
    }
}
