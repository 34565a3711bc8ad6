import WireBytes

extension Kind where Value == String {
    /// Any text.
    static var anyText: Kind {
        .text("a text") { $0 }
    }

    /// A name: letters, digits, `_`, `-` and `.`, at most 64, beginning with a letter, digit or `_`.
    static var name: Kind {
        .text("a name", help: "a name has letters, digits, _, - and . and at most 64 of them") { text in
            isName(text) ? text : nil
        }
    }

    static func isName(_ text: String) -> Bool {
        let isFirstGood = text.utf8.first.map { isWord($0) } ?? false
        let isGood = text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        return isFirstGood && isGood && text.utf8.count <= 64
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Kind {
    /// One of a few words.
    static func choice(_ words: KeyValuePairs<String, Value>) -> Kind {
        let known = words.map(\.key)
        let expected = known.joined(separator: ", ")
        return Kind(expected: "one of \(expected)") { node, diagnostics in
            guard let text = node.scalar("one of \(expected)", diagnostics) else { return nil }
            if let word = words.first(where: { $0.key == text }) { return word.value }
            diagnostics.error(
                .badValue, at: node.place, "expected one of \(expected), found \(node.found)",
                suggestion: NearestName.of(text, in: known))
            return nil
        }
    }
}

extension Kind where Value == Bool {
    /// `true` or `false`, and nothing else.
    static var flag: Kind { .choice(["true": true, "false": false]) }
}

extension Kind where Value == IPNetwork {
    static var network: Kind {
        address("an address or network such as 10.0.0.0/8") { text throws(AddressSyntaxError) in
            try IPNetwork(parsing: text)
        }
    }
}

extension Kind where Value == Endpoint {
    static var endpoint: Kind {
        address("an address with a port such as 192.0.2.1:7801") { text throws(AddressSyntaxError) in
            try Endpoint(parsing: text)
        }
    }
}

extension Kind {
    fileprivate static func address(
        _ expected: String, _ parse: @escaping (String) throws(AddressSyntaxError) -> Value
    ) -> Kind {
        Kind(expected: expected) { node, diagnostics in
            if case .sequence = node.content {
                diagnostics.error(
                    .wrongType, at: node.place, "expected \(expected), found a list",
                    help: "an IPv6 address in brackets needs quotes: \"[2001:db8::1]:7801\"")
                return nil
            }
            guard let text = node.scalar(expected, diagnostics) else { return nil }
            do throws(AddressSyntaxError) {
                return try parse(text)
            } catch {
                diagnostics.error(
                    .badValue, at: node.place, "expected \(expected), found \(node.found)", help: error.description)
                return nil
            }
        }
    }
}

extension Kind where Value == HexPattern {
    /// Bytes in which nibbles may be left open.
    static var hexPattern: Kind {
        let expected = "bytes in hex such as \"de ad ?? ef\""
        return Kind(expected: expected) { node, diagnostics in
            guard let text = node.scalar(expected, diagnostics) else { return nil }
            do throws(HexPatternError) {
                let pattern = try HexPattern(parsing: text)
                if pattern.count <= 1_024 { return pattern }
                diagnostics.error(.outOfRange, at: node.place, "a pattern has at most 1024 bytes")
            } catch {
                diagnostics.error(
                    .badValue, at: node.place, "expected \(expected), found \(node.found)", help: error.description)
            }
            return nil
        }
    }
}

extension Kind where Value == [UInt8] {
    /// Bytes of which none is left open.
    static var hexBytes: Kind {
        Kind<HexPattern>.hexPattern.checked(.badValue) { pattern in
            pattern.masks.allSatisfy { $0 == 0xFF } ? nil : "no part of these bytes may be left open"
        }.map(\.bytes)
    }
}
