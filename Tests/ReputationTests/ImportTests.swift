import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

@Suite("Bans from other programs")
struct ImportTests {
    private static let secondUS: Int64 = 1_000_000
    /// 2026-11-21 19:06:43 UTC, when the fixtures were made.
    private static let nowUS: Int64 = 1_795_288_003 * secondUS

    private func fixture(_ name: String) throws -> [UInt8] {
        Array(try PackageFiles.text("Tests/Fixtures/imports/\(name)").utf8)
    }

    private func read(_ text: String, _ format: BanImportFormat? = nil, nowUS: Int64 = nowUS) -> BanImportReading {
        BanImportReader.read(Array(text.utf8), format: format, nowWallUS: nowUS, zone: .utc)
    }

    private func subject(_ text: String) throws -> Subject {
        let subject = try Subject(parsing: text)
        return try #require(subject)
    }

    // MARK: fail2ban

    @Test("what fail2ban prints of a jail's addresses is read, with spaces or commas between them")
    func fail2ban() throws {
        let expected = try ["192.0.2.1", "198.51.100.0/24", "2001:db8::7"].map {
            BanImport(subject: try subject($0), origin: "fail2ban", line: 1)
        }
        let reading = BanImportReader.read(try fixture("fail2ban.txt"), nowWallUS: Self.nowUS)
        #expect(reading.format == .fail2ban && reading.mistakes == [] && reading.skips == [])
        #expect(reading.entries == expected)
        #expect(read("192.0.2.1,198.51.100.0/24,2001:db8::7\n").entries == expected)
    }

    @Test("what fail2ban prints with times has its begin and its end, and -1 never ends")
    func fail2banTimes() throws {
        // The fixture's zone is an hour before UTC, and is read as UTC here.
        let startUS = Self.nowUS - 28 * Self.secondUS + 3_600 * Self.secondUS
        let bytes = try fixture("fail2ban-with-time.txt")
        let reading = BanImportReader.read(bytes, nowWallUS: startUS, zone: .utc)
        #expect(reading.format == .fail2ban && reading.mistakes == [] && reading.skips == [])
        #expect(
            reading.entries.map(\.subject.description) == [
                "192.0.2.1", "198.51.100.0/24", "2001:db8::7", "203.0.113.9",
            ])
        #expect(reading.entries.map(\.startedWallUS) == Array(repeating: startUS, count: 4))
        let endUS = startUS + 600 * Self.secondUS
        #expect(reading.entries.map(\.untilWallUS) == [endUS, endUS, endUS, .max])
        #expect(reading.entries.map(\.line) == [1, 2, 3, 4])
        // At its end a ban is over.
        let late = BanImportReader.read(bytes, nowWallUS: endUS, zone: .utc)
        #expect(late.entries.count == 1)
        #expect(late.skips == [.init(reason: "its time is over", count: 3, firstLine: 1)])
        #expect(BanImportReader.read(bytes, nowWallUS: endUS - 1, zone: .utc).entries.count == 4)
    }

    @Test("a line that fail2ban does not print is told with its number")
    func fail2banBroken() {
        let reading = read(
            """
            192.0.2.1 2026-11-21 20:06:15 + 600 = 2026-11-21 20:16:15
            192.0.2.300 2026-11-21 20:06:15 + 600 = 2026-11-21 20:16:15

            192.0.2.2 2026-13-21 20:06:15 + 600 = 2026-11-21 20:16:15
            192.0.2.3 2026-11-21 20:06:15 + ten = 2026-11-21 20:16:15
            nobody
            """)
        #expect(reading.format == .fail2ban && reading.entries.count == 1)
        #expect(reading.mistakes.map(\.line) == [2, 4, 5, 6])
        #expect(reading.mistakes[1].text.contains("expected a time such as 2026-05-01 12:00:00, found '2026-13-21"))
        #expect(reading.mistakes[2].text == "expected a number of seconds, or -1 for ever, found 'ten'")
    }

    // MARK: CrowdSec

    @Test("what cscli prints is read in both forms: bans of addresses and ranges, the rest is counted")
    func crowdsec() throws {
        for name in ["crowdsec.json", "crowdsec.csv"] {
            let reading = BanImportReader.read(try fixture(name), nowWallUS: Self.nowUS)
            #expect(reading.format == .crowdsec && reading.mistakes == [])
            #expect(
                reading.entries.map(\.subject.description) == ["2001:db8:bad::/48", "198.51.100.0/24", "192.0.2.1"])
            #expect(
                reading.entries.map(\.reason) == [
                    "manual 'ban' from 'm1'", "manual 'ban' from 'm1'", "packet \"flood\", again",
                ])
            #expect(reading.entries.allSatisfy { $0.origin == "cscli" && $0.kind == nil && $0.startedWallUS == nil })
            let seconds = reading.entries.map { (($0.untilWallUS ?? 0) - Self.nowUS) / Self.secondUS }
            #expect(seconds == [1_500 * 3_600 + 1_799, 86_398, 10_797])
            #expect(
                Set(reading.skips.map { "\($0.count) \($0.reason)" }) == [
                    "1 the scope is username, not Ip or Range", "1 the scope is Country, not Ip or Range",
                    "1 the type is captcha, not ban",
                ])
            #expect(reading.entries.map(\.line).allSatisfy { $0 > 1 })
        }
    }

    @Test("an export of CrowdSec without decisions is empty, and a broken one names the line")
    func crowdsecBroken() {
        for text in ["null", "[]", "[\n]\n"] {
            #expect(read(text).format == .crowdsec && read(text).entries.isEmpty && read(text).mistakeCount == 0)
        }
        let cut = read("[\n {\n  \"decisions\": [\n")
        #expect(cut.mistakes == [mistake(4, "expected a JSON value, and the text ends")])
        let decisions = read(
            """
            [{"decisions": [
              {"scope": "Ip", "value": "192.0.2.1", "type": "ban"},
              {"scope": "Ip", "value": "192.0.2.1", "type": "ban", "duration": "soon"},
              {"scope": "Ip", "value": "192.0.2.256", "type": "ban", "duration": "4h"},
              {"scope": "Ip", "value": 7, "type": "ban", "duration": "4h"},
              {"scope": "ip", "value": "192.0.2.2", "type": "ban", "duration": "-1s"},
              {"scope": "ip", "value": "192.0.2.2", "type": "Ban", "duration": "1h", "simulated": true},
              {"scope": "ip", "value": "::ffff:192.0.2.2", "type": "Ban", "duration": "1d"}
            ]}, {"decisions": null}, 7]
            """)
        #expect(decisions.entries.map(\.subject.description) == ["192.0.2.2"])
        #expect(decisions.entries.first?.untilWallUS == Self.nowUS + 86_400 * Self.secondUS)
        #expect(decisions.mistakes.map(\.line) == [2, 3, 4, 5, 1])
        #expect(decisions.mistakes[0].text == "a decision needs \"duration\"")
        #expect(decisions.mistakes[1].text == "expected a duration such as 3h59m59s, found 'soon'")
        #expect(
            decisions.skips.map(\.reason) == [
                "its time is over", "only simulated", "an alert without decisions",
            ])
        let raw = read(
            "id,source,ip,reason,action,expiration\n1,cscli,Ip:192.0.2.1,x,ban\n2,cscli,192.0.2.1,x,ban,4h\n")
        #expect(raw.format == .crowdsec && raw.entries.isEmpty)
        #expect(raw.mistakes.map(\.line) == [2, 3])
    }

    private func mistake(_ line: Int, _ text: String) -> BanImportMistake { BanImportMistake(line: line, text) }

    // MARK: Our own

    @Test("an export is imported again as it was", arguments: 0..<100)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let words = ["flood", "\"", "\\", "\n", "\u{1F}", "é", "🎮", ",", " ", "{", "\u{7F}", "\u{2028}"]
        func text(_ random: inout SplitMix64) -> String {
            (0..<Int.random(in: 0...6, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined()
        }
        func time(_ random: inout SplitMix64) -> Int64? {
            switch Int.random(in: 0...3, using: &random) {
            case 0: nil
            case 1: .max
            default: Int64.random(in: Self.nowUS + 1..<253_402_300_800_000_000, using: &random)
            }
        }
        var entries: [BanImport] = []
        for number in 1...20 {
            let prefix = Int.random(in: 0...128, using: &random)
            let address = IPAddress(
                high: random.chance(1, in: 2) ? 0 : random.next(),
                low: random.chance(1, in: 2) ? 0xFFFF_0000_0000 | random.next() >> 32 : random.next())
            let account = AccountName("bob \(number) ü{}\"\\")
            let subject: Subject =
                random.chance(1, in: 4)
                ? .account(try #require(account)) : .network(IPNetwork(holding: address, prefixLength: prefix))
            let started = Int64.random(in: 0..<Self.nowUS, using: &random)
            entries.append(
                BanImport(
                    subject: subject, untilWallUS: time(&random),
                    startedWallUS: random.chance(1, in: 3) ? nil : started,
                    kind: [nil, .soft, .hard].randomElement(using: &random) ?? nil, reason: text(&random),
                    origin: text(&random), line: number))
        }
        var export: [UInt8] = []
        for entry in entries { entry.appendExportLine(to: &export) }
        let reading = BanImportReader.read(export, nowWallUS: Self.nowUS)
        #expect(reading.format == .portcullis && reading.mistakes == [] && reading.skips == [])
        #expect(reading.entries == entries)
    }

    @Test("a line of an export says what it means, and one that is none is told")
    func ours() throws {
        var line: [UInt8] = []
        BanImport(
            subject: try subject("203.0.113.7"), untilWallUS: .max, startedWallUS: 1_777_636_800_123_456, kind: .soft,
            reason: "packet-flood", origin: "ladder"
        ).appendExportLine(to: &line)
        #expect(
            String(decoding: line, as: UTF8.self)
                == "{\"subject\":\"203.0.113.7\",\"started\":\"2026-05-01T12:00:00.123456Z\",\"until\":\"lifted\","
                + "\"kind\":\"soft\",\"origin\":\"ladder\",\"reason\":\"packet-flood\"}\n")
        let reading = read(
            """
            {"subject":"203.0.113.7","until":"2027-01-01T00:00:00+01:00","more":[1,{"a":null}]}

            {"subject":"203.0.113.7","until":"tomorrow"}
            {"until":"lifted"}
            {"subject":"203.0.113.7","kind":"warm"}
            {"subject":"account:"}
            {"subject":"203.0.113.7"
            {"subject":"203.0.113.7","until":"2026-01-01T00:00:00Z"}
            """)
        #expect(reading.entries.map(\.untilWallUS) == [1_798_758_000 * Self.secondUS])
        #expect(reading.mistakes.map(\.line) == [3, 4, 5, 6, 7])
        #expect(reading.skips == [.init(reason: "its time is over", count: 1, firstLine: 8)])
    }

    // MARK: Lists, and all of them

    @Test("a plain list is imported, a range as the networks that it is")
    func plain() throws {
        let reading = read("192.0.2.1\n# x\n192.0.2.4 - 192.0.2.10\n::/0\nnonsense\n")
        #expect(reading.format == .plain)
        #expect(
            reading.entries.map(\.subject.description) == [
                "192.0.2.1", "192.0.2.4/30", "192.0.2.8/31", "192.0.2.10", "::/0",
            ])
        #expect(reading.entries.allSatisfy { $0.untilWallUS == nil })
        #expect(reading.mistakes.map(\.line) == [5])
        #expect(read("").entries.isEmpty && read("").mistakeCount == 0)
    }

    @Test("random ranges become exactly the addresses that they hold", arguments: 0..<50)
    func covering(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let width = UInt32.random(in: 1...32, using: &random)
        let ends = [random.next(), random.next()].map { UInt32(truncatingIfNeeded: $0) >> (32 - width) }.sorted()
        let (first, last) = (IPAddress(ipv4: ends[0]), IPAddress(ipv4: ends[1]))
        let networks = read("\(first)-\(last)\n", .plain).entries.compactMap(\.subject.network)
        var next = first.number
        for network in networks {
            #expect(network.base.number == next)
            next += 1 << UInt128(128 - network.prefixLength)
        }
        #expect(next == last.number + 1)
        #expect(networks.count <= 62)
    }

    @Test("as many mistakes as are wanted are kept, and all are counted; so are reasons to skip")
    func bounds() {
        let reading = read(String(repeating: "{}\n", count: 30))
        #expect(reading.mistakes.count == 20 && reading.mistakeCount == 30)
        let types = (0..<30).map { "{\"scope\":\"Ip\",\"value\":\"::1\",\"type\":\"t\($0)\",\"duration\":\"1h\"}" }
        let skips = read("[{\"decisions\":[" + types.joined(separator: ",") + "]}]").skips
        #expect(skips.count == 20 && skips.map(\.count).reduce(0, +) == 30)
    }

    @Test("deep nesting is refused, and its depth is bounded")
    func depth() {
        func nested(_ depth: Int) -> String {
            "[{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}]"
        }
        #expect(read(nested(62)).mistakeCount == 0)
        #expect(read(nested(64)).mistakes.map(\.text) == ["expected at most 64 values within each other"])
        #expect(read(nested(100_000)).mistakeCount == 1)
    }

    @Test("broken exports of every kind are read without a trap", arguments: 0..<60)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for name in ["crowdsec.json", "crowdsec.csv", "fail2ban.txt", "fail2ban-with-time.txt"] {
            var bytes = try fixture(name)
            for _ in 0..<Int.random(in: 1...10, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes = Array(bytes[..<place])
                }
            }
            for format in BanImportFormat.allCases + [nil] as [BanImportFormat?] {
                let reading = BanImportReader.read(bytes, format: format, nowWallUS: Self.nowUS, zone: .utc)
                #expect(reading.mistakes.count <= 20)
            }
        }
    }
}

@Suite("Times of day as texts")
struct WallTimeTests {
    @Test("known times are written and read")
    func known() {
        for (us, text) in [
            (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (951_868_799_999_999, "2000-02-29T23:59:59.999999Z"),
            (1_777_636_800_123_456, "2026-05-01T12:00:00.123456Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)] {
            #expect(TimeText.text(us) == text)
            #expect(TimeText.parse(text) == us)
        }
        #expect(TimeText.text(-1) == TimeText.text(0))
        #expect(TimeText.text(.max) == "9999-12-31T23:59:59.999999Z")
        #expect(TimeText.parse("2026-05-01 14:00:00+02:00") == 1_777_636_800_000_000)
        #expect(TimeText.parse("2026-05-01T12:00:00,5") == 1_777_636_800_500_000)
    }

    @Test("random times are read as they are written", arguments: 0..<20)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let time = Int64.random(in: 0..<253_402_300_800_000_000, using: &random)
            #expect(TimeText.parse(TimeText.text(time)) == time)
        }
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", "2026", "2026-05-01", "2026-05-01T12:00", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z", "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00+25:00", "1970-01-01T00:00:00+01:00", "x",
        ])
    func wrong(text: String) { #expect(TimeText.parse(text) == nil) }
}
