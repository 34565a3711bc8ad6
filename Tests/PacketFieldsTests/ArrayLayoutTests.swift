import PacketFields
import Testing
import WireBytes

@Suite("Arrays in packets")
struct ArrayLayoutTests {
    /// Two linked arrays with their references at 0 and 4, and elements of 6 bytes at least.
    private let linked = PacketLayout(
        fields: [],
        arrays: [
            ArrayLayout(name: "a", count: .place(u16(0)), elements: .linked(first: u16(2), byteCountMin: 6)),
            ArrayLayout(name: "b", count: .place(u16(4)), elements: .linked(first: u16(6), byteCountMin: 4)),
        ])

    /// A packet of 16-bit numbers.
    private func packet(_ numbers: Int...) -> [UInt8] { numbers.flatMap { little($0, 2) } }

    @Test("elements that lead on to the last are right, also with bytes between them")
    func good() {
        #expect(linked.fault(packet(0, 0, 0, 0)) == nil)
        #expect(linked.fault(packet(1, 8, 0, 0, 8, 0, 77)) == nil)
        #expect(linked.fault(packet(2, 8, 0, 0, 8, 16, 77, 78, 16, 0, 77)) == nil)
        #expect(linked.elements(0, packet(2, 8, 0, 0)) == 2)
    }

    @Test("the elements of two arrays may lie between each other")
    func interleaved() {
        #expect(linked.fault(packet(2, 8, 2, 14, 8, 18, 77, 14, 24, 18, 0, 77, 24, 0)) == nil)
    }

    @Test("an offset of 0 is right only where there is no element, and none may have an offset all the same")
    func noElement() {
        #expect(linked.fault(packet(1, 0, 0, 0, 8, 0, 77)) == .noFirstElement)
        #expect(linked.fault(packet(0, 8, 0, 0)) == nil)
        #expect(linked.fault(packet(0, 9, 0, 0)) == .outside)
        #expect(linked.fault(packet(0, 7, 0, 0)) == .insideFixedPart)
    }

    @Test("a count that lies is found, in both directions")
    func lyingCounts() {
        #expect(linked.fault(packet(3, 8, 0, 0, 8, 14, 77, 14, 0, 77)) == .wrongNext)
        #expect(linked.fault(packet(1, 8, 0, 0, 8, 14, 77, 14, 0, 77)) == .wrongNext)
        #expect(linked.fault(packet(0xFFFF, 8, 0, 0, 8, 0, 77)) == .countTooLarge)
    }

    @Test("a count is as large as the packet has room for, and not one more")
    func countBound() {
        let element = PacketLayout(
            fields: [],
            arrays: [ArrayLayout(name: "a", count: .place(u8(0)), elements: .linked(first: u8(1), byteCountMin: 2))])
        // Eight bytes: four elements would fit if the references took no room.
        #expect(element.fault([3, 2, 2, 4, 4, 6, 6, 0]) == nil)
        #expect(element.fault([4, 2, 2, 4, 4, 6, 6, 8]) == .outside)
        #expect(element.fault([5, 2, 2, 4, 4, 6, 6, 8]) == .countTooLarge)
    }

    @Test("elements that lead in a circle or back are found at the first step back")
    func cycles() {
        #expect(linked.fault(packet(2, 8, 0, 0, 8, 8, 77, 14, 0, 77)) == .wrongNext)
        #expect(linked.fault(packet(3, 8, 0, 0, 8, 14, 77, 14, 8, 77)) == .wrongNext)
        #expect(linked.fault(packet(2, 14, 0, 0, 8, 0, 77, 14, 8, 77)) == .wrongNext)
    }

    @Test("an element that does not begin with its own offset is found")
    func here() {
        #expect(linked.fault(packet(1, 8, 0, 0, 10, 0, 77)) == .wrongHere)
        #expect(linked.fault(packet(2, 8, 0, 0, 8, 14, 77, 15, 0, 77)) == .wrongHere)
    }

    @Test("an element may end with the packet, and no later")
    func outside() {
        #expect(linked.fault(packet(1, 8, 0, 0, 8, 0)) == .outside)
        #expect(linked.fault(packet(1, 14, 0, 0, 8, 0, 77)) == .outside)
        #expect(linked.fault(packet(2, 8, 0, 0, 8, 0xFFFF, 77)) == .outside)
        #expect(linked.fault([1, 0, 8]) == .outside)
    }

    @Test("the fault names the array")
    func name() {
        let fault = linked.wholeFault(packet(0, 0, 1, 0))
        #expect(fault == LayoutFault(subject: .array(1), reason: .noFirstElement))
        #expect(fault.map { linked.name(of: $0) } == "b")
    }

    @Test("elements side by side may fill the packet, and a count of one more lies")
    func contiguous() {
        let layout = PacketLayout(
            fields: [],
            arrays: [
                ArrayLayout(name: "a", count: .place(u8(4)), elements: .contiguous(first: .start(5), byteCount: 12))
            ])
        let packet = { (count: UInt8, size: Int) in [0, 0, 0, 0, count] + [UInt8](repeating: 7, count: size) }
        #expect(layout.fault(packet(2, 24)) == nil)
        #expect(layout.fault(packet(2, 23)) == .countTooLarge)
        #expect(layout.fault(packet(0, 0)) == nil)
        #expect(layout.fault(packet(255, 24)) == .countTooLarge)
        #expect(layout.fault([0, 0, 0, 0]) == .outside)
    }

    @Test("elements may follow a field that counts them, and a count of 64 bits does not trap")
    func counted() {
        let layout = PacketLayout(
            fields: [Field(name: "n", kind: .varint, origin: .start(0))],
            arrays: [ArrayLayout(name: "a", count: .field(0), elements: .contiguous(first: .after(0), byteCount: 2))])
        #expect(layout.fault([2, 7, 7, 7, 7]) == nil)
        #expect(layout.fault([3, 7, 7, 7, 7]) == .countTooLarge)
        #expect(layout.fault([UInt8](repeating: 0xFF, count: 9) + [1]) == .countTooLarge)
    }

    @Test("a packet of nothing but elements is followed to its end")
    func large() {
        let count = 16_000
        var packet = little(count, 2) + little(8, 2) + [0, 0, 0, 0]
        for index in 0..<count {
            packet += little(8 + 4 * index, 2) + little(index == count - 1 ? 0 : 12 + 4 * index, 2)
        }
        let layout = PacketLayout(
            fields: [],
            arrays: [
                ArrayLayout(name: "a", count: .place(u16(0)), elements: .linked(first: u16(2), byteCountMin: 4))
            ])
        #expect(layout.fault(packet) == nil)
    }
}
