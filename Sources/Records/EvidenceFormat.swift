import Events
import Reputation
import WireBytes

extension JSONLine {
    /// What was there to see when a ban was decided, without what the ban itself says: connection, client and packet.
    mutating func add(_ evidence: Evidence) {
        let isOfPacket = evidence.packet != "-" || evidence.byteCount > 0
        add("listener", evidence.listener)
        add("src_port", evidence.client?.port)
        add("phase", evidence.phase == "-" ? nil : evidence.phase)
        add("opcode", isOfPacket ? "0x" + String(evidence.opcode, radix: 16) : nil)
        add("bytes", evidence.byteCount)
        add("excerpt", hexadecimal: evidence.excerpt)
        add("redacted", evidence.redacted)
        add("detail", evidence.detail)
        add("age_us", evidence.ageUS)
        add("bytes_in", evidence.byteCounts.inbound)
        add("bytes_out", evidence.byteCounts.outbound)
        add("packets_in", evidence.packetCounts.inbound)
        add("packets_out", evidence.packetCounts.outbound)
        add("dropped_in", evidence.droppedCounts.inbound)
        add("dropped_out", evidence.droppedCounts.outbound)
        add("scores", evidence.trail) { line, point in
            line.add("timestamp", WallTime(wallUS: point.wallUS))
            line.add("rule_id", point.ruleID)
            line.add("rule_name", point.ruleName)
            line.add("points", point.points)
            line.add("score", point.score)
        }
    }
}

extension BanCause {
    /// Whether a rule decided, or gave the points that did.
    var isOfRule: Bool {
        switch origin {
        case .rule, .ladder, .network: true
        case .operator, .imported, .list: false
        }
    }
}

extension Subject {
    /// The account; `nil` for a network.
    var account: AccountName? {
        if case .account(let name) = self { return name }
        return nil
    }
}
