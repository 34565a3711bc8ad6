import ControlPlane
import Foundation

/// Answers in which every field has a value, and one in which none has that may have none.
enum Example {
    static func decoded<Value: Decodable>(_ text: String) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            fatalError("an example that does not decode: \(error)")
        }
    }

    static let status = """
        {"allowed":2,"bans":3,"bans_total":40,"connections":{"accepted":90,"closed":60,"open":20,"refused":10},\
        "draining":false,"evictions":5,"fallback_buckets":6,"kernel":{"entries":8,"problem":null,\
        "table":"portcullis","up":true},"listeners":[{"bind":"0.0.0.0:7801","name":"world","open":20,\
        "under_attack":true,\
        "under_attack_order":"auto"}],"process_id":42,"remembered":7,\
        "started":"2026-05-01T12:00:00.000000Z","state":{"file":"/var/lib/portcullis/state.db","problem":null,\
        "up":true},"version":"0.1.0"}
        """

    static func ban(_ subject: String, who: String) -> String {
        """
        {"address":null,"connection":null,"kind":"hard","number":1,"origin":"operator","packet":null,"reason":"",\
        "remaining_seconds":null,"rule_id":0,"since":"2026-05-01T12:00:00.000000Z","subject":"\(subject)",\
        "until":null,"who":"\(who)"}
        """
    }

    static let fullBan = """
        {"address":"203.0.113.7","connection":"3f2a:17","kind":"hard","number":3,"origin":"rule",\
        "packet":"C_RANKING","reason":"ranking-crash","remaining_seconds":2800,"rule_id":2002,\
        "since":"2026-05-01T12:00:00.000000Z","subject":"203.0.113.7","until":"2026-05-01T13:00:00.000000Z","who":null}
        """

    static let point = """
        {"at":"2026-05-01T11:59:00.000000Z","points":5,"rule":"framing","rule_id":1,"score":5}
        """

    static let why = """
        {"allowed":null,"as_of":"2026-05-01T12:13:20.000000Z","bans":[\(fullBan)],"earlier_bans":2,\
        "evidence":{"age_seconds":252.5,"at":"2026-05-01T12:00:00.000000Z","bytes":42,"client":"203.0.113.7:50123",\
        "connection":"3f2a:17","detail":"class is 13","excerpt":"1000--72a4","inbound":{"bytes":33000,"dropped":12,\
        "packets":1204},"listener":"world","opcode":42098,"outbound":{"bytes":990000,"dropped":0,"packets":8000},\
        "packet":"C_RANKING","phase":"world","trail":[\(point)]},"filed_as":"203.0.113.7",\
        "history":[{"at":"2026-04-30T11:02:00.000000Z","change":"Unban","kind":"hard","origin":"rule",\
        "reason":"ranking-crash","rule_id":2002,"subject":"203.0.113.7","until":"2026-04-30T12:02:00.000000Z",\
        "who":"alice"}],"inner_bans":0,"known_until":"2026-06-01T00:00:00.000000Z","lists":["hosting: 5 points"],\
        "more_history":true,"network_scores":[{"bans_at":40,"score":12.5,"subject":"203.0.113.0/24","trail":[]}],\
        "origin":{"asn":64496,"country":"DE","hosting":true,"organization":"Example"},\
        "score":{"bans_at":20,"score":3.25,"subject":"203.0.113.7","trail":[\(point)]},"shared":false,\
        "subject":"203.0.113.7","verdict":"banned"}
        """

    static func clear(_ subject: String) -> String {
        """
        {"allowed":null,"as_of":"2026-05-01T12:13:20.000000Z","bans":[],"earlier_bans":0,"evidence":null,\
        "filed_as":"\(subject)","history":[],"inner_bans":0,"known_until":null,"lists":[],"more_history":false,\
        "network_scores":[],"origin":null,"score":null,"shared":false,"subject":"\(subject)","verdict":"clear"}
        """
    }

    static let allowed = """
        {"added":"2026-05-01T12:00:00.000000Z","comment":"office","configured":false,"subject":"198.51.100.0/24",\
        "until":null,"who":"alice"}
        """
}

extension StatusReply {
    static var example: StatusReply { Example.decoded(Example.status) }
}

extension BanItem {
    static func example(_ subject: String, who: String) -> BanItem {
        Example.decoded(Example.ban(subject, who: who))
    }
}

extension AllowItem {
    static func example(_ subject: String) -> AllowItem {
        Example.decoded(Example.allowed.replacing("198.51.100.0/24", with: subject))
    }
}

extension WhyReply {
    static func example(_ subject: String) -> WhyReply {
        Example.decoded(subject == "203.0.113.7" ? Example.why : Example.clear(subject))
    }
}
