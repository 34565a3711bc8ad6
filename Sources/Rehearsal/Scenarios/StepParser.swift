import WireBytes

/// Reads what happens: `client sends CHAT size 40`, `20 times every 100ms …`, `after 5s`, `from 192.0.2.7`.
enum StepParser {
    /// How often one line may send.
    static let sendCountMax = 100_000
    /// Bytes of one packet.
    static let packetByteCountMax = 1 << 20

    static func parse(_ line: inout ScenarioLine, known: [String]) throws(ScenarioMistake) -> ScenarioStep.Kind {
        let first = try line.require("a step")
        if let count = Int(first.text), first.quoted == nil {
            guard (1...sendCountMax).contains(count) else {
                throw ScenarioMistake(first.place, "something happens 1 to \(sendCountMax) times, not \(count)")
            }
            _ = try line.require("'times'", among: ["times", "time"])
            if line.take("from") { return .connect(name: nil, address: try address(&line), count: count) }
            let everyNS = line.take("every") ? try duration(&line) : 0
            let side = try line.require("'client' or 'server'", among: ["client", "server"])
            let verb = try line.require("'sends'", among: ["sends"])
            _ = verb
            return .send(direction(side), count: count, everyNS: everyNS, try packet(&line))
        }
        switch first.text {
        case "from" where first.quoted == nil:
            return .connect(name: nil, address: try address(&line), count: 1)
        case "connect" where first.quoted == nil:
            var name: String?
            if let word = line.peek, word.text != "from" { name = line.take()?.text }
            return .connect(
                name: name, address: line.take("from") ? try address(&line) : defaultAddress, count: 1)
        case "as" where first.quoted == nil:
            return .use(name: try line.require("the name of a connection").text)
        case "client" where first.quoted == nil, "server" where first.quoted == nil:
            let verb = try line.require("'sends', 'closes' or 'resets'", among: ["sends", "closes", "resets"])
            switch verb.text {
            case "closes": return .close(direction(first), resets: false)
            case "resets": return .close(direction(first), resets: true)
            default: return .send(direction(first), count: 1, everyNS: 0, try packet(&line))
            }
        case "after" where first.quoted == nil:
            return .wait(nanoseconds: try duration(&line))
        default:
            throw ScenarioMistake(
                first.place, "'\(first.shown)' is no step", help: Suggestion.among(known, first.text))
        }
    }

    /// Who connects where nobody says.
    static let defaultAddress = IPAddress(ipv4: 0xC000_0201)

    private static func direction(_ word: ScenarioLine.Word) -> Direction {
        word.text == "client" ? .inbound : .outbound
    }

    private static func address(_ line: inout ScenarioLine) throws(ScenarioMistake) -> IPAddress {
        let word = try line.require("an address")
        guard let address = IPAddress(word.text) else {
            throw ScenarioMistake(word.place, "'\(word.shown)' is no address")
        }
        return address
    }

    private static let units: [(String, UInt64)] = [
        ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
        ("d", 86_400_000_000_000),
    ]

    /// A time with its unit, at most a hundred days.
    private static func duration(_ line: inout ScenarioLine) throws(ScenarioMistake) -> UInt64 {
        let word = try line.require("a time with its unit, such as 5s")
        let digits = word.text.prefix { $0.isNumber || $0 == "." }
        let unit = units.first { $0.0 == word.text.dropFirst(digits.count) }
        guard let unit, let number = Double(digits), word.quoted == nil, number.isFinite, number >= 0,
            number * Double(unit.1) <= 8_640_000_000_000_000
        else {
            throw ScenarioMistake(
                word.place, "'\(word.shown)' is no time",
                help: "a time is a number with ms, s, m, h or d behind it, and at most 100d")
        }
        return UInt64(number * Double(unit.1))
    }

    private static func packet(_ line: inout ScenarioLine) throws(ScenarioMistake) -> ScenarioPacket {
        let first = try line.require("a packet's name, 'hex' or 'text'")
        // Alone, with quotes behind it, it is bytes; a packet may have that name all the same.
        if first.quoted == nil, first.text == "hex" || first.text == "text", line.peek?.isQuotedAlone == true {
            return .bytes(try bytes(first.text, &line))
        }
        if first.text == "hex" || first.text == "text", let quoted = first.quoted {
            return .bytes(first.text == "text" ? quoted : try hex(quoted, first.place))
        }
        let name = first.text.isEmpty ? String(decoding: first.quoted ?? [], as: UTF8.self) : first.text
        var packet = PacketText(name: name, place: first.place)
        while let word = line.take() {
            if word.text.contains("=") {
                packet.values.append(try value(word))
            } else if word.text == "size", word.quoted == nil {
                let number = try line.require("a number of bytes")
                guard let byteCount = Int(number.text), (1...packetByteCountMax).contains(byteCount) else {
                    throw ScenarioMistake(
                        number.place, "a packet has 1 to \(packetByteCountMax) bytes, not '\(number.shown)'")
                }
                packet.byteCount = byteCount
            } else if word.text == "body", word.quoted == nil {
                let kind = try line.require("'hex' or 'text'")
                if kind.isQuotedAlone {
                    packet.body = kind.quoted
                } else if let quoted = kind.quoted, kind.text == "hex" {
                    packet.body = try hex(quoted, kind.place)
                } else {
                    packet.body = try bytes(kind.text, &line)
                }
            } else {
                throw ScenarioMistake(
                    word.place, "'\(word.shown)' says nothing about a packet",
                    help: "known are: size N, body \"…\", body hex \"…\", FIELD=VALUE")
            }
        }
        return .named(packet)
    }

    private static func value(_ word: ScenarioLine.Word) throws(ScenarioMistake) -> PacketText.Value {
        let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count > 1 ? String(parts[1]) : ""
        guard !parts[0].isEmpty else { throw ScenarioMistake(word.place, "a field's name stands before the '='") }
        var quoted = word.quoted
        if rest == "hex", let digits = quoted { quoted = try hex(digits, word.place) }
        guard quoted != nil || !rest.isEmpty else {
            throw ScenarioMistake(word.place, "a value stands right behind the '='")
        }
        return PacketText.Value(field: String(parts[0]), word: rest, quoted: quoted, place: word.place)
    }

    /// The bytes in the quotes that come next.
    static func bytes(_ kind: String, _ line: inout ScenarioLine) throws(ScenarioMistake) -> [UInt8] {
        let word = try line.require("bytes in quotes")
        guard word.isQuotedAlone, let quoted = word.quoted else {
            throw ScenarioMistake(word.place, "bytes stand in quotes")
        }
        switch kind {
        case "text": return quoted
        case "hex": return try hex(quoted, word.place)
        default: throw ScenarioMistake(word.place, "'\(kind)' is no form of bytes: 'hex' and 'text' are")
        }
    }

    /// Two digits a byte, spaces at will; `00*16` is one byte so many times.
    static func hex(_ text: [UInt8], _ place: ScenarioPlace) throws(ScenarioMistake) -> [UInt8] {
        let wrong = ScenarioMistake(
            place, "these are no bytes",
            help: "hex has two digits for each byte, spaces at will, and 00*16 for sixteen times the same")
        var bytes: [UInt8] = []
        for item in text.split(separator: 0x20) {
            let parts = item.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
            let digits = parts[0]
            guard digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }), digits.count.isMultiple(of: 2) else {
                throw wrong
            }
            let pairs = stride(from: digits.startIndex, to: digits.endIndex, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
            }
            guard parts.count > 1 else {
                bytes += pairs
                continue
            }
            guard parts.count == 2, let last = pairs.last,
                let count = Int(String(decoding: parts[1], as: UTF8.self)), (1...packetByteCountMax).contains(count)
            else { throw wrong }
            bytes += pairs.dropLast() + [UInt8](repeating: last, count: count)
            guard bytes.count <= packetByteCountMax else { throw wrong }
        }
        guard !bytes.isEmpty else { throw wrong }
        return bytes
    }
}
