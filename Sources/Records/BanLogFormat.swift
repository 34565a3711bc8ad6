import Events
import Inspection
import Reputation
import Settings
import WireBytes

/// The lines of the ban log, in the shape of fail2ban's own.
///
/// `TIME portcullis.actions [PID]: NOTICE [rule-ID] VERB ADDRESS key=value …`; the manual's page on logs fixes the keys
/// and their order.
struct BanLogFormat {
    let processID: Int32

    func line(for finding: FindingRecord) -> [UInt8] {
        var line = start(
            finding.wallUS, place: finding.ruleID == FindingRecord.listID ? "list" : "rule-\(finding.ruleID)")
        line.append(Self.verb(of: finding) + " ")
        line.append(finding.client.map { "\($0.address)" } ?? "-")
        line.append(" action=")
        line.append(bare: finding.action)
        line.append(" score=\(Self.text(of: finding.score)) packet=")
        line.append(bare: finding.packetLabel)
        line.append(" bytes=\(finding.byteCount) from=")
        line.append(bare: finding.from)
        line.append(" listener=")
        line.append(bare: finding.listener)
        line.append(" reason=")
        line.append(quoted: finding.ruleName)
        line.append(" conn=")
        line.append(bare: finding.connection)
        if let detail = finding.detail {
            line.append(" detail=")
            line.append(quoted: detail)
        }
        return Self.end(line)
    }

    func line(for record: BanRecord) -> [UInt8] {
        let ban = record.ban
        var line = start(record.wallUS, place: Self.place(of: ban.cause))
        // Programs that read this log shut out the address here: that of an account's ban is not to be.
        let address = ban.network == nil ? nil : ban.address
        line.append("\(record.verb) \(address.map { "\($0)" } ?? "-")")
        if record.change != .ended, record.change != .lifted {
            line.append(" for=\(record.remainingSeconds.map { "\($0)s" } ?? "forever")")
        }
        line.append(" count=\(ban.number) packet=")
        line.append(bare: ban.cause.packet)
        line.append(" reason=")
        line.append(quoted: ban.cause.ruleName)
        line.append(" by=\(ban.cause.origin.rawValue) conn=")
        line.append(bare: ban.cause.connection)
        if let network = ban.network, network.prefixLength < 128 { line.append(" net=\(network)") }
        if ban.kind != .hard { line.append(" kind=\(ban.kind.rawValue)") }
        if let name = ban.subject.account {
            line.append(" account=")
            line.append(quoted: name.text)
            if let address = ban.address { line.append(" address=\(address)") }
        }
        if let who = ban.cause.who {
            line.append(" who=")
            line.append(quoted: who)
        }
        if let who = record.who {
            line.append(" lifted_by=")
            line.append(quoted: who)
        }
        return Self.end(line)
    }

    func line(for record: OperatorRecord) -> [UInt8] {
        var line = start(record.wallUS, place: "operator")
        line.append("Command ")
        line.append(bare: record.subject.isEmpty ? "-" : record.subject)
        line.append(" command=")
        line.append(bare: record.verb)
        line.append(" who=")
        line.append(quoted: record.who)
        line.append(" text=")
        line.append(quoted: record.text)
        return Self.end(line)
    }

    func line(leftOut: LeftOut, wallUS: Int64) -> [UInt8] {
        var line = LineText()
        line.append(WallTime(wallUS: wallUS))
        line.append(" portcullis.actions [\(processID)]: WARNING \(leftOut.sentence)")
        return Self.end(line)
    }

    private func start(_ wallUS: Int64, place: String) -> LineText {
        var line = LineText()
        line.append(WallTime(wallUS: wallUS))
        line.append(" portcullis.actions [\(processID)]: NOTICE [\(place)] ")
        return line
    }

    /// Where fail2ban names the jail.
    private static func place(of cause: BanCause) -> String {
        cause.isOfRule ? "rule-\(cause.ruleID)" : cause.origin.rawValue
    }

    private static func verb(of finding: FindingRecord) -> String {
        guard finding.isShadow else { return "Found" }
        return switch finding.action {
        case "pass": "WouldPass"
        case "rewrite": "WouldRewrite"
        case "drop": "WouldDrop"
        case "delay": "WouldDelay"
        case "close": "WouldClose"
        case "ban": "WouldBan"
        default: "WouldLog"
        }
    }

    /// `0.2`, and `5` rather than `5.0`.
    private static func text(of score: Double) -> String {
        let text = "\(score)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func end(_ line: LineText) -> [UInt8] {
        var line = line
        line.append("\n")
        return line.bytes
    }
}

extension FindingRecord {
    /// The packet's name; its opcode in hexadecimal if it has no name; `-` if no packet was involved.
    var packetLabel: String {
        let isNamed = packet != "-" && !packet.isEmpty
        if isNamed { return packet }
        return byteCount > 0 ? opcodeText : "-"
    }

    /// Text also in JSON, where a number of more than 53 bits would be read wrong.
    var opcodeText: String { "0x" + String(opcode, radix: 16) }
}
