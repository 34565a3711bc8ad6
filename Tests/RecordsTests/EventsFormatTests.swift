import Events
import Inspection
import Records
import Reputation
import Testing
import WireBytes

@Suite("The event log")
struct EventsFormatTests {
    private func line(_ event: Event) throws -> String {
        let directory = try LogDirectory()
        try directory.recorder().record([event], leftOutCount: 0, nowUS: noonUS)
        #expect(try directory.objects().count == 1)
        return try directory.lines("events.json")[0]
    }

    @Test("a finding has all of its keys in their order")
    func finding() throws {
        #expect(
            try line(.finding(makeFinding()))
                == #"{"timestamp":"2026-05-01T12:00:00.123456Z","event_type":"finding","conn_id":"ab12","#
                + #""src_ip":"203.0.113.7","src_port":50123,"listener":"world","rule_id":1001,"#
                + #""rule_name":"packet-flood","mode":"enforce","action":"drop","score":0.2,"from":"client","#
                + #""packet":"C_CHAT","opcode":"0xc21c","bytes":40}"#)
    }

    @Test("what is not known is null, and so is a number that JSON does not have")
    func nulls() throws {
        let finding = makeFinding {
            $0.client = nil
            $0.packet = "-"
            $0.byteCount = 0
            $0.score = .nan
            $0.isShadow = true
        }
        #expect(
            try line(.finding(finding)).hasSuffix(
                #""conn_id":"ab12","src_ip":null,"src_port":null,"listener":"world","rule_id":1001,"#
                    + #""rule_name":"packet-flood","mode":"shadow","action":"drop","score":null,"from":"client","#
                    + #""packet":null,"opcode":null,"bytes":0}"#))
    }

    @Test("a ban has all of its keys in their order")
    func ban() throws {
        let record = makeBan(.extended) {
            $0.ban.address = player6
            $0.ban.subject = .network(IPNetwork(holding: player6, prefixLength: 64))
        }
        #expect(
            try line(.ban(record))
                == #"{"timestamp":"2026-05-01T12:00:00.123456Z","event_type":"ban","change":"extended","#
                + #""conn_id":"ab12","src_ip":"2001:db8:1:2::abcd","network":"2001:db8:1:2::/64","rule_id":1201,"#
                + #""rule_name":"chat-spam","mode":"enforce","origin":"rule","count":2,"remaining_s":600,"#
                + #""packet":"C_CHAT","kind":"hard","account":null,"who":null,"lifted_by":null,"evidence":null}"#)
    }

    @Test("a ban has what was to be seen, with what must not be kept left out")
    func evidence() throws {
        let full = makeBan { $0.evidence = makeEvidence() }
        #expect(
            try line(.ban(full)).hasSuffix(
                #""lifted_by":null,"evidence":{"listener":"world","src_port":50123,"phase":"play","#
                    + #""opcode":"0xc21c","bytes":40,"excerpt":"28001cc200000000ff","redacted":[[4,8]],"#
                    + #""detail":"field 'name' is too long","age_us":65000999,"bytes_in":4096,"bytes_out":90000,"#
                    + #""packets_in":120,"packets_out":900,"dropped_in":7,"dropped_out":0,"scores":["#
                    + #"{"timestamp":"2026-05-01T11:59:00.000000Z","rule_id":1001,"rule_name":"packet-flood","#
                    + #""points":15.0,"score":15.0},"#
                    + #"{"timestamp":"2026-05-01T12:00:00.000000Z","rule_id":1201,"rule_name":"chat-spam","#
                    + #""points":6.5,"score":20.5}]}}"#))
        let bare = makeBan { $0.evidence = Evidence(listener: "world", connection: "ab12", client: nil) }
        #expect(
            try line(.ban(bare)).hasSuffix(
                #""evidence":{"listener":"world","src_port":null,"phase":null,"opcode":null,"bytes":0,"excerpt":"","#
                    + #""redacted":[],"detail":null,"age_us":0,"bytes_in":0,"bytes_out":0,"packets_in":0,"#
                    + #""packets_out":0,"dropped_in":0,"dropped_out":0,"scores":[]}}"#))
    }

    @Test("an operator's ban names no rule and no connection, that of an account its name, and none has an end")
    func operatorsBan() throws {
        let account = try #require(AccountName("b\"ob"))
        let record = makeBan(.lifted) {
            $0.ban.subject = .account(account)
            $0.ban.address = nil
            $0.ban.kind = .soft
            $0.remainingSeconds = nil
            $0.who = "carol"
            $0.ban.cause = BanCause(
                origin: .operator, ruleID: 0, ruleName: "sold gold", packet: "-", connection: "-", who: "alice")
        }
        #expect(
            try line(.ban(record))
                == #"{"timestamp":"2026-05-01T12:00:00.123456Z","event_type":"ban","change":"lifted","#
                + #""conn_id":null,"src_ip":null,"network":null,"rule_id":null,"rule_name":"sold gold","#
                + #""mode":"enforce","origin":"operator","count":2,"remaining_s":null,"packet":null,"kind":"soft","#
                + #""account":"b\"ob","who":"alice","lifted_by":"carol","evidence":null}"#)
    }

    @Test("an operator's command has all of its keys in their order")
    func command() throws {
        #expect(
            try line(.operatorAction(makeCommand()))
                == #"{"timestamp":"2026-05-01T12:00:00.123456Z","event_type":"operator","who":"alice","#
                + #""command":"allow","subject":"203.0.113.0/24","text":"2 bans lifted; our office"}"#)
    }

    @Test("an attack has all of its keys in their order")
    func attack() throws {
        let began = UnderAttackRecord(
            wallUS: noonUS, listener: "world", change: .began, measure: .new, count: 201, threshold: 200,
            limits: "siege")
        #expect(
            try line(.underAttack(began)).hasSuffix(
                #""event_type":"under_attack","change":"began","listener":"world","limits":"siege","by":"new","#
                    + #""count":201,"threshold":200,"lasted_s":0,"who":null}"#))
        #expect(began.notice.text == "world: 201 new connections, more than 200; strangers are held to siege")
        let ended = UnderAttackRecord(
            wallUS: noonUS, listener: "world", change: .ended, measure: .operator, lastedSeconds: 9, limits: "siege",
            who: "uid=0")
        #expect(
            try line(.underAttack(ended)).hasSuffix(
                #""change":"ended","listener":"world","limits":"siege","by":"operator","count":0,"threshold":0,"#
                    + #""lasted_s":9,"who":"uid=0"}"#))
        #expect(ended.notice.text == "world: after 9 s, by hand by uid=0")
    }

    @Test("a connection has all of its keys in their order")
    func connection() throws {
        #expect(
            try line(.connection(makeConnection()))
                == #"{"timestamp":"2026-05-01T12:00:00.123456Z","event_type":"connection","conn_id":"ab12","#
                + #""src_ip":"203.0.113.7","src_port":50123,"peer_ip":"10.0.0.5","peer_port":41000,"#
                + #""accepted":"2026-05-01T11:58:55.122457Z","listener":"world","pool":"arena","#
                + #""dest_ip":"127.0.0.1","dest_port":10001,"connect_us":3210,"duration_us":65000999,"#
                + #""bytes_in":4096,"bytes_out":90000,"packets_in":120,"packets_out":900,"dropped_in":7,"#
                + #""dropped_out":0,"termination":"RE","reason":"rule","rule_id":1001,"#
                + #""rule_name":"packet-flood","open":17}"#)
        let bare = makeConnection {
            $0.connectUS = -1
            $0.ruleID = nil
            $0.ruleName = nil
            $0.server = nil
        }
        let text = try line(.connection(bare))
        #expect(text.contains(#""dest_ip":null,"dest_port":null,"connect_us":null,"#))
        #expect(text.contains(#""rule_id":null,"rule_name":null,"#))
    }

    @Test("a notice has all of its keys in their order")
    func noticeLine() throws {
        #expect(
            try line(.notice(notice))
                == #"{"timestamp":"2026-05-01T12:00:00.123456Z","event_type":"notice","level":"INFO","#
                + #""name":"started","text":"2 workers listen: world 0.0.0.0:7801"}"#)
    }
}
