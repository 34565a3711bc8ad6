import GameProtocol
import Inspection
import PacketFields
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("What the log says was wrong")
struct DetailTests {
    /// The scenarios' game, where one packet has a counter, a checksum of its text, and the text's length before it.
    private static let descriptor: Descriptor = {
        let plain = Game.descriptor()
        let layout = PacketLayout(
            fields: [
                Field(
                    name: "text",
                    kind: .text(
                        .prefixed(byteCount: 1, isLittleEndian: false, unitByteCount: 1), .latin1,
                        isNULEnded: false), origin: .start(5))
            ],
            counter: CounterField(place: IntegerPlace(offset: 3, byteCount: 1, isLittleEndian: true), first: 1),
            checksum: ChecksumField(
                place: IntegerPlace(offset: 4, byteCount: 1, isLittleEndian: true), algorithm: .xor, start: 5, end: 0))
        let entries = plain.packets.inbound.entries.map { entry in
            guard entry.identity == .number(UInt64(Opcode.signed), sub: nil) else { return entry }
            return PacketTable.Entry(
                name: entry.name, identity: entry.identity, byteCounts: 6...64, layout: layout)
        }
        return Descriptor(
            name: plain.name, phases: plain.phases,
            packets: PerDirection(inbound: PacketTable(entries), outbound: plain.packets.outbound))
    }()

    private func packet(_ text: String, counter: UInt8, declared: UInt8? = nil, sum: UInt8? = nil) -> [UInt8] {
        let said = [declared ?? UInt8(text.utf8.count)] + text.utf8
        return [UInt8(said.count + 5), 0, Opcode.signed, counter, sum ?? said.reduce(0, ^)] + said
    }

    @Test("each violation of one packet has its own words, and none those of another")
    func details() throws {
        let logged = ViolationResponse(action: PerDirection(both: .log))
        let ruleset = Game.ruleset(
            [], descriptor: Self.descriptor,
            violations: [.malformed: logged, .counter: logged, .checksum: logged])
        let world = try World(settings: Game.settings(), rulesets: [ruleset])
        let client = world.addClient([
            .send(packet("fine", counter: 1)), .pause(Game.secondNS),
            .send(packet("all", counter: 7, declared: 9, sum: 0)),
            .send(packet("sum", counter: 8, sum: 1) + [2, 0, 0]), .awaitEnd,
        ])
        world.run()
        #expect(world.servers[0].received.starts(with: packet("fine", counter: 1)))
        #expect(world.record(of: client)?.termination.reason == .violation)
        #expect(
            world.findings.map { "\($0.ruleName): \($0.detail ?? "-")" } == [
                "malformed: 'text' reaches outside the packet", "checksum: the checksum is another",
                "counter: the counter is 7, and 2 would come next", "checksum: the checksum is another",
                "framing: declares a size of 2, at least 3 is needed",
            ])
    }
}
