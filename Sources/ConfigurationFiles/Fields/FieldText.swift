import PacketFields

/// A field as its line states it, before names of other fields are looked up.
struct FieldDraft {
    enum Origin {
        case known(FieldOrigin)
        /// Where the field of this name ends.
        case after(String)
        /// Behind the packet's opcode.
        case afterOpcode
    }

    let kind: FieldKind
    let origin: Origin
    var meaning: FieldMeaning?
}

/// Reads `TYPE@ORIGIN`.
enum FieldText {
    /// Beyond this nothing of a packet is read.
    static let offsetMax = 65_535

    static let shape = Shape("a field", keys: ["at", "account", "secret"])

    /// Splits at the first `@` outside of parentheses and brackets.
    static func split(_ text: String) -> (type: String, origin: String)? {
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "@" where depth == 0: return (String(text[..<index]), String(text[text.index(after: index)...]))
            default: break
            }
        }
        return nil
    }

    /// What stands between `name(` and `)`.
    static func argument(of name: String, in text: String) -> String? {
        guard text.hasPrefix(name + "("), text.hasSuffix(")") else { return nil }
        return String(text.dropFirst(name.count + 1).dropLast())
    }

    // MARK: Types

    static func kind(_ text: String) -> FieldKind? {
        if let (byteCount, isLittleEndian) = PlacedField.integerType(text[...]) {
            return .integer(byteCount: byteCount, isLittleEndian: isLittleEndian, isSigned: false)
        }
        if text.hasPrefix("i"), let (byteCount, isLittleEndian) = PlacedField.integerType("u" + text.dropFirst()) {
            return .integer(byteCount: byteCount, isLittleEndian: isLittleEndian, isSigned: true)
        }
        switch text {
        case "f32le": return .float(byteCount: 4, isLittleEndian: true)
        case "f32be": return .float(byteCount: 4, isLittleEndian: false)
        case "f64le": return .float(byteCount: 8, isLittleEndian: true)
        case "f64be": return .float(byteCount: 8, isLittleEndian: false)
        case "varint": return .varint
        default: break
        }
        if text.hasSuffix("z"), let encoding = encoding(String(text.dropLast())) { return .terminated(encoding) }
        if let argument = argument(of: "bytes", in: text) {
            return length(argument, unitByteCount: 1).map { .bytes($0) }
        }
        return argument(of: "text", in: text).flatMap { self.text($0) }
    }

    static func encoding(_ text: String) -> TextEncoding? {
        switch text {
        case "utf8": .utf8
        case "utf16le": .utf16le
        case "utf16be": .utf16be
        case "latin1": .latin1
        default: nil
        }
    }

    /// What stands in the parentheses of `text(…)`.
    private static func text(_ argument: String) -> FieldKind? {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " })
        }
        var encoding: TextEncoding?
        var isNULEnded = false
        var countsUnits = false
        for part in parts.dropFirst() {
            switch part {
            case "nul" where !isNULEnded: isNULEnded = true
            case "units" where !countsUnits: countsUnits = true
            default:
                guard encoding == nil, let named = self.encoding(part) else { return nil }
                encoding = named
            }
        }
        let known = encoding ?? .utf8
        // What counts bytes anyway needs no word for it, and one that was written means a mistake.
        if countsUnits, known.unitByteCount == 1 { return nil }
        guard let length = length(parts[0], unitByteCount: countsUnits ? known.unitByteCount : 1) else { return nil }
        switch length {
        case .fixed(let byteCount) where countsUnits || byteCount % known.unitByteCount != 0: return nil
        case .rest where countsUnits: return nil
        default: return .text(length, known, isNULEnded: isNULEnded)
        }
    }

    private static func length(_ text: String, unitByteCount: Int) -> FieldLength? {
        if let (byteCount, isLittleEndian) = PlacedField.integerType(text[...]) {
            return .prefixed(byteCount: byteCount, isLittleEndian: isLittleEndian, unitByteCount: unitByteCount)
        }
        if text == "varint" { return .prefixedByVarint(unitByteCount: unitByteCount) }
        if text == "rest" { return .rest(less: 0) }
        if text.hasPrefix("rest-") { return count(text.dropFirst(5)).map { .rest(less: $0) } }
        if let place = place(text) { return .counted(place, unitByteCount: unitByteCount) }
        return count(text[...]).map { .fixed($0) }
    }

    // MARK: Origins

    static func origin(_ text: String) -> FieldDraft.Origin? {
        if text == "after-opcode" { return .afterOpcode }
        if let name = argument(of: "after", in: text) { return .after(name) }
        if text.hasPrefix("[") { return indirection(text) }
        guard let offset = offset(text[...]) else { return nil }
        return .known(offset < 0 ? .end(offset) : .start(offset))
    }

    private static func indirection(_ text: String) -> FieldDraft.Origin? {
        guard let close = text.firstIndex(of: "]") else { return nil }
        guard let place = place(String(text[text.index(after: text.startIndex)..<close])) else { return nil }
        let rest = text[text.index(after: close)...]
        if rest.isEmpty { return .known(.indirect(place, plus: 0)) }
        guard let sign = rest.first, sign == "+" || sign == "-", let plus = count(rest.dropFirst()) else { return nil }
        return .known(.indirect(place, plus: sign == "-" ? -plus : plus))
    }

    /// An unsigned integer at a fixed place, from the start or from the end.
    static func place(_ text: String) -> IntegerPlace? {
        guard let (type, origin) = split(text), let (byteCount, isLittleEndian) = PlacedField.integerType(type[...]),
            let offset = offset(origin[...])
        else { return nil }
        return IntegerPlace(offset: offset, byteCount: byteCount, isLittleEndian: isLittleEndian)
    }

    /// Bytes from the start, or behind a `-` from the end.
    static func offset(_ text: Substring) -> Int? {
        if text.hasPrefix("-") { return count(text.dropFirst()).map { -$0 } }
        return text == "0" ? 0 : count(text)
    }

    private static func count(_ text: Substring) -> Int? {
        guard let value = NumberText.decimal(text), (1...UInt64(offsetMax)).contains(value) else { return nil }
        return Int(value)
    }
}

extension Kind where Value == FieldDraft {
    /// What a field is made of, and where it begins.
    static var field: Kind {
        let expected = "a field such as u16le@4"
        return Kind(expected: expected) { node, diagnostics in
            if case .mapping = node.content { return withMeaning(node, diagnostics) }
            guard let text = node.scalar(expected, diagnostics) else { return nil }
            let parts = FieldText.split(text)
            guard let kind = FieldText.kind(parts?.type ?? text) else {
                diagnostics.error(
                    .badValue, at: node.place, "'\(Node.shortened(parts?.type ?? text))' is no type of a field",
                    help: "types are u8, u16le and their like, i8 to i64be, f32le to f64be, varint, bytes(…), text(…), "
                        + "utf8z, utf16lez, utf16bez, latin1z")
                return nil
            }
            guard let origin = parts.flatMap({ FieldText.origin($0.origin) }) else {
                diagnostics.error(
                    .badValue, at: node.place, "\(node.found) does not say where the field begins",
                    help: "write TYPE@4, TYPE@-4 from the end, TYPE@[u16le@4], TYPE@after(FIELD) or TYPE@after-opcode")
                return nil
            }
            return FieldDraft(kind: kind, origin: origin)
        }
    }
}

extension Kind where Value == FieldDraft {
    /// `{ at: utf8z@4, account: true }`.
    private static func withMeaning(_ node: Node, _ diagnostics: DiagnosticBag) -> FieldDraft? {
        guard let fields = Fields(node, FieldText.shape, diagnostics), var draft = fields.required("at", .field) else {
            return nil
        }
        let isAccount = fields.optional("account", .flag) ?? false
        let isSecret = fields.optional("secret", .flag) ?? false
        guard !isAccount || !isSecret else {
            diagnostics.error(
                .conflict, at: fields.keyPlace("secret"), "an account stands in logs, so it is no secret",
                help: "keep one of the two")
            return nil
        }
        guard isAccount else {
            draft.meaning = isSecret ? .secret : nil
            return draft
        }
        guard draft.kind.canBeName else {
            diagnostics.error(
                .impossibleField, at: fields.keyPlace("account"), "\(draft.kind.noun) cannot be the name of an account",
                help: "an account is a text or a whole number")
            return nil
        }
        draft.meaning = .account
        return draft
    }
}

extension FieldKind {
    /// Whether its value can be the name of an account.
    fileprivate var canBeName: Bool {
        switch self {
        case .integer, .varint, .text, .terminated: true
        case .float, .bytes: false
        }
    }
}

extension Kind where Value == IntegerPlace {
    /// An unsigned integer at a fixed place, from the start or from the end.
    static var integerPlace: Kind {
        .text(
            "a place such as u16le@4", help: "write TYPE@4, or TYPE@-4 from the packet's end; types are u8 to u64be",
            FieldText.place)
    }
}
