import Glibc
import TestSupport
import Testing
import WireBytes

@testable import Demonstration

@Suite("On real sockets")
struct LoopbackTests {
    /// However slow the machine is, no test waits longer.
    private static let patienceNS: UInt64 = 30_000_000_000

    /// Reads packets until `count` have come or the connection or the patience is over.
    private func packets(_ count: Int, from line: inout Line) -> [GamePacket] {
        var stream = PacketStream()
        var packets: [GamePacket] = []
        let endNS = Clock.nowNS + Self.patienceNS
        while packets.count < count, Clock.nowNS < endNS, let polled = line.polled {
            line.flush()
            var sockets = [polled]
            Clock.poll(&sockets, mostMS: 1_000)
            let news = line.look()
            packets += stream.packets(in: news.bytes)
            if news.isOver { break }
        }
        return packets
    }

    @Test("the world serves who connects, and counts what arrives when nothing should")
    func world() throws {
        let world = try World()
        try world.start()
        defer { world.stop() }
        let client = IPAddress(ipv4: 0x7F00_4209)
        var line = Line()
        let isOpen = line.open(from: client, to: world.endpoint)
        try #require(isOpen)
        line.write(Array("PROXY TCP4 \(client) 127.0.0.1 1 2\r\n".utf8))
        #expect(packets(1, from: &line).map(\.word) == ["version"])
        let setup = GamePacket("setup", text: "tick 1").bytes
        line.write(setup)
        #expect(packets(1, from: &line).map(\.word) == ["setup"])
        #expect(world.lateByteCount(of: client) == 0)
        world.expectNothing(of: client, fromNS: 0)
        line.write(setup)
        #expect(packets(1, from: &line).map(\.word) == ["setup"])
        #expect(world.lateByteCount(of: client) == setup.count)
    }

    @Test("the players play through Portcullis, and it has nothing to say about them")
    func players() throws {
        let logs = try LogFolder(isKept: false)
        let world = try World()
        let gate = try Gate(world: world.endpoint, rulesFolder: PackageFiles.root + "/rules", logs: logs)
        try world.start()
        defer { world.stop() }
        var crowd = Crowd(gate: gate.endpoint, nowNS: Clock.nowNS)
        let endNS = Clock.nowNS + Self.patienceNS
        while Clock.nowNS < endNS, crowd.players.contains(where: { $0.answeredCount < 3 && $0.complaint == nil }) {
            crowd.step(mostMS: 10)
            _ = gate.record()
        }
        crowd.leave()
        while Clock.nowNS < endNS, !crowd.isSettled { crowd.step(mostMS: 10) }
        crowd.close()
        gate.stop()
        for player in crowd.players {
            #expect(player.complaint == nil)
            #expect(player.answeredCount >= 3)
            #expect(gate.ledger[player.address].hitCount == 0)
            #expect(gate.ledger[player.address].droppedCount == 0)
        }
    }
}
