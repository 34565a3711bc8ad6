import GameProtocol
import TestSupport
import Testing

/// A real protocol's framing in one direction, with a maker of its packets.
struct Game: Sendable, CustomTestStringConvertible {
    /// A packet as the wire has it, and what the framer must say about it.
    struct Sample: Sendable {
        let bytes: [UInt8]
        /// The packet's name; `unknown` for one that has none.
        let name: String
        let opcode: UInt64
    }

    let name: String
    let frame: FrameRule
    let opcode: OpcodeRule?
    let packets: PacketTable
    /// Makes a packet whose parts are drawn at random.
    let make: @Sendable (inout SplitMix64) -> Sample
    /// The first bytes of a packet that declares this size, enough to judge it; `nil` when its field cannot.
    let declare: @Sendable (Int) -> [UInt8]?
    /// The least size that may be declared where that is not the frame's own least.
    var declaredLeast: Int?

    var testDescription: String { name }

    var cutter: StreamCutter { StreamCutter(lane: Lane(frame: frame, opcode: opcode), packets: packets) }

    static let all = lengths + others
}

/// Packets with numeric opcodes and no bounds on their size.
func table(_ opcodes: [(String, UInt64)]) -> PacketTable {
    PacketTable(opcodes.map { .init(name: $0, identity: .number($1, sub: nil), byteCounts: nil) })
}

/// Packets whose opcode is a word.
func words(_ words: [String]) -> PacketTable {
    PacketTable(words.map { .init(name: $0, identity: .word(Array($0.utf8)), byteCounts: nil) })
}

/// A little-endian field.
func little(_ byteCount: Int, at offset: Int) -> IntegerField {
    IntegerField(offset: offset, byteCount: byteCount, isLittleEndian: true)
}

/// A big-endian field.
func big(_ byteCount: Int, at offset: Int) -> IntegerField {
    IntegerField(offset: offset, byteCount: byteCount, isLittleEndian: false)
}

/// A number in the given bytes, least significant first.
func little(_ byteCount: Int, _ value: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// A number in the given bytes, most significant first.
func big(_ byteCount: Int, _ value: Int) -> [UInt8] { little(byteCount, value).reversed() }

/// A number as a varint.
func varint(_ value: Int) -> [UInt8] {
    var rest = UInt64(value)
    var bytes: [UInt8] = []
    while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
    }
    return bytes + [UInt8(rest)]
}

/// A size if `bits` bits can hold it.
func fitting(_ size: Int, bits: Int) -> Int? { size >= 0 && size >> bits == 0 ? size : nil }

extension SplitMix64 {
    /// A body of up to `most` bytes.
    mutating func body(most: Int = 24) -> [UInt8] { bytes(Int.random(in: 0...most, using: &self)) }

    /// One of the elements.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }
}
