import PacketFields
import WireBytes

/// A condition on a number that stands at the same place of every packet: most are.
///
/// Shape: no references; its ranges stand in the table's array.
struct FlatCondition: Sendable, BitwiseCopyable {
    let offset: Int32
    let byteCount: UInt8
    let isLittleEndian: Bool
    let isSigned: Bool
    let isFloat: Bool
    /// It must not hold.
    let isInverted: Bool
    /// A float that is not finite meets it.
    let allowsNotFinite: Bool
    /// Its ranges in the table.
    let firstRange: Int32
    let rangeCount: Int32
}

/// The flat conditions of all rules.
struct FlatConditions: Sendable {
    private var conditions: [FlatCondition] = []
    private var integers: [(low: Int128, high: Int128)] = []
    private var floats: [(low: Double, high: Double)] = []

    /// How many there are.
    var count: Int { conditions.count }

    /// Adds a condition, unless it is of another kind.
    mutating func append(_ condition: FieldCondition, _ layout: PacketLayout, isInverted: Bool) -> Bool {
        guard case .value(let index) = condition.subject, case .start(let offset) = layout.fields[index].origin,
            let offset = Int32(exactly: offset)
        else { return false }
        let (byteCount, isLittleEndian, isSigned, isFloat): (Int, Bool, Bool, Bool)
        switch layout.fields[index].kind {
        case .integer(let count, let isLittle, let signed):
            (byteCount, isLittleEndian, isSigned, isFloat) = (count, isLittle, signed, false)
        case .float(let count, let isLittle):
            (byteCount, isLittleEndian, isSigned, isFloat) = (count, isLittle, false, true)
        case .bytes, .text, .terminated, .varint: return false
        }
        let first = isFloat ? floats.count : integers.count
        var allowsNotFinite = false
        for test in condition.tests {
            switch test {
            case .integer(let range) where !isFloat: integers.append((range.lowerBound, range.upperBound))
            case .float(let range) where isFloat: floats.append((range.lowerBound, range.upperBound))
            case .notFinite where isFloat: allowsNotFinite = true
            // A test of another kind of field is never met.
            default: continue
            }
        }
        conditions.append(
            FlatCondition(
                offset: offset, byteCount: UInt8(byteCount), isLittleEndian: isLittleEndian, isSigned: isSigned,
                isFloat: isFloat, isInverted: isInverted, allowsNotFinite: allowsNotFinite, firstRange: Int32(first),
                rangeCount: Int32((isFloat ? floats.count : integers.count) - first)))
        return true
    }

    /// Whether a packet meets some conditions one behind the other.
    func areMet(first: Int32, count: Int32, by bytes: RawSpan) -> Bool {
        for index in Int(first)..<Int(first) + Int(count) {
            let condition = conditions[index]
            if isMet(condition, by: bytes) == condition.isInverted { return false }
        }
        return true
    }

    @inline(__always)
    private func isMet(_ condition: FlatCondition, by bytes: RawSpan) -> Bool {
        let width = Int(condition.byteCount)
        guard
            let bits = bytes.unsignedInteger(
                at: Int(condition.offset), byteCount: width, littleEndian: condition.isLittleEndian)
        else { return false }
        let ranges = Int(condition.firstRange)..<Int(condition.firstRange) + Int(condition.rangeCount)
        if condition.isFloat {
            let value =
                width == 4
                ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))) : Double(bitPattern: bits)
            guard value.isFinite else { return condition.allowsNotFinite }
            for index in ranges where value >= floats[index].low && value <= floats[index].high { return true }
            return false
        }
        // Shifted up and down again, the highest bit is the sign.
        let unused = Int64(64 - 8 * width)
        let value = condition.isSigned ? Int128(Int64(bitPattern: bits << UInt64(unused)) >> unused) : Int128(bits)
        for index in ranges where value >= integers[index].low && value <= integers[index].high { return true }
        return false
    }
}
