import ControlPlane
import Testing

@Suite("The admin API")
struct RouteTests {
    @Test("bans are put, shown, and deleted, each twice with the same end")
    func bans() throws {
        let fixture = try ServerFixture()
        for _ in 0..<2 {
            let (status, body) = fixture.ask(
                "PUT", "/v1/bans/203.0.113.0/24", #"{"for": "1h", "kind": "soft", "reason": "why not"}"#)
            #expect(status == 200)
            #expect(body.contains(#""subject":"203.0.113.0/24""#))
        }
        #expect(fixture.ask("PUT", "/v1/bans/account:Bob%20the%20%2F").status == 200)
        #expect(fixture.ask("GET", "/v1/bans").body.contains(#""subject":"account:Bob the /""#))
        for lifted in [true, false] {
            let (status, body) = fixture.ask("DELETE", "/v1/bans/203.0.113.0%2F24")
            #expect(status == 200)
            #expect(body.contains(#""lifted":[]"#) == !lifted)
        }
        #expect(fixture.ask("DELETE", "/v1/bans").body == #"{"lifted":1}"#)
        let who = ServerFixture.user
        #expect(
            fixture.service.calls == [
                "ban 203.0.113.0/24 for 3600000000000 soft by \(who)",
                "ban 203.0.113.0/24 for 3600000000000 soft by \(who)", "ban account:Bob the / for 0 - by \(who)",
                "unban 203.0.113.0/24 by \(who)", "unban 203.0.113.0/24 by \(who)", "unban all by \(who)",
            ])
    }

    @Test("pages of bans follow each other without a gap or an overlap")
    func pages() throws {
        let fixture = try ServerFixture()
        for number in 10..<17 { _ = fixture.ask("PUT", "/v1/bans/192.0.2.\(number)") }
        let client = ControlClient(path: fixture.path)
        defer { client.close() }
        var subjects: [String] = []
        var after = ""
        while true {
            let page = try client.request("GET", "/v1/bans?limit=3\(after)", as: BanPage.self)
            subjects += page.bans.map(\.subject)
            guard let next = page.next else { break }
            after = "&after=\(next)"
        }
        #expect(subjects == (10..<17).map { "192.0.2.\($0)" })
    }

    @Test("the allowlist, imports and listeners under attack have their routes")
    func others() throws {
        let fixture = try ServerFixture()
        #expect(fixture.ask("PUT", "/v1/allow/2001:db8::/32", #"{"comment": "office", "for": "30d"}"#).status == 200)
        #expect(fixture.ask("GET", "/v1/allow").body.contains("2001:db8::/32"))
        #expect(fixture.ask("DELETE", "/v1/allow/2001:db8::/32").body == #"{"removed":true}"#)
        #expect(fixture.ask("DELETE", "/v1/allow/2001:db8::/32").body == #"{"removed":false}"#)
        let entries = #"{"entries":[{"subject":"192.0.2.1"},{"subject":"192.0.2.2","until":null}]}"#
        #expect(fixture.ask("POST", "/v1/bans/import", entries).body.contains(#""added":2"#))
        #expect(fixture.ask("PUT", "/v1/under-attack/world", #"{"state":"on"}"#).status == 200)
        #expect(fixture.ask("PUT", "/v1/under-attack", #"{"state":"auto"}"#).status == 200)
        #expect(fixture.ask("PUT", "/v1/under-attack/none", #"{"state":"off"}"#).status == 404)
        #expect(fixture.ask("GET", "/v1/why/203.0.113.7").body == Example.why)
        #expect(fixture.ask("GET", "/v1/status").body == Example.status)
        let who = ServerFixture.user
        #expect(fixture.service.calls.contains("under-attack world on by \(who)"))
        #expect(fixture.service.calls.contains("under-attack all auto by \(who)"))
    }

    @Test(
        "what is wrong with a request is said with its status, code and words",
        arguments: [
            ("GET", "/", nil, 404, "not_found", "nothing at this path"),
            ("GET", "/v2/bans", nil, 404, "not_found", ""), ("GET", "/v1", nil, 404, "not_found", ""),
            ("GET", "/v1/bans/", nil, 400, "bad_subject", ""), ("GET", "/v1/status/x", nil, 404, "not_found", ""),
            ("DELETE", "/v1/bans/", nil, 400, "bad_subject", "an address is missing"),
            ("POST", "/v1/bans", nil, 405, "method_not_allowed", "takes DELETE, GET, not POST"),
            ("GET", "/v1/bans?limt=1", nil, 400, "bad_request", "unknown query 'limt'"),
            ("GET", "/v1/bans?limit=0", nil, 400, "bad_request", "1 to 10000"),
            ("GET", "/v1/bans?limit=10001", nil, 400, "bad_request", "1 to 10000"),
            ("GET", "/v1/bans?limit=1&limit=2", nil, 400, "bad_request", "twice"),
            ("GET", "/v1/bans?origin=me", nil, 400, "bad_request", "one of rule, ladder"),
            ("GET", "/v1/status?x=1", nil, 400, "bad_request", "takes no query"),
            ("GET", "/v1/bans?after=%zz", nil, 400, "bad_request", "percent"),
            ("GET", "/v1/bans?after=%ff", nil, 400, "bad_request", "UTF-8"),
            ("GET", "/v1/bans?after=%4", nil, 400, "bad_request", "percent"),
            ("PUT", "/v1/bans/203.0.113.7/24", nil, 400, "bad_subject", "the network is 203.0.113.0/24"),
            ("PUT", "/v1/bans/bob", nil, 400, "bad_subject", "account:NAME"),
            ("PUT", "/v1/bans/account:", nil, 400, "bad_subject", "1 to 64 bytes"),
            ("PUT", "/v1/bans/203.0.113.7", #"{"fro": "1h"}"#, 400, "bad_request", "unknown field 'fro'"),
            ("PUT", "/v1/bans/203.0.113.7", #"{"for": "1x"}"#, 400, "bad_request", "no duration"),
            ("PUT", "/v1/bans/203.0.113.7", #"{"for": "0s"}"#, 400, "bad_request", "1s to 3650d"),
            ("PUT", "/v1/bans/203.0.113.7", #"{"for": 60}"#, 400, "bad_request", "'for'"),
            ("PUT", "/v1/bans/203.0.113.7", #"{"kind": "medium"}"#, 400, "bad_request", "soft, hard"),
            ("PUT", "/v1/bans/203.0.113.7", #"{"reason": "a\nb"}"#, 400, "bad_request", "control"),
            ("PUT", "/v1/bans/203.0.113.7", "[]", 400, "bad_request", ""),
            ("PUT", "/v1/bans/203.0.113.7", "{", 400, "bad_request", "no JSON"),
            ("PUT", "/v1/bans/192.0.2.1", nil, 409, "conflict", "is allowed"),
            ("DELETE", "/v1/bans/192.0.2.1", "{}", 400, "bad_request", "no body"),
            ("PUT", "/v1/allow/account:bob", nil, 400, "bad_subject", "no accounts"),
            ("POST", "/v1/bans/import", #"{"entries":[{"subject":1}]}"#, 400, "bad_request", "'entries[0].subject'"),
            ("POST", "/v1/bans/import", #"{"entries":[{"subject":"a","x":1}]}"#, 400, "bad_request", "'x'"),
            ("POST", "/v1/bans/import", #"{"entries":[{"subject":"a","until":"soon"}]}"#, 400, "bad_request", "'soon'"),
            ("POST", "/v1/bans/import", "", 400, "bad_request", "no JSON"),
            ("PUT", "/v1/under-attack/world", #"{}"#, 400, "bad_request", "'state' is missing"),
            ("PATCH", "/v1/bans", nil, 405, "method_not_allowed", ""),
        ] as [(String, String, String?, Int, String, String)])
    func errors(method: String, target: String, body: String?, status: Int, code: String, words: String) throws {
        let fixture = try ServerFixture()
        let answer = fixture.ask(method, target, body)
        #expect(answer.status == status, "\(answer)")
        #expect(answer.body.hasPrefix(#"{"error":{"code":"\#(code)","message":""#), "\(answer)")
        #expect(words.isEmpty || answer.body.contains(words), "\(answer)")
        #expect(fixture.service.calls.allSatisfy { $0.hasPrefix("ban 192.0.2.1") })
    }

    @Test("a reason has 200 bytes at most, an import ten thousand entries, a body 4 MiB")
    func limits() throws {
        let fixture = try ServerFixture()
        for (count, status) in [(200, 200), (201, 400)] {
            let reason = String(repeating: "r", count: count)
            #expect(fixture.ask("PUT", "/v1/bans/203.0.113.7", #"{"reason":"\#(reason)"}"#).status == status)
        }
        for (count, status) in [(10_000, 200), (10_001, 413)] {
            let entries = repeatElement(#"{"subject":"192.0.2.1"}"#, count: count).joined(separator: ",")
            #expect(fixture.ask("POST", "/v1/bans/import", #"{"entries":[\#(entries)]}"#).status == status)
        }
        let empty = #"{"entries":[]}"#
        for (count, status) in [(4 << 20, 200), (4 << 20 + 1, 413)] {
            let body = empty + String(repeating: " ", count: count - empty.utf8.count)
            let answer = fixture.ask("POST", "/v1/bans/import", body)
            #expect(answer.status == status)
        }
    }

    @Test("a method that a path does not have is answered with those it has, HEAD without a body")
    func methods() throws {
        let fixture = try ServerFixture()
        let answer = fixture.exchange("POST /v1/bans HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer.contains("\r\nAllow: DELETE, GET\r\n"))
        let request = "HEAD /v1/status HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/allow HTTP/1.1\r\nHost: x\r\n\r\n"
        let answers = fixture.exchange(request).components(separatedBy: "HTTP/1.1 ")
        #expect(answers.count == 3)
        #expect(answers[1].hasPrefix("405") && answers[1].hasSuffix("\r\n\r\n"))
        #expect(answers[2].hasPrefix("200") && answers[2].hasSuffix(#"{"entries":[]}"#))
    }

    @Test("metrics are families in one piece, each with its help and type, in the format that Prometheus reads")
    func metrics() throws {
        let fixture = try ServerFixture()
        let answer = fixture.exchange("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer.contains("text/plain; version=0.0.4; charset=utf-8"))
        let lines = ServerFixture.parsed(answer).body.split(separator: "\n").map(String.init)
        var seen: [String] = []
        var current = ""
        for line in lines {
            if line.hasPrefix("# HELP ") {
                current = String(line.split(separator: " ")[2])
                #expect(!seen.contains(current))
                seen.append(current)
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                #expect(words[2] == current)
                #expect(words[3] == (current.hasSuffix("_total") ? "counter" : "gauge"))
            } else {
                #expect(line.hasPrefix(current + " ") || line.hasPrefix(current + "{"))
                #expect(Double(line.split(separator: " ").last ?? "") != nil)
            }
        }
        #expect(lines.contains(#"portcullis_under_attack{listener="world"} 1"#))
        #expect(lines.contains("portcullis_bans_active 3"))
        #expect(lines.contains("portcullis_state_store_up 1"))
        #expect(lines.contains("portcullis_kernel_up 1"))
        #expect(lines.contains("portcullis_kernel_entries 8"))
    }
}
