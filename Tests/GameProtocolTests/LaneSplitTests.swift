import GameProtocol
import TestSupport
import Testing

@Suite("Lane: every game, every split")
struct LaneSplitTests {
    /// What the framer must say about a sample.
    private func expected(_ sample: Game.Sample, _ game: Game) throws -> CutPacket {
        let index = game.packets.entries.firstIndex { $0.name == sample.name }
        try #require(index != nil || sample.name == "unknown")
        return CutPacket(
            byteCount: sample.bytes.count, packet: PacketIndex((index ?? -1) + 1), opcode: sample.opcode)
    }

    @Test("packets that are encoded are cut again, however the stream is split", arguments: Game.all)
    func identity(game: Game) throws {
        var random = SplitMix64(seed: 1)
        for round in 0..<30 {
            let samples = (0..<12).map { _ in game.make(&random) }
            let stream = samples.flatMap(\.bytes)
            let cut = game.cutter.cutEveryWay(stream)
            #expect(cut == CutStream(packets: try samples.map { try expected($0, game) }), "round \(round)")
            for _ in 0..<4 {
                #expect(game.cutter.cut(pieces: random.pieces(of: stream, most: 9)) == cut, "round \(round)")
            }
        }
    }

    @Test(
        "a packet cut off anywhere is waited for, and its name is known before or at its last byte", arguments: Game.all
    )
    func truncation(game: Game) throws {
        var random = SplitMix64(seed: 2)
        for _ in 0..<20 {
            let sample = game.make(&random)
            let packet = try expected(sample, game)
            for count in 0...sample.bytes.count {
                switch try game.cutter.ask(Array(sample.bytes.prefix(count))) {
                case .needs(let needed): #expect(needed > count && needed <= sample.bytes.count)
                case .packet(let cut): #expect(cut == packet)
                }
            }
            // What follows a packet says nothing about it.
            #expect(try game.cutter.ask(sample.bytes + random.bytes(20)) == .packet(packet))
        }
    }

    @Test("streams with changed bytes come to the same, however they are split", arguments: Game.all)
    func changedBytes(game: Game) {
        var random = SplitMix64(seed: 3)
        var noticed = 0
        for _ in 0..<150 {
            let sound = (0..<4).flatMap { _ in game.make(&random).bytes }
            var stream = sound
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                stream[Int.random(in: stream.indices, using: &random)] = random.bytes(1)[0]
            }
            if game.cutter.cutEveryWay(stream) != game.cutter.cut(sound) { noticed += 1 }
        }
        // In a body a changed byte is not seen here; in the header it is.
        #expect(noticed > 0 && noticed < 150)
    }

    @Test("random bytes never trap, and every packet takes at least one of them", arguments: Game.all)
    func randomBytes(game: Game) {
        var random = SplitMix64(seed: 4)
        let telling: [UInt8] = [0, 1, 2, 0x0A, 0x20, 0x5E, 0x7F, 0x80, 0xAA, 0x55, 0xC1, 0xC2, 0xD0, 0xFF]
        for round in 0..<300 {
            var stream = random.bytes(48)
            if round % 2 == 0 { stream = stream.map { telling[Int($0) % telling.count] } }
            let cut = game.cutter.cutEveryWay(stream)
            #expect(cut.packets.count <= stream.count)
            #expect(cut.packets.allSatisfy { $0.byteCount <= game.frame.byteCountMax || [2].contains($0.byteCount) })
        }
    }
}
