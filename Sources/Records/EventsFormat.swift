import Events
import Inspection
import Reputation
import Settings
import WireBytes

/// The lines of `events.json`: one JSON object a line, its `event_type` saying which keys it has.
///
/// Every object of one type has all of its keys, in one order, `null` where there is no value; the manual's page on
/// logs lists them.
struct EventsFormat {
    func line(for event: Event) -> [UInt8] {
        switch event {
        case .finding(let record): line(for: record)
        case .ban(let record): line(for: record)
        case .connection(let record): line(for: record)
        case .operatorAction(let record): line(for: record)
        case .notice(let notice): line(for: notice)
        case .underAttack(let record): line(for: record)
        }
    }

    func line(leftOut: LeftOut, wallUS: Int64) -> [UInt8] {
        var line = start("left_out", wallUS: wallUS)
        line.add("lines", leftOut.lineCount)
        line.add("events", leftOut.eventCount)
        return line.finish()
    }

    private func start(_ type: String, wallUS: Int64) -> JSONLine {
        var line = JSONLine()
        line.add("timestamp", WallTime(wallUS: wallUS))
        line.add("event_type", type)
        return line
    }

    private func line(for record: FindingRecord) -> [UInt8] {
        var line = start("finding", wallUS: record.wallUS)
        line.add("conn_id", record.connection)
        line.add("src_ip", (record.client?.address).map { "\($0)" })
        line.add("src_port", record.client?.port)
        line.add("listener", record.listener)
        line.add("rule_id", record.ruleID)
        line.add("rule_name", record.ruleName)
        line.add("mode", record.isShadow ? "shadow" : "enforce")
        line.add("action", record.action)
        line.add("score", record.score)
        line.add("from", record.from)
        line.add("packet", record.packetLabel == "-" ? nil : record.packetLabel)
        line.add("opcode", record.packetLabel == "-" ? nil : record.opcodeText)
        line.add("bytes", record.byteCount)
        if let detail = record.detail { line.add("detail", detail) }
        return line.finish()
    }

    private func line(for record: BanRecord) -> [UInt8] {
        let ban = record.ban
        var line = start("ban", wallUS: record.wallUS)
        line.add("change", record.change.rawValue)
        line.add("conn_id", Self.known(ban.cause.connection))
        line.add("src_ip", ban.address.map { "\($0)" })
        line.add("network", ban.network.map { "\($0)" })
        line.add("rule_id", ban.cause.isOfRule ? ban.cause.ruleID : nil)
        line.add("rule_name", ban.cause.ruleName)
        line.add("mode", "enforce")
        line.add("origin", ban.cause.origin.rawValue)
        line.add("count", ban.number)
        line.add("remaining_s", record.remainingSeconds)
        line.add("packet", Self.known(ban.cause.packet))
        line.add("kind", ban.kind.rawValue)
        line.add("account", ban.subject.account?.text)
        line.add("who", ban.cause.who)
        line.add("lifted_by", record.who)
        if let evidence = record.evidence {
            line.add("evidence") { $0.add(evidence) }
        } else {
            line.add("evidence", nil as String?)
        }
        return line.finish()
    }

    /// Where the other logs have a dash, this one has `null`.
    private static func known(_ text: String) -> String? { text == "-" ? nil : text }

    private func line(for record: ConnectionRecord) -> [UInt8] {
        var line = start("connection", wallUS: record.endedWallUS)
        line.add("conn_id", record.connection)
        line.add("src_ip", (record.client?.address).map { "\($0)" })
        line.add("src_port", record.client?.port)
        line.add("peer_ip", "\(record.peer.address)")
        line.add("peer_port", record.peer.port)
        line.add("accepted", WallTime(wallUS: record.acceptedWallUS))
        line.add("listener", record.listener)
        line.add("pool", record.pool)
        line.add("dest_ip", (record.server?.address).map { "\($0)" })
        line.add("dest_port", record.server?.port)
        line.add("connect_us", record.connectUS < 0 ? nil : record.connectUS)
        line.add("duration_us", record.durationUS)
        line.add("bytes_in", record.byteCounts.inbound)
        line.add("bytes_out", record.byteCounts.outbound)
        line.add("packets_in", record.packetCounts.inbound)
        line.add("packets_out", record.packetCounts.outbound)
        line.add("dropped_in", record.droppedPacketCounts.inbound)
        line.add("dropped_out", record.droppedPacketCounts.outbound)
        line.add("termination", record.termination.code)
        line.add("reason", record.termination.reason.rawValue)
        line.add("rule_id", record.ruleID)
        line.add("rule_name", record.ruleName)
        line.add("open", record.openCount)
        return line.finish()
    }

    private func line(for record: OperatorRecord) -> [UInt8] {
        var line = start("operator", wallUS: record.wallUS)
        line.add("who", record.who)
        line.add("command", record.verb)
        line.add("subject", record.subject)
        line.add("text", record.text)
        return line.finish()
    }

    private func line(for notice: Notice) -> [UInt8] {
        var line = start("notice", wallUS: notice.wallUS)
        line.add("level", notice.level.rawValue)
        line.add("name", notice.name)
        line.add("text", notice.text)
        return line.finish()
    }

    private func line(for record: UnderAttackRecord) -> [UInt8] {
        var line = start("under_attack", wallUS: record.wallUS)
        line.add("change", record.change.rawValue)
        line.add("listener", record.listener)
        line.add("limits", record.limits)
        line.add("by", record.measure?.rawValue)
        line.add("count", record.count)
        line.add("threshold", record.threshold)
        line.add("lasted_s", record.lastedSeconds)
        line.add("who", record.who)
        return line.finish()
    }
}
