/// Why bytes are no packet of the protocol.
public enum FramingViolation: Error, Equatable, Sendable, BitwiseCopyable {
    /// The declared size is below the header or the frame's least.
    case tooShort(byteCount: Int, least: Int)
    /// The declared size is above the frame's most.
    case tooLong(byteCount: Int, most: Int)
    /// A varint runs over its most bytes.
    case varintTooLong
    /// The fixed bytes at the start or end are others.
    case wrongMarker
    /// No delimiter within the frame's most.
    case noDelimiter(most: Int)
    /// The field that selects the form has a value without a case.
    case noSuchForm(UInt64)
    /// A table frame has no entry for the opcode.
    case opcodeWithoutSize(UInt64)
    /// The packet ends before its opcode does; its size is known.
    case noOpcode(byteCount: Int)
}

extension FramingViolation: CustomStringConvertible {
    /// For the logs, in words that never hold anything a peer chose but numbers.
    public var description: String {
        switch self {
        case .tooShort(let byteCount, let least): "declares a size of \(byteCount), at least \(least) is needed"
        case .tooLong(let byteCount, let most): "declares a size of \(byteCount), at most \(most) is allowed"
        case .varintTooLong: "the varint of its length does not end"
        case .wrongMarker: "other bytes than the frame's fixed ones"
        case .noDelimiter(let most): "no delimiter up to a size of \(most)"
        case .noSuchForm(let value): "no frame for the first value 0x\(String(value, radix: 16))"
        case .opcodeWithoutSize(let opcode): "no size is known for opcode 0x\(String(opcode, radix: 16))"
        case .noOpcode(let byteCount): "ends at a size of \(byteCount), before its opcode does"
        }
    }
}
