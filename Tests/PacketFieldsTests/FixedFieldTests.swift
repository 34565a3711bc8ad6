import PacketFields
import Testing
import WireBytes

@Suite("Fields at fixed places")
struct FixedFieldTests {
    private let layout = PacketLayout(fields: [
        Field(name: "a", kind: .integer(byteCount: 2, isLittleEndian: true, isSigned: false), origin: .start(2)),
        Field(name: "b", kind: .integer(byteCount: 3, isLittleEndian: false, isSigned: true), origin: .start(4)),
    ])

    @Test("integers are read in their order and with their sign")
    func integers() {
        let packet: [UInt8] = [0, 0, 0x34, 0x12, 0xFF, 0xFF, 0xFE]
        #expect(layout.number(0, packet) == 0x1234)
        #expect(layout.number(1, packet) == -2)
    }

    @Test("a packet that ends with its last field is whole, and one byte less is a fault of that field")
    func bounds() {
        #expect(layout.isFixed)
        #expect(layout.byteCountNeeded == 7)
        #expect(layout.wholeFault([UInt8](repeating: 0, count: 7)) == nil)
        let fault = layout.wholeFault([UInt8](repeating: 0, count: 6))
        #expect(fault == LayoutFault(subject: .field(1), reason: .outside))
        #expect(fault.map { layout.name(of: $0) } == "b")
    }
}
