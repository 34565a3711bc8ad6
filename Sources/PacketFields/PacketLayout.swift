/// What stands where in the packets of one name.
///
/// Shape: an object, so that handing it on costs one word; the rows it checks by hold no references.
public final class PacketLayout: Sendable {
    /// Fields that one packet may have, so that a check's notes fit the stack.
    public static let fieldCountMax = 64
    /// Arrays that one packet may have.
    public static let arrayCountMax = 16

    /// The fields, in the order of the descriptor.
    public let fields: [Field]
    /// The arrays, in the order of the descriptor.
    public let arrays: [ArrayLayout]
    /// The counter that the packets carry.
    public let counter: CounterField?
    /// The checksum that the packets carry.
    public let checksum: ChecksumField?
    /// Whether everything stands at a fixed offset from the start with a fixed size: then ``fault(byteCount:)`` says
    /// all that ``fault(in:)`` does.
    public let isFixed: Bool
    /// Bytes of the smallest packet without a fault, where everything is fixed; `Int.max` where the whole packet must
    /// be at hand to find one.
    public let byteCountNeeded: Int

    /// The field that tells the account; `nil` where none does.
    public let accountField: Int?
    /// Whether a field is secret.
    public let hasSecrets: Bool

    /// The fields without their names, by index.
    let forms: [FieldForm]
    /// The arrays without their names, by index.
    let arrayForms: [ArrayForm]
    /// Where the fixed part ends, as far as it is declared; no offset points before it.
    let fixedEnd: Int

    /// A layout.
    ///
    /// - Parameters:
    ///   - fields: at most ``fieldCountMax`` with different names; one that follows another stands behind it.
    ///   - arrays: at most ``arrayCountMax`` with different names.
    public init(
        fields: [Field], arrays: [ArrayLayout] = [], counter: CounterField? = nil, checksum: ChecksumField? = nil
    ) {
        precondition(fields.count <= Self.fieldCountMax, "\(fields.count) fields, most \(Self.fieldCountMax)")
        precondition(arrays.count <= Self.arrayCountMax, "\(arrays.count) arrays, most \(Self.arrayCountMax)")
        for (index, field) in fields.enumerated() {
            guard case .after(let before) = field.origin else { continue }
            precondition((0..<index).contains(before), "field \(index) follows field \(before)")
        }
        self.fields = fields
        self.arrays = arrays
        self.counter = counter
        self.checksum = checksum
        let forms = fields.map { FieldForm(kind: $0.kind, origin: $0.origin) }
        let fixedEnds = forms.map(\.fixedEnd)
        isFixed = arrays.isEmpty && !fixedEnds.contains(nil)
        let placesEnd = max(counter?.place.leastByteCount ?? 0, checksum?.place.leastByteCount ?? 0)
        byteCountNeeded = isFixed ? fixedEnds.reduce(placesEnd) { max($0, $1 ?? 0) } : .max
        fixedEnd = max(
            forms.reduce(0) { max($0, $1.fixedPartEnd) }, arrays.reduce(0) { max($0, $1.fixedPartEnd) },
            counter?.place.fixedPartEnd ?? 0, checksum?.place.fixedPartEnd ?? 0)
        accountField = fields.firstIndex { $0.meaning == .account }
        hasSecrets = fields.contains { $0.meaning == .secret }
        self.forms = forms
        arrayForms = arrays.map { ArrayForm(count: $0.count, elements: $0.elements) }
    }

    /// The index of the field with a name.
    public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

    /// The index of the array with a name.
    public func arrayIndex(of name: String) -> Int? { arrays.firstIndex { $0.name == name } }

    /// The name of what a fault is about.
    public func name(of fault: LayoutFault) -> String {
        switch fault.subject {
        case .field(let index): fields[index].name
        case .array(let index): arrays[index].name
        case .counter: "counter"
        case .checksum: "checksum"
        }
    }

    /// Bytes that must be at hand to read a field; `Int.max` where that is the whole packet.
    public func byteCountNeeded(forField index: Int) -> Int { forms[index].fixedEnd ?? .max }
}

/// A field without its name.
struct FieldForm: BitwiseCopyable, Sendable {
    let kind: FieldKind
    let origin: FieldOrigin

    /// Where it ends in every packet; `nil` where that depends on the packet.
    var fixedEnd: Int? {
        guard case .start(let start) = origin else { return nil }
        return kind.fixedByteCount.map { start + $0 }
    }

    /// Where what is known to be fixed of it ends.
    var fixedPartEnd: Int {
        var end = kind.lengthPlace?.fixedPartEnd ?? 0
        switch origin {
        case .start(let start): end = max(end, start + (kind.fixedByteCount ?? kind.prefixByteCount))
        case .indirect(let place, _): end = max(end, place.fixedPartEnd)
        case .end, .after, .afterVarints, .afterWord: break
        }
        return end
    }
}

/// An array without its name.
struct ArrayForm: BitwiseCopyable, Sendable {
    let count: ArrayLayout.Count
    let elements: ArrayLayout.Elements
}

extension ArrayLayout {
    /// Where its references end.
    fileprivate var fixedPartEnd: Int {
        var end = 0
        if case .place(let place) = count { end = place.fixedPartEnd }
        switch elements {
        case .linked(let first, _): end = max(end, first.fixedPartEnd)
        case .contiguous(.indirect(let place, _), _): end = max(end, place.fixedPartEnd)
        case .contiguous: break
        }
        return end
    }
}

extension IntegerPlace {
    /// Where it ends; 0 for a place that is counted from the packet's end.
    fileprivate var fixedPartEnd: Int { offset < 0 ? 0 : offset + byteCount }
}

extension FieldKind {
    /// Bytes it has in every packet; `nil` where that, or whether it is well made, depends on the packet.
    var fixedByteCount: Int? {
        switch self {
        case .integer(let byteCount, _, _), .float(let byteCount, _): byteCount
        case .bytes(.fixed(let byteCount)), .text(.fixed(let byteCount), _, isNULEnded: false): byteCount
        case .bytes, .text, .terminated, .varint: nil
        }
    }

    /// Bytes of a fixed prefix.
    fileprivate var prefixByteCount: Int {
        switch self {
        case .bytes(.prefixed(let byteCount, _, _)), .text(.prefixed(let byteCount, _, _), _, _): byteCount
        case .text(.fixed(let byteCount), _, _): byteCount
        default: 0
        }
    }

    /// Where its length stands, if that is elsewhere.
    var lengthPlace: IntegerPlace? {
        switch self {
        case .bytes(.counted(let place, _)), .text(.counted(let place, _), _, _): place
        default: nil
        }
    }
}
