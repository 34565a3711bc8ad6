import PacketFields
import WireBytes

/// What was read, in the words in which operators write it.
enum Notation {
    // MARK: Fields

    static func integer(_ byteCount: Int, _ isLittleEndian: Bool, isSigned: Bool = false) -> String {
        (isSigned ? "i" : "u") + "\(byteCount * 8)" + (byteCount == 1 ? "" : isLittleEndian ? "le" : "be")
    }

    static func place(_ place: IntegerPlace) -> String {
        integer(place.byteCount, place.isLittleEndian) + "@\(place.offset)"
    }

    static func kind(_ kind: FieldKind) -> String {
        switch kind {
        case .integer(let byteCount, let isLittleEndian, let isSigned):
            integer(byteCount, isLittleEndian, isSigned: isSigned)
        case .float(let byteCount, let isLittleEndian): "f\(byteCount * 8)\(isLittleEndian ? "le" : "be")"
        case .varint: "varint"
        case .bytes(let length): "bytes(\(self.length(length)))"
        case .terminated(let encoding): "\(encoding)z"
        case .text(let length, let encoding, let isNULEnded):
            "text(\(self.length(length)), \(encoding)\(countsUnits(length) ? ", units" : "")"
                + "\(isNULEnded ? ", nul" : ""))"
        }
    }

    private static func length(_ length: FieldLength) -> String {
        switch length {
        case .fixed(let byteCount): "\(byteCount)"
        case .prefixed(let byteCount, let isLittleEndian, _): integer(byteCount, isLittleEndian)
        case .prefixedByVarint: "varint"
        case .counted(let place, _): self.place(place)
        case .rest(let less): less == 0 ? "rest" : "rest-\(less)"
        }
    }

    private static func countsUnits(_ length: FieldLength) -> Bool {
        switch length {
        case .prefixed(_, _, let unit), .prefixedByVarint(let unit), .counted(_, let unit): unit > 1
        case .fixed, .rest: false
        }
    }

    static func origin(_ origin: FieldOrigin, _ fields: [Field]) -> String {
        switch origin {
        case .start(let offset), .end(let offset): "\(offset)"
        case .indirect(let place, let plus):
            "[\(self.place(place))]" + (plus == 0 ? "" : plus > 0 ? "+\(plus)" : "\(plus)")
        case .after(let index): "after(\(fields[index].name))"
        case .afterVarints, .afterWord: "after-opcode"
        }
    }

    /// Each part of a layout with what it is.
    static func layout(_ layout: PacketLayout) -> [Fact] {
        var facts = layout.fields.map { field in
            Fact(field.name, kind(field.kind) + "@" + origin(field.origin, layout.fields) + meaning(field.meaning))
        }
        facts += layout.arrays.map { Fact($0.name, array($0, layout.fields)) }
        if let counter = layout.counter {
            facts.append(Fact("counter", "\(place(counter.place)), first \(counter.first)"))
        }
        if let checksum = layout.checksum { facts.append(Fact("checksum", self.checksum(checksum))) }
        return facts
    }

    private static func meaning(_ meaning: FieldMeaning?) -> String {
        switch meaning {
        case .account: ", the account"
        case .secret: ", secret"
        case nil: ""
        }
    }

    private static func array(_ array: ArrayLayout, _ fields: [Field]) -> String {
        let count =
            switch array.count {
            case .place(let place): self.place(place)
            case .field(let index): fields[index].name
            }
        switch array.elements {
        case .linked(let first, let least):
            return "array of \(count) linked elements, first \(place(first)), each of \(least) bytes or more"
        case .contiguous(let first, let byteCount):
            return "array of \(count) elements, first at \(origin(first, fields)), each of \(byteCount) bytes"
        }
    }

    private static func checksum(_ checksum: ChecksumField) -> String {
        let name =
            switch checksum.algorithm {
            case .adler32: "adler32"
            case .crc32: "crc32"
            case .xor: "xor"
            case .sum: "sum"
            case .teraIntegrity(let seed): "tera-integrity" + (seed.map { " with seed \($0)" } ?? "")
            }
        let end = checksum.end == 0 ? "" : "\(checksum.end)"
        let over = checksum.start == 0 && checksum.end == 0 ? "the whole packet" : "\(checksum.start)..\(end)"
        return "\(place(checksum.place)), \(name) over \(over)"
    }

    // MARK: Conditions and changes

    static func condition(_ condition: FieldCondition, _ layout: PacketLayout) -> Fact {
        let name =
            switch condition.subject {
            case .value(let field): layout.fields[field].name
            case .length(let field): layout.fields[field].name + ".length"
            case .count(let array): layout.arrays[array].name + ".count"
            }
        return Fact(name, condition.tests.map { test($0) }.joined(separator: ", "))
    }

    private static func test(_ test: FieldCondition.Test) -> String {
        switch test {
        case .integer(let range): integers(range)
        case .float(let range): floats(range)
        case .notFinite: "not finite"
        case .text(let scalars): quoted(text(scalars))
        case .pattern(let pattern): "matches \(quoted(pattern.source))" + (pattern.isCaseless ? " in either case" : "")
        case .bytes(let bytes): hex(bytes)
        case .notWellFormed: "not well-formed"
        }
    }

    private static func integers(_ range: ClosedRange<Int128>) -> String {
        let most = Int128(1) << 65
        if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
        if range.upperBound == most { return ">= \(range.lowerBound)" }
        return range.lowerBound == -most ? "<= \(range.upperBound)" : "\(range.lowerBound)..\(range.upperBound)"
    }

    /// A comparison is kept as the range that begins or ends right beside its number, which has more digits.
    private static func floats(_ range: ClosedRange<Double>) -> String {
        let most = Double.greatestFiniteMagnitude
        let (low, high) = (range.lowerBound, range.upperBound)
        if low == high { return Shown.number(low) }
        if high == most {
            let beside = low.nextDown
            return isShorter(beside, low) ? "> \(Shown.number(beside))" : ">= \(Shown.number(low))"
        }
        if low == -most {
            let beside = high.nextUp
            return isShorter(beside, high) ? "< \(Shown.number(beside))" : "<= \(Shown.number(high))"
        }
        return "\(Shown.number(low))..\(Shown.number(high))"
    }

    private static func isShorter(_ one: Double, _ other: Double) -> Bool {
        Shown.number(one).utf8.count < Shown.number(other).utf8.count
    }

    static func edit(_ edit: FieldEdit, _ layout: PacketLayout) -> Fact {
        let change =
            switch edit.change {
            case .setInteger(let value): "set \(value)"
            case .setFloat(let value): "set \(Shown.number(value))"
            case .setText(let scalars): "set \(quoted(text(scalars)))"
            case .setBytes(let bytes): "set \(hex(bytes))"
            case .clampInteger(let range): "clamp to \(integers(range))"
            case .clampFloat(let range): "clamp to \(floats(range))"
            case .truncate(let count): "truncate to \(count)"
            case .stripTags(let keep): "strip tags" + (keep.isEmpty ? "" : " but \(keep.joined(separator: ", "))")
            case .stripControl: "strip control characters"
            }
        return Fact(layout.fields[edit.field].name, change)
    }

    private static func text(_ scalars: [UInt32]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars.compactMap { Unicode.Scalar($0) })
        return String(view)
    }

    static func quoted(_ text: String) -> String { "\"\(text)\"" }

    static func hex(_ bytes: [UInt8]) -> String { HexPattern(bytes).description }
}
