import GameProtocol
import WireBytes

extension Session {
    /// Whether the client has got through the handshake: its login has succeeded, where the protocol tells that, and
    /// otherwise it is in the last phase, behind its preamble, and has sent something that the rules let pass.
    ///
    /// So a connection that only stands there, under a protocol of one phase, has not.
    public func isHandshakeOver(ruleset: Ruleset) -> Bool {
        if !ruleset.descriptor.logins.isEmpty { return hasLoggedIn }
        guard stage(ruleset: ruleset) == .established else { return false }
        return packetCounts.inbound > 0 || (byteCounts.inbound > 0 && !isCut(.inbound, ruleset: ruleset))
    }
}
