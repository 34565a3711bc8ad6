import Reputation
import Settings
import Testing
import WireBytes

@Suite("The formats of lists")
struct ListFormatTests {
    private struct Outcome {
        var reading: ListReading
        var entries: [String] = []
        var lines: [Int] = []
    }

    private func read(_ text: String, _ format: ListFormat? = nil, column: ListColumn? = nil) -> Outcome {
        var entries: [String] = []
        var lines: [Int] = []
        let reading = ListText.read(Array(text.utf8).span, format: format, column: column) { entry, line in
            switch entry {
            case .network(let network): entries.append("\(Subject.network(network))")
            case .range(let first, let last): entries.append("\(first)-\(last)")
            }
            lines.append(line)
        }
        return Outcome(reading: reading, entries: entries, lines: lines)
    }

    /// A list of each format as somebody publishes it, and what it holds.
    private static let published: [(format: ListFormat, text: String, entries: [String])] = [
        (
            .plain,
            """
            # firehol_level1
            #
            # ipv4 hash:net ipset
            0.0.0.0/8
            1.10.16.0/20
            1.19.0.0/16
            """, ["0.0.0.0/8", "1.10.16.0/20", "1.19.0.0/16"]
        ),
        (
            .plain, "; Spamhaus DROP List 2026/05/01 - (c) 2026 The Spamhaus Project\n1.10.16.0/20 ; SBL256894\n",
            ["1.10.16.0/20"]
        ),
        (
            .json,
            #"""
            {"cidr":"1.10.16.0/20","sblid":"SBL256894","rir":"apnic"}
            {"cidr":"2001:db8::/32","sblid":"SBL434604","rir":"ripencc"}
            {"type":"metadata","timestamp":1777600000,"size":2,"records":2,"copyright":"(c)","terms":"https://x"}
            """#, ["1.10.16.0/20", "2001:db8::/32"]
        ),
        (
            .dshield,
            """
            # DShield.org Recommended Block List
            #
            Start\tEnd\tNetblock\tAttacks\tName\tCountry\temail
            192.0.2.0\t192.0.2.255\t24\t3412\tEXAMPLE\tNL\tabuse@example.org
            198.51.100.0\t198.51.100.255\t24\t2000\t\t\t
            """, ["192.0.2.0-192.0.2.255", "198.51.100.0-198.51.100.255"]
        ),
        (
            .dshield, "192.0.2.0\t192.0.2.255\t24\t3412\tEXAMPLE, Inc.\tNL\tabuse@example.org\n",
            ["192.0.2.0-192.0.2.255"]
        ),
        (
            .p2p,
            """
            # A list
            Some Organization, Inc: west:192.0.2.0-192.0.2.9
            ; not a comment here:198.51.100.1-198.51.100.1
            plain:203.0.113.9
            """, ["192.0.2.0-192.0.2.9", "198.51.100.1", "203.0.113.9"]
        ),
        (
            .ipset,
            """
            create banned hash:net family inet hashsize 1024 maxelem 65536 timeout 0
            add banned 192.0.2.0/24 timeout 3600
            add banned 198.51.100.7 comment "nomatch is a word here"
            create six hash:ip family inet6
            add -exist six 2001:db8::1
            add ports 203.0.113.1-203.0.113.9
            """, ["192.0.2.0/24", "198.51.100.7", "2001:db8::1", "203.0.113.1-203.0.113.9"]
        ),
        (
            .csv,
            """
            # Feodo Tracker
            "first_seen_utc","dst_ip","dst_port","c2_status"
            "2026-05-01 12:00:00","192.0.2.7","443","online"
            """, ["192.0.2.7"]
        ),
        (.csv, "2026-05-01,192.0.2.7,443\n2026-05-02,2001:db8::/48,443\n", ["192.0.2.7", "2001:db8::/48"]),
        (.csv, "ip,score\n192.0.2.7,100\n", ["192.0.2.7"]),
        (.nginx, "# bots\ndeny 192.0.2.0/24;\n  deny 2001:db8::1; # x\n", ["192.0.2.0/24", "2001:db8::1"]),
    ]

    @Test("what is published is recognised, and read whole")
    func recognises() {
        for (format, text, entries) in Self.published {
            let found = read(text)
            #expect(found.reading.format == format, "\(text)")
            #expect(found.reading.mistakes == [], "\(text)")
            #expect(found.entries == entries)
            #expect(read(text.replacing("\n", with: "\r\n"), format).entries == entries)
        }
    }

    @Test("what nothing fits is plain, and an entry on the first line is enough for that")
    func plain() {
        #expect(read("").reading.format == .plain)
        #expect(read("# only\n\n; comments\n").reading.mistakeCount == 0)
        #expect(read("hello\nworld\n").reading.format == .plain)
        #expect(read("192.0.2.1\nadd x 192.0.2.2\n").reading.mistakes.map(\.line) == [2])
        // A first line that is broken does not hide what the others are.
        #expect(read("nonsense\nadd x 192.0.2.2\n").reading.format == .ipset)
        #expect(read("192.0.2.1 192.0.2.2\n192.0.2.3\n").reading.format == .plain)
    }

    @Test("a line that its format does not have is told in its place")
    func broken() {
        for (format, text, column, kind) in [
            (.ipset, "del x 192.0.2.1", 1, .form("add SET ADDRESS, as ipset save prints it")),
            (.ipset, "add x", 1, .form("add SET ADDRESS, as ipset save prints it")),
            (
                .ipset, "add x 192.0.2.1 nomatch", 17,
                .form("no exception: a list cannot take out what another entry holds")
            ),
            (.ipset, "add x 192.0.2.1,tcp:80", 7, .syntax(.badIPv6)),
            (.dshield, "192.0.2.1", 1, .form("the first and the last address, with a tab between them")),
            (.dshield, "192.0.2.9\t192.0.2.1\t24", 1, .backwards),
            (.p2p, "text", 1, .form("a text, ':', and a range as in 192.0.2.1-192.0.2.9")),
            (.p2p, "text:", 6, .syntax(.empty)),
            (.p2p, "a:192.0.2.1-x", 13, .syntax(.badIPv4)),
            (.nginx, "allow 192.0.2.1;", 1, .form("deny ADDRESS;")),
            (.nginx, "deny 192.0.2.1", 1, .form("deny ADDRESS;")),
            (.nginx, "deny all;", 6, .syntax(.badIPv4)),
            (.json, "{\"cidr\":\"192.0.2.1\"", 19, .form("expected ',' or '}', and the text ends")),
            (.json, "{\"cidr\":7}", 1, nil),
            (.json, "{\"cidr\":\"x\"}", 1, .syntax(.badIPv4)),
            (.csv, "a,b,c", 1, .form("one column that holds an address; 'column' says which it is")),
            (.csv, "192.0.2.1,192.0.2.2", 1, .form("one column that holds an address; 'column' says which it is")),
        ] as [(ListFormat, String, Int, ListMistake.Kind?)] {
            let found = read(" \n" + text + "\n", format).reading
            #expect(found.mistakes.map(\.line) == [2], "\(text)")
            #expect(found.mistakes.first?.column == column, "\(text)")
            if let kind { #expect(found.mistakes.first?.kind == kind, "\(text)") }
            #expect(found.entryCount == 0)
        }
    }

    @Test("a column is named by its number, from 1, or by its name in the first row")
    func columns() {
        let table = "name;From;To\na;192.0.2.1;198.51.100.1\nb;\"192.0.2.2\";198.51.100.2\n"
        #expect(read(table, .csv, column: .number(2)).entries == ["192.0.2.1", "192.0.2.2"])
        #expect(read(table, .csv, column: .number(3)).entries == ["198.51.100.1", "198.51.100.2"])
        #expect(read(table, .csv, column: .name("from")).entries == ["192.0.2.1", "192.0.2.2"])
        #expect(read(table, column: .name("To")).reading.format == .csv)
        #expect(read(table, .csv, column: .name("by")).reading.mistakes.first?.line == 1)
        #expect(read(table, .csv, column: .number(4)).reading.mistakes.first?.line == 1)
        let short = read("192.0.2.1,a\nb\n", .csv, column: .number(1)).reading
        #expect(short.entryCount == 1 && short.mistakes.map(\.line) == [2])
        #expect(read("a,\"b, c\",192.0.2.1\n", .csv, column: .number(3)).entries == ["192.0.2.1"])

        #expect(
            read("192.0.2.1 bad\n# x\n192.0.2.0/30\tworse # y\n", .columns).entries == ["192.0.2.1", "192.0.2.0/30"])
        #expect(read("x 192.0.2.1 y\n", .columns, column: .number(2)).entries == ["192.0.2.1"])
        #expect(
            read("x\n", .columns, column: .number(2)).reading.mistakes.map(\.kind) == [
                .form("2 columns with spaces between them")
            ])
        #expect(read("{\"at\":\"192.0.2.1\",\"ip\":\"192.0.2.2\"}\n", column: .name("at")).entries == ["192.0.2.1"])
    }

    @Test("each entry has the number of its line")
    func lines() {
        #expect(read("\n# x\n192.0.2.1\n\n192.0.2.2\n").lines == [3, 5])
    }
}
