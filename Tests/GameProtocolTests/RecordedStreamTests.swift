import GameProtocol
import TestSupport
import Testing
import WireBytes

@Suite("Lane: recorded sessions")
struct RecordedStreamTests {
    private func stream(_ name: String, _ direction: Direction) throws -> [UInt8] {
        try RecordedCapture(name).bytes(direction)
    }

    private func count(_ packets: [CutPacket], _ opcode: UInt64) -> Int { packets.count { $0.opcode == opcode } }

    @Test("a Crossfire session is cut into the packets that another program found in it")
    func crossfire() throws {
        let cutter = Game.crossfire.cutter
        let outbound = cutter.cut(try stream("crossfire", .outbound))
        #expect(outbound.violation == nil && outbound.leftByteCount == 0 && outbound.packets.count == 867)
        let names = outbound.packets.map { cutter.packets.name(of: $0.packet) }
        #expect(names.count { $0 == "tick" } == 193)
        #expect(names.count { $0 == "drawextinfo" } == 55)
        #expect(names.count { $0 == "newmap" } == 3)
        #expect(names.count { $0 == "addme_success" } == 1)
        #expect(count(outbound.packets, 0x636F_6D63_0000_0000) == 113)
        let inbound = cutter.cut(try stream("crossfire", .inbound))
        #expect(inbound.violation == nil && inbound.leftByteCount == 0 && inbound.packets.count == 230)
        #expect(count(inbound.packets, 0x6E63_6F6D_0000_0000) == 184)
    }

    @Test("an OpenTTD session is cut into the packets that another program found in it")
    func openttd() throws {
        let outbound = Game.openttd.cutter.cut(try stream("openttd", .outbound))
        #expect(outbound.violation == nil && outbound.leftByteCount == 0 && outbound.packets.count == 822)
        #expect(outbound.packets.map(\.byteCount).max() == 32_767)
        #expect(count(outbound.packets, 24) == 782 && count(outbound.packets, 20) == 4)
        let inbound = Game.openttd.cutter.cut(try stream("openttd", .inbound))
        #expect(inbound.violation == nil && inbound.leftByteCount == 0 && inbound.packets.count == 30)
        #expect(count(inbound.packets, 25) == 12 && count(inbound.packets, 29) == 8)
    }
}
