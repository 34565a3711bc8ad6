import Events
import Inspection
import WireBytes

/// The lines of the connection log: one for each connection, when it ends.
///
/// `TIME portcullis.connections [PID]: key=value …`, always all keys in the same order, `-` for what is not known; the
/// manual's page on logs lists them.
struct ConnectionLogFormat {
    let processID: Int32

    func line(for record: ConnectionRecord) -> [UInt8] {
        var line = LineText()
        line.append(WallTime(wallUS: record.endedWallUS))
        line.append(" portcullis.connections [\(processID)]: client=\(Self.text(record.client)) peer=\(record.peer)")
        line.append(" accepted=")
        line.append(rfc3339: WallTime(wallUS: record.acceptedWallUS))
        line.append(" listener=")
        line.append(bare: record.listener)
        line.append(" pool=")
        line.append(bare: record.pool.isEmpty ? "-" : record.pool)
        line.append(" server=\(Self.text(record.server))")
        // As in HAProxy's log, -1 for a timer that never ran out of its start.
        line.append(" connect_ms=\(record.connectUS < 0 ? -1 : record.connectUS / 1_000)")
        line.append(" total_ms=\(record.durationUS / 1_000)")
        line.append(" bytes_in=\(record.byteCounts.inbound) bytes_out=\(record.byteCounts.outbound)")
        line.append(" packets_in=\(record.packetCounts.inbound) packets_out=\(record.packetCounts.outbound)")
        line.append(" dropped_in=\(record.droppedPacketCounts.inbound)")
        line.append(" dropped_out=\(record.droppedPacketCounts.outbound)")
        line.append(" end=\(record.termination.code) reason=\(record.termination.reason.rawValue)")
        line.append(" rule=\(record.ruleID.map { "\($0)" } ?? "-") rule_name=")
        if let name = record.ruleName { line.append(quoted: name) } else { line.append("-") }
        line.append(" open=\(record.openCount) conn=")
        line.append(bare: record.connection)
        line.append("\n")
        return line.bytes
    }

    func line(leftOut: LeftOut, wallUS: Int64) -> [UInt8] {
        var line = LineText()
        line.append(WallTime(wallUS: wallUS))
        line.append(" portcullis.connections [\(processID)]: WARNING \(leftOut.sentence)\n")
        return line.bytes
    }

    private static func text(_ endpoint: Endpoint?) -> String {
        endpoint.map { "\($0)" } ?? "-"
    }
}

extension ConnectionRecord {
    /// From accept to end; 0 if the wall clock was set back between them.
    var durationUS: Int64 {
        let (difference, overflow) = endedWallUS.subtractingReportingOverflow(acceptedWallUS)
        return overflow ? 0 : max(0, difference)
    }
}
