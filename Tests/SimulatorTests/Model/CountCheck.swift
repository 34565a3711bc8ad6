import Events
import WireBytes

/// Whether a connection's record counts what really came, passed and was dropped.
///
/// Only of connections that came to an orderly end: then everything that was sent was judged.
struct CountCheck {
    let record: ConnectionRecord

    func complaints(_ run: RandomRun, _ client: Peer, _ server: Peer) -> [String] {
        let facts = run.facts[client.number]
        let fromClient = Array(client.sent.dropFirst(facts.headByteCount))
        let passed = server.isAttentive ? packetCount(run.gameBytes(receivedBy: server), .inbound, run) : nil
        let returned = client.isAttentive ? packetCount(client.received, .outbound, run) : nil
        return complaints(.inbound, sent: fromClient, passedCount: passed, run)
            + complaints(.outbound, sent: server.sent, passedCount: returned, run)
    }

    private func complaints(
        _ direction: Direction, sent: [UInt8], passedCount: Int?, _ run: RandomRun
    ) -> [String] {
        var found: [String] = []
        if record.byteCounts[direction] != UInt64(sent.count) {
            found.append("\(direction): \(sent.count) bytes came, counted \(record.byteCounts[direction])")
        }
        guard let passedCount else { return found }
        let droppedCount = packetCount(sent, direction, run) - passedCount
        if record.packetCounts[direction] != UInt64(passedCount) {
            found.append("\(direction): \(passedCount) packets passed, counted \(record.packetCounts[direction])")
        }
        if record.droppedPacketCounts[direction] != UInt64(droppedCount) {
            let counted = record.droppedPacketCounts[direction]
            found.append("\(direction): \(droppedCount) packets were dropped, counted \(counted)")
        }
        return found
    }

    private func packetCount(_ bytes: [UInt8], _ direction: Direction, _ run: RandomRun) -> Int {
        run.stream(bytes, direction).units.count { if case .packet = $0.kind { true } else { false } }
    }
}
