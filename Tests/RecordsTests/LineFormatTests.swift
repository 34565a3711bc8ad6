import Events
import Inspection
import Records
import Reputation
import Testing
import WireBytes

@Suite("The lines of the logs")
struct LineFormatTests {
    /// What one event becomes in one log.
    private func lines(_ event: Event, in log: String) throws -> [String] {
        let directory = try LogDirectory()
        try directory.recorder().record([event], leftOutCount: 0, nowUS: noonUS)
        return try directory.lines(log)
    }

    @Test("a finding is a Found line with what was found where")
    func found() throws {
        #expect(
            try lines(.finding(makeFinding()), in: "bans.log") == [
                "2026-05-01 12:00:00,123 portcullis.actions [4711]: NOTICE [rule-1001] Found 203.0.113.7 "
                    + "action=drop score=0.2 packet=C_CHAT bytes=40 from=client listener=world "
                    + "reason=\"packet-flood\" conn=ab12"
            ])
    }

    @Test(
        "a shadowed rule's finding says what it would have done",
        arguments: [
            ("log", "WouldLog"), ("rewrite", "WouldRewrite"), ("drop", "WouldDrop"), ("delay", "WouldDelay"),
            ("close", "WouldClose"),
            ("ban", "WouldBan"), ("pass", "WouldPass"), ("\nBan 1.2.3.4", "WouldLog"),
        ])
    func shadow(action: String, verb: String) throws {
        let finding = makeFinding {
            $0.action = action
            $0.isShadow = true
        }
        let line = try #require(try lines(.finding(finding), in: "bans.log").first)
        #expect(line.contains(" NOTICE [rule-1001] \(verb) 203.0.113.7 action="))
    }

    @Test("a packet without a name is shown by its opcode, and none at all by a dash; whole scores have no fraction")
    func unnamed() throws {
        let unknown = makeFinding {
            $0.packet = "-"
            $0.opcode = 0xDEAD_BEEF_DEAD_BEEF
            $0.score = 5
        }
        #expect(
            try lines(.finding(unknown), in: "bans.log")[0].contains(" score=5 packet=0xdeadbeefdeadbeef bytes=40 "))
        let none = makeFinding {
            $0.packet = "-"
            $0.byteCount = 0
            $0.client = nil
        }
        #expect(
            try lines(.finding(none), in: "bans.log")[0].contains(" Found - action=drop score=0.2 packet=- bytes=0 "))
    }

    @Test("a ban's lines name the address, how long, how often, what and who")
    func bans() throws {
        let start = "2026-05-01 12:00:00,123 portcullis.actions [4711]: NOTICE [rule-1201] "
        let end = " count=2 packet=C_CHAT reason=\"chat-spam\" by=rule conn=ab12"
        #expect(try lines(.ban(makeBan(.began)), in: "bans.log") == [start + "Ban 203.0.113.7 for=600s" + end])
        #expect(try lines(.ban(makeBan(.extended)), in: "bans.log") == [start + "Extend 203.0.113.7 for=600s" + end])
        #expect(try lines(.ban(makeBan(.ended)), in: "bans.log") == [start + "Unban 203.0.113.7" + end])
    }

    @Test("a ban of an IPv6 prefix shows the full address that caused it, and the prefix")
    func prefix() throws {
        let record = makeBan {
            $0.ban.address = player6
            $0.ban.subject = .network(IPNetwork(holding: player6, prefixLength: 64))
            $0.ban.cause.origin = .ladder
        }
        #expect(
            try lines(.ban(record), in: "bans.log") == [
                "2026-05-01 12:00:00,123 portcullis.actions [4711]: NOTICE [rule-1201] Ban 2001:db8:1:2::abcd for=600s "
                    + "count=2 packet=C_CHAT reason=\"chat-spam\" by=ladder conn=ab12 net=2001:db8:1:2::/64"
            ])
    }

    @Test("what is not as with most bans stands at the end: soft, who decided, who lifted, and the account")
    func endings() throws {
        func end(
            _ change: BanRecord.Change = .began, _ adjust: (inout BanRecord) throws -> Void
        ) throws -> Substring {
            var record = makeBan(change)
            try adjust(&record)
            let line = try lines(.ban(record), in: "bans.log")[0]
            return line[try #require(line.range(of: "NOTICE ")).upperBound...]
        }
        let middle = "count=2 packet=C_CHAT reason=\"chat-spam\""
        #expect(
            try end { $0.ban.kind = .soft }
                == "[rule-1201] Ban 203.0.113.7 for=600s \(middle) by=rule conn=ab12 kind=soft")
        #expect(
            try end {
                $0.ban.kind = .soft
                $0.ban.subject = .network(IPNetwork(holding: player.address, prefixLength: 96 + 24))
                $0.ban.cause.origin = .network
            }
                == "[rule-1201] Ban 203.0.113.7 for=600s \(middle) by=network conn=ab12 net=203.0.113.0/24 kind=soft")
        #expect(
            try end(.restored) {
                $0.remainingSeconds = nil
                $0.ban.cause = BanCause(
                    origin: .operator, ruleID: 0, ruleName: "sold \"gold\"", packet: "-", connection: "-", who: "alice")
            }
                == "[operator] Restore 203.0.113.7 for=forever count=2 packet=- reason=\"sold \\x22gold\\x22\" "
                + "by=operator conn=- who=\"alice\"")
        #expect(
            try end(.lifted) { $0.who = "bob (uid 1000)" }
                == "[rule-1201] Unban 203.0.113.7 \(middle) by=rule conn=ab12 lifted_by=\"bob (uid 1000)\"")
        #expect(
            try end {
                $0.ban.subject = .account(try #require(AccountName("bob")))
                $0.ban.cause.origin = .imported
                $0.ban.cause.who = "alice"
            }
                == "[import] Ban - for=600s \(middle) by=import conn=ab12 account=\"bob\" address=203.0.113.7 "
                + "who=\"alice\"")
        #expect(
            try end {
                $0.ban.subject = .account(try #require(AccountName("bob")))
                $0.ban.address = nil
            }
                == "[rule-1201] Ban - for=600s \(middle) by=rule conn=ab12 account=\"bob\"")
    }

    @Test("what an operator does is a line with what, on whom, and who did it")
    func command() throws {
        let start = "2026-05-01 12:00:00,123 portcullis.actions [4711]: NOTICE [operator] Command "
        #expect(
            try lines(.operatorAction(makeCommand()), in: "bans.log") == [
                start + "203.0.113.0/24 command=allow who=\"alice\" text=\"2 bans lifted; our office\""
            ])
        let empty = makeCommand {
            $0.subject = ""
            $0.text = ""
        }
        #expect(
            try lines(.operatorAction(empty), in: "bans.log") == [start + "- command=allow who=\"alice\" text=\"\""])
    }

    @Test("a ban that no rule decided names who did", arguments: [BanCause.Origin.operator, .imported, .list])
    func withoutRule(origin: BanCause.Origin) throws {
        let line = try lines(.ban(makeBan { $0.ban.cause.origin = origin }), in: "bans.log")[0]
        #expect(line.contains(" NOTICE [\(origin.rawValue)] Ban "))
        #expect(line.contains(" by=\(origin.rawValue) "))
    }

    @Test("a connection is one line with everything that is known when it ends")
    func connection() throws {
        #expect(
            try lines(.connection(makeConnection()), in: "connections.log") == [
                "2026-05-01 12:00:00,123 portcullis.connections [4711]: client=203.0.113.7:50123 peer=10.0.0.5:41000 "
                    + "accepted=2026-05-01T11:58:55.122457Z listener=world pool=arena server=127.0.0.1:10001 "
                    + "connect_ms=3 total_ms=65000 bytes_in=4096 bytes_out=90000 packets_in=120 packets_out=900 "
                    + "dropped_in=7 dropped_out=0 end=RE reason=rule rule=1001 rule_name=\"packet-flood\" open=17 "
                    + "conn=ab12"
            ])
    }

    @Test("a connection that never came anywhere has the same keys, with dashes")
    func emptyConnection() throws {
        let record = makeConnection {
            $0.client = nil
            $0.server = nil
            $0.peer = Endpoint(player6, port: 1)
            $0.pool = ""
            $0.connectUS = -1
            $0.acceptedWallUS = noonUS + 1
            $0.termination = Termination(cause: .deadline, stage: .proxyHeader, reason: .proxyHeaderTimeout)
            $0.ruleID = nil
            $0.ruleName = nil
        }
        #expect(
            try lines(.connection(record), in: "connections.log")[0].contains(
                "]: client=- peer=[2001:db8:1:2::abcd]:1 accepted=2026-05-01T12:00:00.123457Z listener=world pool=- "
                    + "server=- connect_ms=-1 total_ms=0 bytes_in="))
        #expect(
            try lines(.connection(record), in: "connections.log")[0].hasSuffix(
                " end=TP reason=proxy-header-timeout rule=- rule_name=- open=17 conn=ab12"))
    }

    @Test("a notice goes to stderr and to the events, not to the ban log")
    func notices() throws {
        let directory = try LogDirectory()
        try directory.recorder().record([.notice(notice)], leftOutCount: 0, nowUS: noonUS)
        #expect(
            try directory.lines("stderr") == [
                "2026-05-01 12:00:00,123 portcullis [4711]: INFO started 2 workers listen: world 0.0.0.0:7801"
            ])
        #expect(try directory.lines("bans.log").isEmpty)
        #expect(try directory.objects().count == 1)
    }
}
