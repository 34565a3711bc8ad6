import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("Rules about earlier packets, in a session")
struct HistoryTests {
    private static let afterA = """
        rules:
          - { id: 100, name: no-a, packet: A, where: { size: 6 }, action: drop }
          - { id: 101, name: step, packet: B, not_after: { packet: [A, Y], in: 10s }, action: drop }
        """

    @Test("a packet counts once its last byte was forwarded, however it came")
    func split() throws {
        let ruleset = try Rules.make(Rules.numbers, Self.afterA)
        for pieces in [[[3, 1, 0, 2, 2]], [[3], [1], [0], [2], [2]], [[3, 1], [0, 2, 2]]] as [[[UInt8]]] {
            let wire = Wire(ruleset)
            wire.send([2, 2])
            wire.send(pieces: pieces)
            #expect(wire.forwarded.inbound == [3, 1, 0, 2, 2])
            #expect(wire.fired == ["step"])
        }
    }

    @Test("a packet that was dropped does not count, and one of the server does")
    func dropped() throws {
        let wire = Wire(try Rules.make(Rules.numbers, Self.afterA))
        wire.send([6, 1, 0, 0, 0, 0, 2, 2])
        #expect(wire.fired == ["no-a", "step"])
        wire.send([2, 2], .outbound)
        wire.send([2, 2])
        #expect(wire.fired == ["no-a", "step"])
        #expect(wire.forwarded.inbound == [2, 2])
    }

    @Test("the time counts from the packet, and a reload in between changes nothing")
    func time() throws {
        let wire = Wire(try Rules.make(Rules.numbers, Self.afterA))
        wire.send([3, 1, 0])
        #expect(wire.reload(try Rules.make(Rules.numbers, Self.afterA)))
        wire.wait(10 * second)
        wire.send([2, 2])
        #expect(wire.fired.isEmpty)
        wire.wait(1)
        wire.send([2, 2])
        #expect(wire.fired == ["step"])
    }

    @Test("packets are compared whole, in any pieces")
    func repeats() throws {
        let rules = "rules: [{ id: 100, name: again, packet: B, repeats: { count: 2, in: 1s }, action: drop }]"
        let ruleset = try Rules.make(Rules.numbers, rules)
        let bytes: [UInt8] = [5, 2, 1, 2, 3, 5, 2, 1, 2, 4, 5, 2, 1, 2, 3, 2, 1, 2, 1]
        for size in 1...bytes.count {
            let wire = Wire(ruleset)
            wire.send(pieces: stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0...].prefix(size)) })
            #expect(wire.forwarded.inbound == [5, 2, 1, 2, 3, 5, 2, 1, 2, 4, 2, 1, 2, 1])
            #expect(wire.fired == ["again"])
        }
    }
}
