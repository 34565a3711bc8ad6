import GameProtocol
import StreamCiphers
import WireBytes

/// The bytes that a preamble keeps under a name.
struct CaptureDraft {
    let place: Place
    /// How many bytes they can be.
    let byteCounts: ClosedRange<Int>
    /// The index of the phase whose preamble it is.
    let phase: Int
}

/// Reads the `cipher` of a phase.
struct CipherReader {
    let diagnostics: DiagnosticBag
    /// What the preambles of this phase and of those before it keep.
    let captures: [String: CaptureDraft]

    /// Dropping more would let a client that only connects take too much time.
    static let dropByteCountMax = 65_536

    private static let shape = Shape("a cipher", keys: ["name", "keys", "key", "drop", "applies"])
    private static let sidesShape = Shape("a pair of keys", keys: ["client", "server"])

    /// Whether the node says that nothing is enciphered any more.
    static func isNone(_ node: Node) -> Bool { node.isPlain && node.text == "none" }

    /// - Parameters:
    ///   - origin: the index of the phase.
    ///   - lanes: its own lanes, for `header` and `payload`.
    func cipher(_ node: Node, origin: Int, lanes: PerDirection<Lane>?) -> PhaseCipher? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let named = fields.required("name", Kind<CipherScheme>.cipherScheme)
        let scope = scope(fields, lanes)
        guard let named else { return nil }
        let scheme: CipherScheme
        if case .rc4 = named {
            let dropped = fields.optional("drop", .byteCount(in: 0...Self.dropByteCountMax))
            scheme = .rc4(droppedByteCount: dropped ?? 0)
        } else {
            if fields.has("drop") {
                diagnostics.error(
                    .conflict, at: fields.keyPlace("drop"), "'drop' does not go with the cipher \(named.name)")
            }
            scheme = named
        }
        guard let key = fields.exactlyOne(of: ["keys", "key"]) else { return nil }
        let keys = key == "keys" ? capturedKeys(fields, scheme) : literalKeys(fields, scheme)
        guard let keys, let scope else { return nil }
        return PhaseCipher(scheme: scheme, keys: keys, scope: scope, origin: origin)
    }

    private func capturedKeys(_ fields: Fields, _ scheme: CipherScheme) -> [PhaseCipher.Key]? {
        guard let names = fields.optional("keys", Kind<String>.name.located.list) else { return nil }
        guard checkCount(names.count, fields, "keys", scheme) else { return nil }
        var isGood = true
        for name in names {
            guard let capture = captures[name.value] else {
                diagnostics.error(
                    .unknownCapture, at: name.place,
                    "no preamble of this phase or of one before it keeps bytes as '\(name.value)'",
                    help: "a step of a preamble keeps its bytes with as: \(name.value)",
                    suggestion: NearestName.of(name.value, in: captures.keys.sorted()))
                isGood = false
                continue
            }
            let allowed = scheme.keyByteCounts
            let given = capture.byteCounts
            guard !allowed.contains(given.lowerBound) || !allowed.contains(given.upperBound) else { continue }
            diagnostics.error(
                .outOfRange, at: name.place,
                "a key of \(scheme.name) has \(Self.text(allowed)) bytes, but '\(name.value)' has \(Self.text(given))",
                help: "it is kept at \(capture.place.line):\(capture.place.column)")
            isGood = false
        }
        return isGood ? names.map { .captured($0.value) } : nil
    }

    private func literalKeys(_ fields: Fields, _ scheme: CipherScheme) -> [PhaseCipher.Key]? {
        guard let node = fields["key"] else { return nil }
        let kind = Kind<[UInt8]>.hexBytes.checked(.outOfRange) { bytes in
            scheme.keyByteCounts.contains(bytes.count)
                ? nil : "a key of \(scheme.name) has \(Self.text(scheme.keyByteCounts)) bytes, this one \(bytes.count)"
        }
        guard case .mapping = node.content else {
            guard checkCount(1, fields, "key", scheme) else { return nil }
            return kind.read(node, diagnostics).map { [.literal($0)] }
        }
        guard checkCount(2, fields, "key", scheme) else { return nil }
        guard let sides = Fields(node, Self.sidesShape, diagnostics) else { return nil }
        let keys = Direction.allCases.map { sides.required($0.sender, kind) }
        let good = keys.compactMap { $0 }
        return good.count == keys.count ? good.map { .literal($0) } : nil
    }

    private func checkCount(_ count: Int, _ fields: Fields, _ key: String, _ scheme: CipherScheme) -> Bool {
        if scheme.keyCounts.contains(count) { return true }
        let noun = scheme.keyCounts.upperBound == 1 ? "key" : "keys"
        fields.error(
            .conflict, at: key, "the cipher \(scheme.name) takes \(Self.text(scheme.keyCounts)) \(noun), not \(count)",
            help: scheme.keysHelp)
        return false
    }

    private func scope(_ fields: Fields, _ lanes: PerDirection<Lane>?) -> PhaseCipher.Scope? {
        guard fields.has("applies") else { return .stream }
        guard let applies = fields.optional("applies", Kind<CipherPart>.cipherPart) else { return nil }
        if applies != .stream, let lanes, lanes.inbound.frame.isUncut || lanes.outbound.frame.isUncut {
            fields.error(.conflict, at: "applies", "one side of this phase is not cut and has no packets")
            return nil
        }
        switch applies {
        case .stream: return .stream
        case .from(let start): return .packets(PerDirection(both: PhaseCipher.PacketPart(start: start, end: nil)))
        case .first(let end): return .packets(PerDirection(both: PhaseCipher.PacketPart(start: 0, end: end)))
        case .header, .payload:
            guard let inbound = lanes?.inbound.headerByteCount, let outbound = lanes?.outbound.headerByteCount else {
                fields.error(
                    .conflict, at: "applies", "the header of this phase's packets has no fixed size",
                    help: "say where it ends: applies: \"first 4\" or applies: \"from 4\"")
                return nil
            }
            let ends = PerDirection(inbound: inbound, outbound: outbound)
            let part = { (end: Int) in
                applies == .header
                    ? PhaseCipher.PacketPart(start: 0, end: end) : PhaseCipher.PacketPart(start: end, end: nil)
            }
            return .packets(PerDirection(inbound: part(ends.inbound), outbound: part(ends.outbound)))
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
}

/// What `applies` says.
enum CipherPart: Equatable {
    case stream, header, payload
    case from(Int)
    case first(Int)
}

extension Kind where Value == CipherPart {
    static var cipherPart: Kind {
        .text("stream, header, payload, \"from 4\" or \"first 4\"", help: "the number is an offset up to 4096") {
            text in
            switch text {
            case "stream": return .stream
            case "header": return .header
            case "payload": return .payload
            default: break
            }
            let words = text.split(separator: " ")
            guard words.count == 2, let offset = PlacedField.offset(words[1]) else { return nil }
            if words[0] == "from" { return .from(offset) }
            return words[0] == "first" && offset > 0 ? .first(offset) : nil
        }
    }
}

extension Kind where Value == CipherScheme {
    static var cipherScheme: Kind {
        let known = CipherScheme.all.map(\.name)
        let expected = "one of \(known.joined(separator: ", "))"
        return Kind(expected: expected) { node, diagnostics in
            guard let text = node.scalar(expected, diagnostics) else { return nil }
            if let scheme = CipherScheme.all.first(where: { $0.name == text }) { return scheme }
            diagnostics.error(
                .badValue, at: node.place, "expected \(expected), found \(node.found)",
                suggestion: NearestName.of(text, in: known))
            return nil
        }
    }
}

extension CipherScheme {
    /// Which keys it takes, for a message.
    fileprivate var keysHelp: String {
        switch self {
        case .tera, .teraBefore45:
            "keys: the client's first, the server's first, the client's second, the server's second"
        case .rc4, .xor: "one for both directions, or the client's and the server's"
        }
    }
}

extension Lane {
    /// Bytes up to the end of length and opcode, where both stand at fixed places.
    fileprivate var headerByteCount: Int? {
        let lengthEnd: Int
        switch frame.frame {
        case .length(let length, let escapes) where escapes.isEmpty: lengthEnd = length.field.end
        case .marked(let starts, let length, _): lengthEnd = max(starts.count, length.field.end)
        case .table: lengthEnd = 0
        case .length, .varint, .delimited, .select, .uncut: return nil
        }
        switch opcode?.form {
        case .integer(let field): return max(lengthEnd, field.end)
        case .integerAfterLength(let byteCount, _): return lengthEnd + byteCount
        case nil: return lengthEnd > 0 ? lengthEnd : nil
        case .varint, .varintAfterLength, .word: return nil
        }
    }
}
