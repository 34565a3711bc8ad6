import GameProtocol
import TestSupport
import Testing
import WireBytes

@Suite("PacketCutter: the lanes of all phases")
struct PacketCutterTests {
    private static func phase(_ name: String, _ lanes: PerDirection<Lane>?) -> Phase {
        Phase(
            name: name, deadlineNS: nil, preamble: [], lanes: lanes, isOpaque: lanes == nil,
            accept: PerDirection(both: nil), transitions: [])
    }

    @Test("in every phase and direction a stream is cut as by that lane alone")
    func phases() throws {
        let games = Game.all
        let packets = PerDirection(inbound: Game.tera.packets, outbound: Game.ultima.packets)
        let phases = games.indices.map { index in
            let lanes = [games[index], games[games.count - 1 - index]].map { Lane(frame: $0.frame, opcode: $0.opcode) }
            return Self.phase(games[index].name, PerDirection(inbound: lanes[0], outbound: lanes[1]))
        }
        let opaque = Self.phase("opaque", nil)
        let descriptor = Descriptor(name: "all", phases: [opaque] + phases + [opaque], packets: packets)
        var random = SplitMix64(seed: 8)
        var cuts = 0
        for index in games.indices {
            for direction in Direction.allCases {
                let game = direction == .inbound ? games[index] : games[games.count - 1 - index]
                let alone = StreamCutter(
                    lane: Lane(frame: game.frame, opcode: game.opcode), packets: packets[direction])
                for _ in 0..<40 {
                    let bytes = Array(game.make(&random).bytes.prefix(Int.random(in: 0...40, using: &random)))
                    var scannedByteCount = 0
                    let expected = Result { () throws(FramingViolation) in try alone.ask(bytes) }
                    let found = Result { () throws(FramingViolation) in
                        try descriptor.cutter.cut(
                            bytes.span.bytes, direction, phase: index + 1, scannedByteCount: &scannedByteCount)
                    }
                    #expect(found == expected, "\(game.name) \(bytes)")
                    if case .success(.packet) = found { cuts += 1 }
                }
            }
        }
        #expect(cuts > 400)
    }

    @Test("cutting in a phase that has no frame is a bug of whoever asks")
    func noFrame() async {
        await #expect(processExitsWith: .failure) {
            let phase = Phase(
                name: "opaque", deadlineNS: nil, preamble: [], lanes: nil, isOpaque: true,
                accept: PerDirection(both: nil), transitions: [])
            let descriptor = Descriptor(name: "none", phases: [phase], packets: PerDirection(both: PacketTable([])))
            var scannedByteCount = 0
            let bytes: [UInt8] = [1]
            _ = try descriptor.cutter.cut(bytes.span.bytes, .inbound, phase: 0, scannedByteCount: &scannedByteCount)
        }
    }
}
