public import Events

/// The lines that the logs would have for what happened, for who writes no log: tests of rules.
public enum LogLines {
    /// The lines of the ban log and of the connection log, without their ends.
    public static func lines(of event: Event) -> [String] {
        let bans = BanLogFormat(processID: 1)
        let bytes: [UInt8]
        switch event {
        case .finding(let record): bytes = bans.line(for: record)
        case .ban(let record): bytes = bans.line(for: record)
        case .connection(let record): bytes = ConnectionLogFormat(processID: 1).line(for: record)
        case .operatorAction(let record): bytes = bans.line(for: record)
        case .notice, .underAttack: return []
        }
        return [String(decoding: bytes.dropLast(), as: UTF8.self)]
    }
}
