/// The straight way through the commonest kind of lane: a plain length field and an integer opcode.
///
/// It answers only for packets that are right and whose header is at hand; for all others the general way says what is
/// wrong or missing. For the packets it answers for, both say the same.
struct LaneShortcut: Sendable, BitwiseCopyable {
    /// Bytes up to the end of length and opcode; `Int.max` in a lane of another kind.
    private let headerByteCount: Int
    /// Sizes that the frame allows and that hold length and opcode.
    private let least: Int
    private let most: Int
    private let length: IntegerField
    private let lengthMask: UInt64
    private let adjust: Int
    private let opcode: IntegerField
    private let opcodeMask: UInt64
    private let opcodeShift: UInt64
    private let opcodePlus: UInt64

    init(_ frame: FrameRule?, _ rule: OpcodeRule?) {
        let anywhere = IntegerField(offset: 0, byteCount: 1, isLittleEndian: true)
        guard let frame, case .length(let length, let escapes) = frame.frame, escapes.isEmpty, length.xor == nil,
            length.align == nil, length.times == 1, length.field.byteCount <= 4, length.adjust.magnitude <= UInt32.max,
            let rule, case .integer(let opcode) = rule.form, rule.sub?.when.isEmpty ?? true,
            // A size that `also` names is looked up by size first: the general way does that.
            frame.also.allSatisfy({ $0 < max(frame.byteCountMin, length.end, opcode.end) || $0 > frame.byteCountMax })
        else {
            headerByteCount = .max
            (least, most, adjust) = (.max, 0, 0)
            (self.length, self.opcode) = (anywhere, anywhere)
            (lengthMask, opcodeMask, opcodeShift, opcodePlus) = (0, 0, 0, 0)
            return
        }
        headerByteCount = max(length.end, opcode.end)
        least = max(frame.byteCountMin, length.end, opcode.end)
        most = frame.byteCountMax
        self.length = length.field
        lengthMask = length.mask
        adjust = length.adjust
        self.opcode = opcode
        opcodeMask = rule.mask
        opcodeShift = UInt64(rule.shift)
        opcodePlus = rule.plus
    }

    /// The packet's size and opcode.
    ///
    /// - Returns: `nil` when the general way must look: the header is not yet at hand, or the size is out of bounds.
    @inline(__always)
    func header(of bytes: RawSpan) -> (byteCount: Int, opcode: UInt64)? {
        guard bytes.byteCount >= headerByteCount else { return nil }
        let length = bytes.numberAtHand(
            at: length.offset, byteCount: length.byteCount, isLittleEndian: length.isLittleEndian)
        // Cannot overflow: a field of at most 4 bytes, and an `adjust` that `init` found to be no larger.
        let byteCount = Int(truncatingIfNeeded: length & lengthMask) &+ adjust
        guard byteCount >= least && byteCount <= most else { return nil }
        let opcode = bytes.numberAtHand(
            at: opcode.offset, byteCount: opcode.byteCount, isLittleEndian: opcode.isLittleEndian)
        return (byteCount, (opcode & opcodeMask) >> opcodeShift &+ opcodePlus)
    }
}
