import ControlPlane
import TestSupport
import Testing

@Suite("Hostile requests")
struct HostileTests {
    @Test(
        "bytes that are no HTTP are answered with 400 or a closed connection, and the next request is served",
        arguments: [
            "\0\0\0\0\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n",
            "GET /v1/status HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "GET /v1/status HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "PUT /v1/bans/203.0.113.7 HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "PUT /v1/bans/203.0.113.7 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
            "PUT /v1/bans/203.0.113.7 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /v1/status HTTP/1.1\r\nHo st: x\r\n\r\n", "GET /v1/status HTTP/1.1\r\nA\r\n\r\n",
            "GET http:// HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://a HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET http://a:b HTTP/1.1\r\nHost: x\r\n\r\n", "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /%00%ff?&&==&%=%&a HTTP/1.1\r\nHost: x\r\n\r\n", "GET ? HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /? HTTP/1.1\r\nHost: x\r\n\r\n", "GET /# HTTP/1.1\r\nHost: x\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /v1/status HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
            "GET /v1/status HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
            "GET /\u{e9}\u{1F600} HTTP/1.1\r\nHost: x\r\n\r\n",
        ])
    func garbage(request: String) throws {
        let fixture = try ServerFixture()
        let answer = fixture.exchange(request)
        let status = ServerFixture.parsed(answer).status
        #expect(answer.isEmpty || [200, 400, 404, 405].contains(status), "\(answer)")
        #expect(fixture.isAlive)
        #expect(fixture.service.calls.isEmpty)
    }

    @Test("a head without end is refused before it takes memory")
    func endlessHead() throws {
        var limits = ControlLimits()
        limits.idleSeconds = 1
        let fixture = try ServerFixture(limits: limits)
        for head in [
            "GET /" + String(repeating: "a", count: 1 << 20),
            "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 100_000),
            "GET / HTTP/1.1\r\nA: " + String(repeating: "b", count: 1 << 20),
        ] {
            let answer = fixture.exchange(head)
            #expect(answer.isEmpty || ServerFixture.parsed(answer).status == 400, "\(answer.prefix(200))")
        }
        #expect(fixture.isAlive)
    }

    @Test("a path has 4,096 bytes at most")
    func longPath() throws {
        let fixture = try ServerFixture()
        let path = "/v1/why/account:"
        let name = String(repeating: "%41", count: 64)
        #expect(fixture.ask("GET", path + name).status == 200)
        let long = "/v1/status?" + String(repeating: "a", count: 4_096 - 11)
        #expect(fixture.ask("GET", long).body.contains("unknown query"))
        #expect(fixture.ask("GET", long + "a").body.contains("at most 4096 bytes"))
    }

    @Test("many requests on one connection are answered in their order")
    func pipelined() throws {
        let fixture = try ServerFixture()
        let one = "PUT /v1/bans/203.0.113.7 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
        let two = "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        let answer = fixture.exchange(one + two + one + two)
        let statuses = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { String($0.prefix(3)) }
        #expect(statuses == ["200", "404", "200", "404"])
    }

    @Test("random changes of good requests never end the server")
    func mutations() throws {
        let fixture = try ServerFixture()
        let body = #"{"for": "1h", "kind": "soft", "reason": "why not"}"#
        let requests = [
            "PUT /v1/bans/203.0.113.7 HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
            "GET /v1/bans?limit=5&after=203.0.113.7 HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /v1/bans/import HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "27\r\n{\"entries\":[{\"subject\":\"192.0.2.1\"}]}  \r\n0\r\n\r\n",
        ]
        var random = SplitMix64(seed: 20_261_121)
        for number in 0..<600 {
            var bytes = Array(requests[number % requests.count].utf8)
            for _ in 0...Int(random.next() % 4) {
                let index = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
                default: bytes.removeLast(bytes.count - index)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            guard let socket = RawSocket(fixture.path) else { break }
            socket.send(bytes)
            socket.finishSending()
            _ = socket.readAll()
        }
        #expect(fixture.isAlive)
    }

    @Test("random changes of good JSON are taken or refused, and never end the server")
    func mutatedBodies() throws {
        let fixture = try ServerFixture()
        let bodies = [
            ("PUT", "/v1/bans/203.0.113.7", #"{"for": "1h", "kind": "soft", "reason": "w\u00e9\n"}"#),
            (
                "POST", "/v1/bans/import",
                #"{"entries":[{"subject":"192.0.2.1","until":"2026-05-01T12:00:00Z","kind":"hard","reason":"x"}]}"#
            ),
            ("PUT", "/v1/allow/203.0.113.7", #"{"for": "365d", "comment": "😀"}"#),
        ]
        let pieces = [
            #"""#, "{", "}", "[", "]", ",", ":", "null", "1e999", "-", "\\u", "\\ud800", "\u{0}", "9".padding(),
        ]
        var random = SplitMix64(seed: 7)
        for number in 0..<600 {
            let (method, path, text) = bodies[number % bodies.count]
            var bytes = Array(text.utf8)
            for _ in 0...Int(random.next() % 3) {
                let index = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(contentsOf: Array(pieces[Int(random.next() % UInt64(pieces.count))].utf8), at: index)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            guard let socket = RawSocket(fixture.path) else { break }
            socket.send(
                "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(bytes.count)\r\n\r\n")
            socket.send(bytes)
            socket.finishSending()
            let status = ServerFixture.parsed(socket.readAll()).status
            #expect(status == 200 || status == 400, "\(status) for \(String(decoding: bytes, as: UTF8.self))")
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(fixture.ask("PUT", "/v1/bans/203.0.113.7", deep).status == 400)
        #expect(fixture.ask("PUT", "/v1/bans/203.0.113.7", #"{"reason":"# + deep + "}").status == 400)
        #expect(fixture.isAlive)
    }

    @Test("a client that dwells is closed, at the head and in the middle of a body")
    func slow() throws {
        var limits = ControlLimits()
        limits.idleSeconds = 1
        limits.requestSeconds = 1
        let fixture = try ServerFixture(limits: limits)
        for start in ["", "GET /v1/sta", "PUT /v1/bans/203.0.113.7 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"]
        {
            let socket = try #require(RawSocket(fixture.path))
            socket.send(start)
            #expect(!socket.readAll().hasPrefix("HTTP/1.1 200"))
        }
        #expect(fixture.isAlive)
    }

    @Test("connections over the limit wait for one to end, and then are served")
    func tooMany() throws {
        var limits = ControlLimits()
        limits.connectionCount = 2
        let fixture = try ServerFixture(limits: limits)
        var held = (0..<2).compactMap { _ in RawSocket(fixture.path) }
        let waiting = try #require(RawSocket(fixture.path))
        waiting.send("GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        // An answer to each of the two shows that both hold their places.
        for socket in held {
            socket.send("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(socket.readLine().hasPrefix("HTTP/1.1 200"))
        }
        held.removeLast()
        #expect(waiting.readLine().hasPrefix("HTTP/1.1 200"))
    }
}

extension String {
    /// Many of them.
    fileprivate func padding() -> String { String(repeating: self, count: 400) }
}
