import Events
import Inspection
import Reputation
import Testing
import WireBytes

@testable import Demonstration

@Suite("The ledger")
struct LedgerTests {
    private let client = IPAddress(ipv4: 0x7F00_4201)

    private func finding(_ action: String, isShadow: Bool = false) -> Event {
        .finding(
            FindingRecord(
                wallUS: 0, connection: "0-1", listener: "demo", client: Endpoint(client, port: 1), ruleID: 101,
                ruleName: "packet-flood", action: action, isShadow: isShadow, score: 1, from: "client", packet: "ncom",
                opcode: 0, byteCount: 18))
    }

    private func ban(_ change: BanRecord.Change, _ ruleName: String) -> Event {
        let cause = BanCause(origin: .ladder, ruleID: 101, ruleName: ruleName, packet: "ncom", connection: "0-1")
        let ban = Ban(
            subject: .network(IPNetwork(holding: client, prefixLength: 128)), address: client, startedNS: 5, untilNS: 9,
            number: 1, cause: cause)
        return .ban(BanRecord(wallUS: 0, change: change, ban: ban, remainingSeconds: 600))
    }

    private func end(_ cause: Termination.Cause, _ stage: Termination.Stage, dropped: UInt64) -> Event {
        .connection(
            ConnectionRecord(
                acceptedWallUS: 0, endedWallUS: 0, connection: "0-1", listener: "demo", pool: "world", server: nil,
                client: Endpoint(client, port: 1), peer: Endpoint(client, port: 1), connectUS: -1,
                byteCounts: PerDirection(both: 0), packetCounts: PerDirection(both: 0),
                droppedPacketCounts: PerDirection(inbound: dropped, outbound: 1),
                termination: Termination(cause: cause, stage: stage, reason: .banned), ruleID: nil, ruleName: nil,
                openCount: 0))
    }

    @Test("counts findings that did something, and no others")
    func findings() {
        var ledger = Ledger()
        _ = ledger.record(["pass", "log", "drop", "delay", "close"].map { finding($0) }, leftOutCount: 0)
        _ = ledger.record([finding("drop", isShadow: true)], leftOutCount: 2)
        #expect(ledger[client].hitCount == 3)
        #expect(ledger[client].dropFindingCount == 1)
        #expect(ledger[client].ruleName == "packet-flood")
        #expect(ledger.leftOutCount == 2)
        #expect(ledger[IPAddress(ipv4: 1)].hitCount == 0)
    }

    @Test("tells of the first ban of an address once, with its rule")
    func bans() {
        var ledger = Ledger()
        #expect(ledger.record([ban(.began, "flood"), ban(.extended, "other")], leftOutCount: 0) == [client])
        #expect(ledger.record([ban(.began, "other")], leftOutCount: 0).isEmpty)
        #expect(ledger[client].ban?.ruleName == "flood")
        #expect(ledger[client].ban?.seconds == 600)
    }

    @Test("adds up what connections lost in both directions")
    func connections() {
        var ledger = Ledger()
        _ = ledger.record([end(.rule, .established, dropped: 4), end(.ban, .proxyHeader, dropped: 0)], leftOutCount: 0)
        #expect(ledger[client].droppedCount == 6)
    }
}
