import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

/// How a plain list is read, written to be obvious and slow.
private func entries(of text: String) -> (good: [ListEntry], badLines: Int) {
    var good: [ListEntry] = []
    var badLines = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let meant = line.prefix { $0 != "#" && $0 != ";" }
        let words = meant.split { $0 == " " || $0 == "\t" || $0 == "\r" }
        if words.isEmpty { continue }
        let ends = words.joined(separator: " ").split(separator: "-", omittingEmptySubsequences: false).map {
            $0.split(separator: " ")
        }
        if ends.count == 1, words.count == 1, let network = IPNetwork(words[0]) {
            good.append(.network(network))
        } else if ends.count == 2, ends.allSatisfy({ $0.count == 1 }), let first = IPAddress(ends[0][0]),
            let last = IPAddress(ends[1][0]), first.isIPv4 == last.isIPv4, first <= last
        {
            good.append(
                first == last ? .network(IPNetwork(holding: first, prefixLength: 128)) : .range(first, last))
        } else {
            badLines += 1
        }
    }
    return (good, badLines)
}

@Suite("The text of a list")
struct ListTextTests {
    private func read(
        _ text: String, entryCountMax: Int = 1_000, mistakeCountMax: Int = 20
    ) -> (map: AddressMap, reading: ListReading) {
        var builder = AddressMapBuilder()
        let reading = builder.read(
            Array(text.utf8).span, format: .plain, entryCountMax: entryCountMax, mistakeCountMax: mistakeCountMax)
        return (builder.build(), reading)
    }

    @Test("a text with a hundred thousand mistakes is no list, and reading stops there")
    func noList() {
        let text = String(repeating: "x\n", count: ListReading.stopCount) + "192.0.2.1\n"
        let (map, reading) = read(text)
        #expect(reading.mistakeCount == ListReading.stopCount && reading.entryCount == 0)
        #expect(map.isEmpty)
        #expect(read(String(text.dropFirst(2))).reading.entryCount == 1)
    }

    @Test("addresses, networks, comments, empty lines and ends of lines of both kinds are read")
    func sound() throws {
        let text = """
            \u{FEFF}192.0.2.1
            # a comment
             198.51.100.0/24 ; SBL1\r
            \t2001:db8::/32#here\r

            ; another
            192.0.2.1
            // and one more
            ::1 // and this
            """
        let (map, reading) = read(text)
        #expect(reading.mistakeCount == 0 && reading.entryCount == 5)
        #expect(map.addressCount == 2 && map.networkCount == 2)
        for text in ["192.0.2.1", "198.51.100.77", "2001:db8:1::", "::1"] {
            #expect(map.contains(try IPAddress(parsing: text)))
        }
    }

    @Test("a mistake has its line, its column in characters, its length and its kind, and the rest is read")
    func mistakes() throws {
        let (map, reading) = read("# é\n 10.0.0.1/8\r\n192.0.2.1 192.0.2.2 # two\n\nexämple.org ; x\n192.0.2.3\n")
        #expect(reading.mistakeCount == 3 && reading.entryCount == 1)
        let found = reading.mistakes
        try #require(found.count == 3)
        #expect((found[0].line, found[0].column, found[0].length) == (2, 2, 10))
        #expect(found[0].kind == .syntax(.hostBitsSet(network: try IPNetwork(parsing: "10.0.0.0/8"))))
        #expect(found[0].text == " 10.0.0.1/8")
        #expect((found[1].line, found[1].column, found[1].length) == (3, 11, 9))
        #expect(found[1].kind == .secondWord)
        #expect((found[2].line, found[2].column, found[2].length) == (5, 1, 11))
        #expect(found[2].kind == .syntax(.badIPv4))
        #expect(map.addressCount == 1)
    }

    @Test("as many entries as there may be are read, and one more is a mistake that ends it")
    func tooMany() {
        #expect(read("1.1.1.1\n1.1.1.1\n", entryCountMax: 2).reading.mistakeCount == 0)
        let (map, reading) = read("1.1.1.1\n1.1.1.1\n2.2.2.2\nnonsense\n", entryCountMax: 2)
        #expect(reading.mistakes.map(\.kind) == [.tooMany])
        #expect(reading.mistakes.map(\.line) == [3])
        #expect(map.addressCount == 1)
    }

    @Test("as many mistakes as are wanted are kept, and all are counted")
    func manyMistakes() {
        let text = String(repeating: "x\n", count: 30)
        #expect(read(text, mistakeCountMax: 30).reading.mistakes.count == 30)
        let reading = read(text, mistakeCountMax: 29).reading
        #expect(reading.mistakes.count == 29 && reading.mistakeCount == 30)
    }

    @Test("of a very long line a mistake shows the beginning")
    func longLine() throws {
        let reading = read(String(repeating: "x", count: 1_000_000)).reading
        let mistake = try #require(reading.mistakes.first)
        #expect(mistake.text.utf8.count == 1_024)
        #expect(reading.mistakeCount == 1)
    }

    @Test("random texts are read as the slow reader reads them", arguments: 0..<200)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let parts = [
            "192.0.2.1", "10.0.0.0/8", "::1", "2001:db8::/32", "\n", "\n", "\r\n", " ", "\t", "#", ";", "x", "1", ".",
            "é", "10.0.0.1/8", "\r", "-", " - ", "192.0.2.9", "::9",
        ]
        let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            parts.randomElement(using: &random) ?? ""
        }.joined()
        // The slow reader must not take CRLF for one character.
        let expected = entries(of: String(text.unicodeScalars.map { $0 == "\r" ? " " : Character($0) }))
        let (map, reading) = read(text)
        #expect(reading.entryCount == expected.good.count, "\(text)")
        #expect(reading.mistakeCount == expected.badLines, "\(text)")
        var model = AddressMapBuilder()
        for entry in expected.good { model.add(entry) }
        let slow = model.build()
        #expect((map.addressCount, map.networkCount) == (slow.addressCount, slow.networkCount))
        for address in ["192.0.2.1", "192.0.2.5", "192.0.2.9", "10.1.1.1", "::1", "::5", "2001:db8::7"] {
            #expect(IPAddress(address).map { map.contains($0) == slow.contains($0) } == true, "\(address) in \(text)")
        }
    }

    @Test("ranges are written with and without spaces, and one that is none is told")
    func ranges() throws {
        let (map, reading) = read(
            """
            192.0.2.4-192.0.2.7
            192.0.2.16 - 192.0.2.17 # two
            192.0.2.20- 192.0.2.20
            192.0.2.30 -192.0.2.31;
            2001:db8::1-2001:db8::3
            ::ffff:10.0.0.1 - 10.0.0.2
            """)
        #expect(reading.mistakes == [] && reading.entryCount == 6)
        for (text, isHeld) in [
            ("192.0.2.3", false), ("192.0.2.4", true), ("192.0.2.7", true), ("192.0.2.8", false),
            ("192.0.2.17", true), ("192.0.2.18", false), ("192.0.2.20", true), ("192.0.2.21", false),
            ("192.0.2.31", true), ("2001:db8::3", true), ("2001:db8::4", false), ("10.0.0.2", true),
        ] { #expect(map.contains(try IPAddress(parsing: text)) == isHeld, "\(text)") }
        let bad = read(
            "192.0.2.9-192.0.2.1\n192.0.2.1-\n192.0.2.1-2001:db8::1\n192.0.2.0/24-192.0.3.0\n192.0.2.1-192.0.2.2 x\n"
                + "192.0.2.1-192.0.2.2-192.0.2.3\n"
        ).reading
        #expect(bad.entryCount == 0)
        #expect(
            bad.mistakes.map(\.kind) == [
                .backwards, .form("the last address of the range"), .mixed,
                .form("a range goes from an address to an address"), .secondWord, .syntax(.badIPv4),
            ])
        #expect(bad.mistakes.map(\.column) == [1, 1, 1, 1, 21, 11])
    }

    @Test("random bytes are read without a trap, in every format", arguments: 0..<50)
    func bytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let parts: [[UInt8]] = [
            Array("add x 1.2.3.4".utf8), Array("deny 1.2.3.4;".utf8), Array("{\"cidr\":\"1.2.3.4\"}".utf8),
            Array("a:1.2.3.4-1.2.3.5".utf8), Array("\n".utf8), Array("\"".utf8), Array(",".utf8), Array("\t".utf8),
            random.bytes(40),
        ]
        let bytes = (0..<200).flatMap { _ in parts.randomElement(using: &random) ?? [] }
        for format in ListFormat.allCases + [nil] as [ListFormat?] {
            for column in [nil, .number(2), .name("ip")] as [ListColumn?] {
                var builder = AddressMapBuilder()
                let reading = builder.read(bytes.span, format: format, column: column, entryCountMax: 10)
                #expect(reading.entryCount <= 10)
            }
        }
    }
}
