import PacketFields
import WireBytes

func u8(_ offset: Int) -> IntegerPlace { IntegerPlace(offset: offset, byteCount: 1, isLittleEndian: true) }
func u16(_ offset: Int) -> IntegerPlace { IntegerPlace(offset: offset, byteCount: 2, isLittleEndian: true) }
func u32(_ offset: Int) -> IntegerPlace { IntegerPlace(offset: offset, byteCount: 4, isLittleEndian: true) }

/// The bytes of an integer, low byte first.
func little(_ value: some BinaryInteger, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap { little($0, 2) } }

extension PacketLayout {
    /// One field with a name.
    static func one(_ kind: FieldKind, _ origin: FieldOrigin = .start(0)) -> PacketLayout {
        PacketLayout(fields: [Field(name: "f", kind: kind, origin: origin)])
    }

    func fault(_ packet: [UInt8]) -> LayoutFault.Reason? { fault(in: packet.span.bytes)?.reason }

    func number(_ index: Int, _ packet: [UInt8]) -> Int128? { integer(index, in: packet.span.bytes) }

    func elements(_ array: Int, _ packet: [UInt8]) -> UInt64? { count(ofArray: array, in: packet.span.bytes) }

    func wholeFault(_ packet: [UInt8]) -> LayoutFault? { fault(in: packet.span.bytes) }

    func value(_ index: Int, _ packet: [UInt8]) -> [UInt8]? {
        span(of: index, in: packet.span.bytes).map { Array(packet[$0.value]) }
    }

    /// The packet after an edit; `nil` where it must not go on.
    func edited(_ packet: [UInt8], _ field: Int, _ change: FieldEdit.Change) -> [UInt8]? {
        var changed = packet
        return apply(FieldEdit(field: field, change), to: &changed) == .unrepresentable ? nil : changed
    }
}

/// Packets as TERA lays them out: references, then fixed fields, then data.
struct TeraPacket {
    var target = "Elin"
    var message = "hello"
    var members: [String] = []
    var channel: UInt32 = 27

    static let layout = PacketLayout(
        fields: [
            Field(name: "target", kind: .terminated(.utf16le), origin: .indirect(u16(4), plus: 0)),
            Field(name: "message", kind: .terminated(.utf16le), origin: .indirect(u16(6), plus: 0)),
            Field(
                name: "channel", kind: .integer(byteCount: 4, isLittleEndian: true, isSigned: false), origin: .start(12)
            ),
        ],
        arrays: [
            ArrayLayout(name: "members", count: .place(u16(8)), elements: .linked(first: u16(10), byteCountMin: 6))
        ])

    /// - Parameter arraysFirst: whether the elements stand before the texts.
    func bytes(arraysFirst: Bool = false) -> [UInt8] {
        var packet: [UInt8] = little(0, 2) + little(7, 2) + [UInt8](repeating: 0, count: 8) + little(channel, 4)
        let patch = { (packet: inout [UInt8], offset: Int, value: Int) in
            packet.replaceSubrange(offset..<offset + 2, with: little(value, 2))
        }
        let addTexts = { (packet: inout [UInt8]) in
            patch(&packet, 4, packet.count)
            packet += utf16(target) + [0, 0]
            patch(&packet, 6, packet.count)
            packet += utf16(message) + [0, 0]
        }
        let addMembers = { (packet: inout [UInt8]) in
            patch(&packet, 8, members.count)
            var link = 10
            for member in members {
                patch(&packet, link, packet.count)
                link = packet.count + 2
                packet += little(packet.count, 2) + [0, 0] + utf16(member) + [0, 0]
            }
        }
        if arraysFirst {
            addMembers(&packet)
            addTexts(&packet)
        } else {
            addTexts(&packet)
            addMembers(&packet)
        }
        return packet
    }
}

extension ChecksumField {
    func value(_ packet: [UInt8]) -> UInt64 { value(of: packet.span.bytes) }

    func isRight(_ packet: [UInt8]) -> Bool { isRight(in: packet.span.bytes) }
}

extension CounterField {
    func value(_ packet: [UInt8]) -> UInt64? { value(in: packet.span.bytes) }
}
