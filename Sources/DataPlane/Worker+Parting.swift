import Inspection
import NetworkDriver
import RuleEngine
import WireBytes

/// A last packet for the client before its connection is closed.
///
/// It may only stand between two packets of the server's, so one that is on its way is waited for; and a socket that is
/// closed while something it received was not read resets the client, which may then never see what was sent last. So
/// the client is told that nothing more comes, and what it still sends is read and thrown away, until it closes, too.
extension Worker where Driver: ~Copyable {
    /// The longest that a connection outlives its end for it.
    private static var partingNS: UInt64 { 1_000_000_000 }

    /// Begins the end of a connection whose rule has a reply.
    ///
    /// - Returns: whether it has one, and the client can be sent it; otherwise nothing was done.
    mutating func part(_ slot: Int, _ end: SessionEnd) -> Bool {
        guard !connections[slot].clientSide.isParting else { return true }
        guard let rule = end.rule, connections[slot].session != nil,
            let reply = plans[connections[slot].plan].plan.ruleset.policy.reply(of: rule)
        else { return false }
        let stage = stage(slot)
        connections[slot].session?.parting = Parting(
            end: end, stage: stage, reply: reply, untilNS: nowNS &+ Self.partingNS)
        // What it has sent and is not judged goes where that is kept: somebody up the stack may be looking at it.
        connections[slot].clientSide.isParting = true
        sendReply(slot)
        schedule(slot)
        return true
    }

    /// Whether nobody looks any more at what comes this way: a reply is on its way, or was the last that went.
    // In place, as `isConnected`.
    @inline(__always)
    func isUnheard(_ slot: Int, _ direction: Direction) -> Bool {
        connections[slot].clientSide.isParting
            && (direction == .inbound || !connections[slot].serverSide.socket.isOpen)
    }

    /// Sends the reply, when no packet of the server's is on its way.
    mutating func sendReply(_ slot: Int) {
        guard connections[slot].session?.isMidPacket(.outbound) == false,
            var packet = connections[slot].session?.takeReply()
        else { return }
        connections[slot].session?.cipher(.outbound)?.seal(&packet)
        unsafe packet.withUnsafeBytes { bytes in unsafe deliver(bytes[...], slot, .client) }
        guard connections[slot].state == .relaying else { return }
        // Nobody waits for the server any more.
        if connections[slot].serverSide.socket.isOpen {
            driver.close(connections[slot].serverSide.socket, resets: false)
            connections[slot].serverSide.socket = .none
        }
        connections[slot].serverSide.unsent.removeAll()
        connections[slot].dial.progress = .notYet
        finishReply(slot)
    }

    /// Tells the client that nothing more comes, when it has been sent all.
    mutating func finishReply(_ slot: Int) {
        guard connections[slot].session?.parting?.reply == nil, connections[slot].clientSide.unsent.isEmpty,
            !connections[slot].clientSide.isFinished
        else { return }
        connections[slot].clientSide.isFinished = true
        driver.finish(connections[slot].clientSide.socket)
        if connections[slot].clientSide.hasEnded { endParting(slot) }
    }

    /// The end that was put off.
    mutating func endParting(_ slot: Int) {
        guard let parting = connections[slot].session?.parting else { return }
        let end = parting.end
        self.end(slot, end.cause, end.reason, rule: end.rule)
    }

    /// Reads what the client still sends, and throws it away.
    mutating func readOn(_ slot: Int) {
        let socket = connections[slot].clientSide.socket
        switch unsafe driver.receive(from: socket, into: readBuffer.bytes) {
        case .bytes(let byteCount):
            if byteCount < ReadBuffer.byteCount, !connections[slot].clientSide.readsOn {
                connections[slot].clientSide.isReadable = false
            }
        case .wouldBlock: connections[slot].clientSide.isReadable = false
        case .ended:
            connections[slot].clientSide.isReadable = false
            connections[slot].clientSide.hasEnded = true
            if connections[slot].clientSide.isFinished { endParting(slot) }
        case .broken: endParting(slot)
        }
    }
}
