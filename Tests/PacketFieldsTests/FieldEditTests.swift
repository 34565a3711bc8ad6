import PacketFields
import Testing
import WireBytes

@Suite("Edits of fields")
struct FieldEditTests {
    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    @Test("a number is set, and one outside a range becomes its nearer end")
    func integers() {
        let signed = PacketLayout.one(.integer(byteCount: 2, isLittleEndian: false, isSigned: true), .start(1))
        #expect(signed.edited([9, 0, 5, 9], 0, .setInteger(-2)) == [9, 0xFF, 0xFE, 9])
        #expect(signed.edited([9, 0, 5, 9], 0, .clampInteger(0...5)) == [9, 0, 5, 9])
        #expect(signed.edited([9, 0, 6, 9], 0, .clampInteger(0...5)) == [9, 0, 5, 9])
        #expect(signed.edited([9, 0xFF, 0xFF, 9], 0, .clampInteger(0...5)) == [9, 0, 0, 9])
        #expect(signed.edited([9, 0, 5, 9], 0, .setInteger(32_767)) != nil)
        #expect(signed.edited([9, 0, 5, 9], 0, .setInteger(32_768)) == nil)
        #expect(signed.edited([9, 0, 5, 9], 0, .setInteger(-32_769)) == nil)
    }

    @Test("a varint takes the room it needs, and what follows it moves")
    func varints() {
        let layout = PacketLayout(fields: [
            Field(name: "n", kind: .varint, origin: .start(0)),
            Field(name: "t", kind: .terminated(.utf8), origin: .after(0)),
        ])
        #expect(layout.edited([5, 0x61, 0], 0, .setInteger(300)) == [0xAC, 0x02, 0x61, 0])
        #expect(layout.edited([0xAC, 0x02, 0x61, 0], 0, .clampInteger(0...127)) == [0x7F, 0x61, 0])
        #expect(layout.edited([5, 0x61, 0], 0, .setInteger(-1)) == nil)
    }

    @Test("a float becomes the nearer end, and what is no number the lower one")
    func floats() {
        let layout = PacketLayout.one(.float(byteCount: 4, isLittleEndian: true))
        let clamp = { (value: Float) in
            layout.edited(little(value.bitPattern, 4), 0, .clampFloat(-10...10)).map { bytes in
                Float(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) })
            }
        }
        #expect(clamp(3) == 3)
        #expect(clamp(11) == 10)
        #expect(clamp(.infinity) == 10)
        #expect(clamp(-.infinity) == -10)
        #expect(clamp(.nan) == -10)
        // A tenth is no number of four bytes; what is written must lie in the range.
        let bytes = layout.edited(little(Float(9).bitPattern, 4), 0, .clampFloat(0...0.1)) ?? []
        #expect(layout.edited(bytes, 0, .clampFloat(0...0.1)) == bytes)
        let wide = PacketLayout.one(.float(byteCount: 8, isLittleEndian: false))
        #expect(wide.edited(little(0, 8), 0, .setFloat(1.5)) == [0x3F, 0xF8, 0, 0, 0, 0, 0, 0])
    }

    @Test("a length before a text follows it, and a text longer than the length can say is dropped")
    func prefixes() {
        let layout = PacketLayout(fields: [
            Field(
                name: "t",
                kind: .text(.prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 1), .utf8, isNULEnded: true),
                origin: .start(1)),
            Field(name: "n", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .after(0)),
        ])
        #expect(layout.edited([9, 3, 0x61, 0x62, 0, 7], 0, .setText(scalars("é"))) == [9, 3, 0xC3, 0xA9, 0, 7])
        #expect(layout.edited([9, 3, 0x61, 0x62, 0, 7], 0, .truncate(1)) == [9, 2, 0x61, 0, 7])
        #expect(layout.edited([9, 3, 0x61, 0x62, 0, 7], 0, .truncate(0)) == [9, 1, 0, 7])
        let long = String(repeating: "a", count: 254)
        #expect(layout.edited([9, 1, 0, 7], 0, .setText(scalars(long)))?.count == 258)
        #expect(layout.edited([9, 1, 0, 7], 0, .setText(scalars(long + "a"))) == nil)
        #expect(layout.edited([9, 1, 0, 7], 0, .setText([0x61, 0])) == nil)
    }

    @Test("a varint before a text follows it, also where it gets shorter itself")
    func varintPrefix() {
        let layout = PacketLayout(fields: [
            Field(
                name: "t", kind: .text(.prefixedByVarint(unitByteCount: 1), .utf8, isNULEnded: false), origin: .start(0)
            ),
            Field(name: "n", kind: .varint, origin: .after(0)),
        ])
        let long: [UInt8] = [0xC8, 0x01] + [UInt8](repeating: 0x61, count: 200) + [7]
        #expect(layout.edited(long, 0, .truncate(3)) == [3, 0x61, 0x61, 0x61, 7])
        #expect(layout.edited([1, 0x61, 7], 0, .setText([UInt32](repeating: 0x61, count: 200))) == long)
    }

    @Test("a text of fixed room is padded with NULs, and one that is too long for it is dropped")
    func room() {
        let layout = PacketLayout.one(.text(.fixed(4), .utf8, isNULEnded: true), .start(1))
        #expect(layout.edited([9, 0x61, 0x62, 0x63, 0, 9], 0, .truncate(1)) == [9, 0x61, 0, 0, 0, 9])
        #expect(layout.edited([9, 0x61, 0, 0x63, 0, 9], 0, .setText(scalars("xyz"))) == [9, 0x78, 0x79, 0x7A, 0, 9])
        #expect(layout.edited([9, 0x61, 0, 0x63, 0, 9], 0, .setText(scalars("wxyz"))) == nil)
        let bytes = PacketLayout.one(.bytes(.fixed(2)))
        #expect(bytes.edited([1, 2, 3], 0, .setBytes([8, 9])) == [8, 9, 3])
        #expect(bytes.edited([1, 2, 3], 0, .setBytes([8])) == nil)
    }

    @Test("a count elsewhere follows, and what is left out has nowhere to grow")
    func counted() {
        let layout = PacketLayout.one(.bytes(.counted(u16(2), unitByteCount: 1)), .indirect(u16(0), plus: 0))
        #expect(layout.edited([4, 0, 3, 0, 7, 8, 9], 0, .truncate(1)) == [4, 0, 1, 0, 7])
        #expect(layout.edited([4, 0, 3, 0, 7, 8, 9], 0, .setBytes([])) == [4, 0, 0, 0])
        #expect(layout.edited([0, 0, 0, 0], 0, .setBytes([])) == [0, 0, 0, 0])
        #expect(layout.edited([0, 0, 0, 0], 0, .setBytes([1])) == nil)
    }

    @Test("what a bigger field holds may change with the length of the bigger one", arguments: [false, true])
    func nested(isCounted: Bool) {
        // A block with a length, in which a text has one of its own.
        let length: FieldLength =
            isCounted
            ? .counted(u8(0), unitByteCount: 1) : .prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 1)
        let layout = PacketLayout(fields: [
            Field(name: "block", kind: .bytes(length), origin: .start(isCounted ? 1 : 0)),
            Field(
                name: "text",
                kind: .text(.prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 1), .utf8, isNULEnded: false),
                origin: .start(2)),
            Field(name: "all", kind: .bytes(.rest(less: 0)), origin: .start(0)),
        ])
        #expect(layout.edited([5, 9, 2, 0x61, 0x62, 9], 1, .truncate(1)) == [4, 9, 1, 0x61, 9])
    }

    @Test("a field at a fixed place behind a changed one cannot move with it")
    func fixedBehind() {
        let layout = PacketLayout(fields: [
            Field(name: "t", kind: .terminated(.utf8), origin: .start(0)),
            Field(name: "n", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .start(6)),
        ])
        #expect(layout.edited([0x61, 0x62, 0x63, 0, 0, 0, 7, 7], 0, .truncate(1)) == nil)
        #expect(layout.edited([0x61, 0x62, 0x63, 0, 0, 0, 7, 7], 0, .setText(scalars("xyz"))) != nil)
    }

    @Test("a field from the end stays where it is when something before it changes")
    func fromTheEnd() {
        let layout = PacketLayout(
            fields: [
                Field(name: "t", kind: .terminated(.utf8), origin: .start(0)),
                Field(name: "n", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .end(-1)),
            ], counter: CounterField(place: u8(-1), first: 0))
        #expect(layout.edited([0x61, 0x62, 0, 7], 0, .truncate(0)) == [0, 7])
        let before = PacketLayout(fields: [
            Field(name: "n", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .end(-4)),
            Field(name: "t", kind: .terminated(.utf8), origin: .start(1)),
        ])
        #expect(before.edited([7, 0x61, 0x62, 0], 1, .truncate(0)) == nil)
    }

    @Test("an offset into the middle of what changes cannot follow, and one to its beginning need not")
    func overlaps() {
        let layout = PacketLayout(fields: [
            Field(name: "a", kind: .terminated(.utf8), origin: .indirect(u8(0), plus: 0)),
            Field(name: "b", kind: .terminated(.utf8), origin: .indirect(u8(1), plus: 0)),
        ])
        #expect(layout.edited([2, 3, 0x61, 0x62, 0x63, 0], 0, .truncate(1)) == nil)
        #expect(layout.edited([2, 2, 0x61, 0x62, 0x63, 0], 0, .truncate(1)) == [2, 2, 0x61, 0])
        #expect(layout.edited([2, 5, 0x61, 0x62, 0x63, 0], 0, .truncate(1)) == [2, 3, 0x61, 0])
        #expect(layout.edited([4, 2, 0x61, 0, 0], 0, .setText(scalars("xy"))) == [4, 2, 0x61, 0, 0x78, 0x79, 0])
        #expect(layout.edited([2, 3, 0, 0x61, 0], 0, .setText(scalars("xy"))) == [2, 5, 0x78, 0x79, 0, 0x61, 0])
    }

    @Test("an empty field that others end at grows without them")
    func emptyBehind() {
        let layout = PacketLayout(fields: [
            Field(
                name: "a", kind: .bytes(.prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 1)),
                origin: .start(0)),
            Field(name: "b", kind: .terminated(.utf8), origin: .after(0)),
        ])
        #expect(layout.edited([2, 7, 8, 0], 1, .setText(scalars("x"))) == [2, 7, 8, 0x78, 0])
        #expect(layout.edited([0, 0x61, 0], 0, .setBytes([5])) == [1, 5, 0x61, 0])
    }

    @Test("an offset that would not fit its place any more drops the packet")
    func offsetTooLarge() {
        let layout = PacketLayout(fields: [
            Field(name: "a", kind: .terminated(.utf8), origin: .indirect(u8(0), plus: 0)),
            Field(name: "b", kind: .terminated(.utf8), origin: .indirect(u8(1), plus: 0)),
        ])
        let text = { (count: Int) in [UInt32](repeating: 0x61, count: count) }
        #expect(layout.edited([2, 3, 0, 0], 0, .setText(text(252)))?.count == 256)
        #expect(layout.edited([2, 3, 0, 0], 0, .setText(text(253))) == nil)
    }

    @Test("an edit of another kind of field, and one of a packet with a fault, changes nothing")
    func refused() {
        let text = PacketLayout.one(.terminated(.utf8))
        for change in [
            FieldEdit.Change.setInteger(1), .clampInteger(0...1), .setFloat(1), .clampFloat(0...1), .setBytes([1]),
        ] {
            #expect(text.edited([0x61, 0], 0, change) == nil)
        }
        let number = PacketLayout.one(.integer(byteCount: 1, isLittleEndian: true, isSigned: false))
        for change in [
            FieldEdit.Change.setText([0x61]), .truncate(0), .stripControl, .stripTags(keep: []), .setFloat(0),
        ] {
            #expect(number.edited([1], 0, change) == nil)
        }
        #expect(text.edited([0x61], 0, .truncate(0)) == nil)
        var packet: [UInt8] = [0x61]
        #expect(text.apply(FieldEdit(field: 0, .truncate(0)), to: &packet) == .unrepresentable)
        #expect(packet == [0x61])
    }

    @Test("texts, offsets and links behind a change are those of a packet that was built so", arguments: [false, true])
    func tera(arraysFirst: Bool) {
        var packet = TeraPacket(members: ["one", "", "three"])
        let bytes = packet.bytes(arraysFirst: arraysFirst)
        packet.target = "Popori the Second"
        let longer = packet.bytes(arraysFirst: arraysFirst)
        #expect(TeraPacket.layout.edited(bytes, 0, .setText(scalars(packet.target))) == longer)
        #expect(TeraPacket.layout.edited(longer, 0, .setText(scalars("Elin"))) == bytes)
        packet.message = "he"
        let shorter = packet.bytes(arraysFirst: arraysFirst)
        #expect(TeraPacket.layout.edited(longer, 1, .truncate(2)) == shorter)
        packet.target = ""
        packet.message = ""
        let empty = packet.bytes(arraysFirst: arraysFirst)
        let cut = TeraPacket.layout.edited(shorter, 0, .truncate(0)) ?? []
        #expect(TeraPacket.layout.edited(cut, 1, .truncate(0)) == empty)
        packet.message = "back again"
        #expect(
            TeraPacket.layout.edited(empty, 1, .setText(scalars(packet.message)))
                == packet.bytes(arraysFirst: arraysFirst))
    }

    @Test("an array's elements that lie in what changes drop the packet")
    func elementInText() {
        var bytes = TeraPacket(target: "abcdefgh").bytes()
        // One element within the target's letters: it begins with its own offset, and has no successor.
        bytes.replaceSubrange(8..<12, with: little(1, 2) + little(18, 2))
        bytes.replaceSubrange(18..<22, with: little(18, 2) + little(0, 2))
        // The text now ends at that 0.
        #expect(TeraPacket.layout.fault(bytes) == nil)
        #expect(TeraPacket.layout.edited(bytes, 0, .truncate(1)) == nil)
        #expect(TeraPacket.layout.edited(bytes, 1, .truncate(1)) != nil)
    }

    @Test("a link that a sender laid into a text drops the packet when it would have to be written anew")
    func linkInText() {
        var bytes = TeraPacket(target: "ab", message: "cdefghij").bytes()
        // The target stands at 16, the message at 22; one element at 26, of which the successor is none.
        bytes.replaceSubrange(8..<12, with: little(1, 2) + little(26, 2))
        bytes.replaceSubrange(26..<28, with: little(26, 2))
        bytes.replaceSubrange(28..<30, with: [0, 0])
        // So that the message goes on behind it, it is looked at as one of fixed room.
        let layout = PacketLayout(
            fields: [
                TeraPacket.layout.fields[0],
                Field(
                    name: "message", kind: .text(.fixed(6), .utf16le, isNULEnded: false),
                    origin: .indirect(u16(6), plus: 0)),
            ], arrays: TeraPacket.layout.arrays)
        #expect(layout.fault(bytes) == nil)
        #expect(layout.edited(bytes, 0, .truncate(1)) == nil)
        #expect(layout.edited(bytes, 0, .setText(scalars("xy"))) != nil)
    }

    @Test("a counter or checksum at a fixed place behind a changed text cannot move with it", arguments: [true, false])
    func placeBehind(isCounter: Bool) {
        let layout = PacketLayout(
            fields: [Field(name: "t", kind: .terminated(.utf8), origin: .start(0))],
            counter: isCounter ? CounterField(place: u8(6), first: 0) : nil,
            checksum: isCounter ? nil : ChecksumField(place: u8(6), algorithm: .sum, start: 0, end: 0))
        #expect(layout.edited([0x61, 0x62, 0x63, 0, 0, 0, 7, 7], 0, .truncate(2)) == nil)
        #expect(layout.edited([0x61, 0x62, 0x63, 0, 0, 0, 7, 7], 0, .setText(scalars("xyz"))) != nil)
    }

    @Test("an element whose bytes reach into what changes drops the packet")
    func elementReachesIn() {
        let layout = PacketLayout(
            fields: [Field(name: "t", kind: .terminated(.utf8), origin: .indirect(u8(2), plus: 0))],
            arrays: [ArrayLayout(name: "a", count: .place(u8(0)), elements: .linked(first: u8(1), byteCountMin: 4))])
        #expect(
            layout.edited([1, 3, 7, 3, 0, 9, 9, 0x61, 0x62, 0], 0, .truncate(1)) == [1, 3, 7, 3, 0, 9, 9, 0x61, 0])
        #expect(layout.edited([1, 3, 6, 3, 0, 9, 0x61, 0x62, 0], 0, .truncate(1)) == nil)
    }

    @Test("what stood where an empty field grows moves behind it")
    func growsBefore() {
        let layout = PacketLayout(fields: [
            Field(name: "b", kind: .bytes(.counted(u8(1), unitByteCount: 1)), origin: .indirect(u8(0), plus: 0)),
            Field(name: "t", kind: .terminated(.utf8), origin: .indirect(u8(2), plus: 0)),
        ])
        #expect(layout.edited([3, 0, 3, 0x61, 0], 0, .setBytes([7])) == [3, 1, 4, 7, 0x61, 0])
        #expect(layout.edited([4, 0, 3, 0x61, 0], 0, .setBytes([7])) == nil)
    }

    @Test("elements side by side that reach into what changes drop the packet")
    func contiguousReachesIn() {
        let layout = PacketLayout(
            fields: [Field(name: "t", kind: .terminated(.utf8), origin: .indirect(u8(2), plus: 0))],
            arrays: [
                ArrayLayout(
                    name: "a", count: .place(u8(0)),
                    elements: .contiguous(first: .indirect(u8(1), plus: 0), byteCount: 2))
            ])
        #expect(layout.edited([1, 3, 5, 1, 1, 0x61, 0x62, 0, 9], 0, .truncate(1)) == [1, 3, 5, 1, 1, 0x61, 0, 9])
        #expect(layout.edited([2, 3, 5, 1, 1, 0x61, 0x62, 0, 9], 0, .truncate(1)) == nil)
        #expect(layout.edited([1, 6, 3, 0x61, 0x62, 0, 1, 1], 0, .truncate(1)) == [1, 5, 3, 0x61, 0, 1, 1])
    }

    @Test("a text that a sender laid around another is not changed unseen, even where no size changes")
    func aroundAnother() {
        let layout = PacketLayout(fields: [
            Field(name: "a", kind: .terminated(.utf8), origin: .indirect(u8(0), plus: 0)),
            Field(name: "b", kind: .terminated(.utf8), origin: .indirect(u8(1), plus: 0)),
        ])
        #expect(layout.edited([2, 4, 0x61, 0x62, 0x63, 0x64, 0], 1, .truncate(1)) == nil)
        #expect(layout.edited([2, 4, 0x61, 0x62, 0x63, 0x64, 0], 1, .setText(scalars("xy"))) == nil)
        #expect(
            layout.edited([2, 5, 0x61, 0x62, 0, 0x64, 0], 1, .setText(scalars("x"))) == [2, 5, 0x61, 0x62, 0, 0x78, 0])
    }
}
