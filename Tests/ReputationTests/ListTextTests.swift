import Reputation
import TestSupport
import Testing
import WireBytes

/// How a list is read, written to be obvious and slow.
private func entries(of text: String) -> (good: [IPNetwork], badLines: Int) {
    var good: [IPNetwork] = []
    var badLines = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let meant = line.prefix { $0 != "#" && $0 != ";" }
        let words = meant.split { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = words.first else { continue }
        let network = IPNetwork(first)
        if let network { good.append(network) }
        if network == nil || words.count > 1 { badLines += 1 }
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
            Array(text.utf8).span, value: 0, entryCountMax: entryCountMax, mistakeCountMax: mistakeCountMax)
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
            ::1
            """
        let (map, reading) = read(text)
        #expect(reading.mistakeCount == 0 && reading.entryCount == 5)
        #expect(map.addressCount == 2 && map.networkCount == 2)
        for text in ["192.0.2.1", "198.51.100.77", "2001:db8:1::", "::1"] {
            #expect(map.value(of: try IPAddress(parsing: text)) == 0)
        }
    }

    @Test("a mistake has its line, its column in characters, its length and its kind, and the rest is read")
    func mistakes() throws {
        let (map, reading) = read("# é\n 10.0.0.1/8\r\n192.0.2.1 192.0.2.2 # two\n\nexämple.org ; x\n192.0.2.3\n")
        #expect(reading.mistakeCount == 3 && reading.entryCount == 2)
        let found = reading.mistakes
        try #require(found.count == 3)
        #expect((found[0].line, found[0].column, found[0].length) == (2, 2, 10))
        #expect(found[0].kind == .syntax(.hostBitsSet(network: try IPNetwork(parsing: "10.0.0.0/8"))))
        #expect(found[0].text == " 10.0.0.1/8")
        #expect((found[1].line, found[1].column, found[1].length) == (3, 11, 9))
        #expect(found[1].kind == .secondWord)
        #expect((found[2].line, found[2].column, found[2].length) == (5, 1, 11))
        #expect(found[2].kind == .syntax(.badIPv4))
        #expect(map.addressCount == 2)
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
            "é", "10.0.0.1/8", "\r",
        ]
        let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            parts.randomElement(using: &random) ?? ""
        }.joined()
        // The slow reader must not take CRLF for one character.
        let expected = entries(of: String(text.unicodeScalars.map { $0 == "\r" ? " " : Character($0) }))
        let (map, reading) = read(text)
        #expect(reading.entryCount == expected.good.count, "\(text)")
        #expect(reading.mistakeCount == expected.badLines, "\(text)")
        #expect(map.addressCount + map.networkCount == Set(expected.good).count)
    }

    @Test("random bytes are read without a trap", arguments: 0..<50)
    func bytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = random.bytes(2_000)
        var builder = AddressMapBuilder()
        let reading = builder.read(bytes.span, value: 0, entryCountMax: 10)
        #expect(reading.entryCount <= 10)
    }
}
