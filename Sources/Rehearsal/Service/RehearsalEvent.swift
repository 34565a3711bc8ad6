public import Events
public import Inspection

/// Something that a rehearsed service did.
public enum RehearsalEvent: Sendable {
    /// A connection was not let in: its address is banned or listed, or too many are open.
    case refused(ConnectionRecord)
    /// A rule fired.
    case finding(connection: UInt64, FindingRecord)
    /// A ban began, grew or ended.
    case ban(BanRecord)
    /// Bytes of a connection went on, went nowhere, or wait.
    case session(connection: UInt64, SessionEvent)
    /// A connection ended.
    ///
    /// - Parameter byPolicy: a rule, a violation, a ban or a deadline ended it, not one of its sides.
    case ended(connection: UInt64, ConnectionRecord, byPolicy: Bool)
    /// A connection that began before anybody looked does not begin as the protocol does: it cannot be judged.
    case abandoned(connection: UInt64, ConnectionRecord)
    /// Too many bytes wait in all sessions together, and this connection has the last of them: it is judged no further.
    case overfull(connection: UInt64, ConnectionRecord)
}
