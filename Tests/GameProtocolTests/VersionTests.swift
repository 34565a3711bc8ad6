import GameProtocol
import TestSupport
import Testing
import WireBytes

@Suite("versions of a protocol")
struct VersionTests {
    private static func lane(_ opcode: OpcodeRule.Form, sub: OpcodeRule.Sub? = nil, also: [Int] = []) -> Lane {
        let length = LengthField(field: IntegerField(offset: 0, byteCount: 2, isLittleEndian: true), adjust: 0)
        return Lane(
            frame: FrameRule(
                frame: .length(length, escapes: []), byteCountMin: 4, byteCountMax: 1_000, also: also),
            opcode: OpcodeRule(form: opcode, sub: sub))
    }

    /// A protocol with a phase for each version, all cut alike.
    private static func descriptor(_ lane: Lane, _ entries: [PacketTable.Entry], versionCount: Int) -> Descriptor {
        Descriptor(
            name: "versions",
            phases: (0..<versionCount).map { version in
                Phase(
                    name: "play", version: version, deadlineNS: nil, preamble: [], lanes: PerDirection(both: lane),
                    isOpaque: false, accept: PerDirection(both: nil), transitions: [])
            },
            packets: PerDirection(inbound: PacketTable(entries), outbound: PacketTable([])),
            versionNames: (0..<versionCount).map { $0 == 0 ? "" : "\($0)" })
    }

    /// The packet that the bytes are in each version, by both ways to cut.
    private static func packets(_ bytes: [UInt8], _ descriptor: Descriptor) throws -> [PacketIndex] {
        try descriptor.phases.indices.map { phase in
            var scanned = 0
            let cut = try descriptor.cutter.cut(bytes.span.bytes, .inbound, phase: phase, scannedByteCount: &scanned)
            guard case .packet(let packet) = cut else {
                Issue.record("\(cut)")
                return 0
            }
            if let atHand = descriptor.cutter.cutAtHand(bytes.span.bytes, .inbound, phase: phase) {
                #expect(atHand == packet)
            }
            return packet.packet
        }
    }

    private static let number = IntegerField(offset: 2, byteCount: 2, isLittleEndian: true)

    private static func entry(_ identity: PacketIdentity, _ version: Int) -> PacketTable.Entry {
        PacketTable.Entry(name: "P", identity: identity, version: version, byteCounts: nil)
    }

    @Test("the same number is another packet in each version, and none where the version has no such number")
    func numbers() throws {
        let entries = [
            Self.entry(.number(1, sub: nil), 0), Self.entry(.number(7, sub: nil), 1),
            Self.entry(.number(1, sub: nil), 2), Self.entry(.number(65_535, sub: nil), 2),
        ]
        let descriptor = Self.descriptor(Self.lane(.integer(Self.number)), entries, versionCount: 4)
        #expect(try Self.packets([4, 0, 1, 0], descriptor) == [1, 0, 3, 0])
        #expect(try Self.packets([4, 0, 7, 0], descriptor) == [0, 2, 0, 0])
        #expect(try Self.packets([4, 0, 0xFF, 0xFF], descriptor) == [0, 0, 4, 0])
        #expect(try Self.packets([4, 0, 2, 0], descriptor) == [0, 0, 0, 0])
    }

    @Test("so are numbers with a sub-opcode, large numbers, words, and bare lengths")
    func others() throws {
        let sub = OpcodeRule.Sub(when: [9], field: IntegerField(offset: 4, byteCount: 1, isLittleEndian: true))
        let subs = Self.descriptor(
            Self.lane(.integer(Self.number), sub: sub),
            [Self.entry(.number(9, sub: 1), 1), Self.entry(.number(9, sub: 1), 2)], versionCount: 3)
        #expect(try Self.packets([5, 0, 9, 0, 1], subs) == [0, 1, 2])

        let wide = IntegerField(offset: 2, byteCount: 4, isLittleEndian: true)
        let large = Self.descriptor(
            Self.lane(.integer(wide)),
            [Self.entry(.number(0x1_0000, sub: nil), 0), Self.entry(.number(0x1_0000, sub: nil), 1)], versionCount: 3)
        #expect(try Self.packets([6, 0, 0, 0, 1, 0], large) == [1, 2, 0])

        let word = Array("hi".utf8)
        let words = Self.descriptor(
            Self.lane(.word(offset: 2)), [Self.entry(.word(word), 2), Self.entry(.word(word), 1)], versionCount: 3)
        #expect(try Self.packets([5, 0] + word + [0x20], words) == [0, 2, 1])

        let lengths = Self.descriptor(
            Self.lane(.integer(Self.number), also: [2]), [Self.entry(.length(2), 1), Self.entry(.length(2), 2)],
            versionCount: 3)
        #expect(try Self.packets([2, 0], lengths) == [0, 1, 2])
    }
}
