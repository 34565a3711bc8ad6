import Inspection
import NetworkDriver

/// What a session has learned of who plays.
extension Worker where Driver: ~Copyable {
    /// Acts on a login that succeeded, and on an account that is known now.
    ///
    /// Asked after a packet was judged and before it goes on: what ends the connection here keeps the packet back.
    ///
    /// - Returns: whether the connection has ended.
    @inline(never)
    mutating func takeNews(_ slot: Int) -> Bool {
        guard let news = connections[slot].session?.takeNews(), !news.isEmpty else { return false }
        return passGates(slot, news)
    }
}
