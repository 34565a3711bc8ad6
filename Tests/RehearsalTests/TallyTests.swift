import Events
import TestSupport
import Testing
import WireBytes

@testable import Rehearsal

@Suite("Replay: what is added up")
struct TallyTests {
    private func finding(_ number: UInt32) -> RehearsalEvent {
        let client = Endpoint(IPAddress(ipv4: 0x0A00_0000 + number), port: 1)
        return .finding(
            connection: UInt64(number),
            FindingRecord(
                wallUS: Int64(number), connection: "0-1", listener: "a", client: client, ruleID: 100, ruleName: "r",
                action: "drop", isShadow: false, score: 1, from: "client", packet: "P", opcode: 1, byteCount: 3))
    }

    private func key(_ address: IPAddress) -> IPNetwork { IPNetwork(holding: address, prefixLength: 128) }

    @Test("players are told apart up to a bound, those beyond it share a row", arguments: [4, 5])
    func players(count: UInt32) {
        var tally = ReplayTally()
        tally.playerCountMax = 4
        tally.rulePlayerCountMax = 3
        for number in 1...count { tally.take(finding(number), keyOf: key) }
        for _ in 0..<2 { tally.take(finding(1), keyOf: key) }
        let report = tally.finished()
        #expect(report.players.count == Int(count))
        #expect(report.players.contains { $0.address == nil } == (count == 5))
        #expect(report.players.first?.points == 3)
        #expect(report.rules.map(\.count) == [UInt64(count) + 2] && report.rules.map(\.playerCount) == [3])
        #expect(report.rules.first?.firstUS == 1)
    }
}
