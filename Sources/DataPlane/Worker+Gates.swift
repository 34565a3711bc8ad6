import Inspection
import NetworkDriver
import Reputation
import Settings
import WireBytes

/// Whom a gate lets in.
enum GateKey: Hashable, Sendable {
    /// An address, or an IPv6 client's prefix, as the book of reputation sees it.
    case address(IPNetwork)
    case account(AccountName)
}

/// A gate, as who opens it sees it.
struct OpenedGate: Sendable {
    /// Passes of one gate that are remembered at once.
    static let passCountMax = 100_000

    let by: GateSettings.Subject
    let forNS: UInt64
    let passes: GatePasses<GateKey>
}

/// A pass that a connection holds.
struct HeldPass {
    /// Passes that one connection holds; more accounts on one connection are nobody's play.
    static let countMax = 16
    /// Bytes of those, in a table that is at least a third full, with the names of accounts.
    static var byteCountMax: Int {
        3 * 16 + 32 + 2 * (countMax + 1) * (MemoryLayout<HeldPass>.stride + AccountName.byteCountMax)
    }

    let passes: GatePasses<GateKey>
    let key: GateKey
    let forNS: UInt64
}

/// Gates: listeners to which only those may come who have succeeded on another.
///
/// A pass is granted before the packet goes on that tells the client of its success, so that it may set out at once,
/// whichever worker takes the connection.
extension Worker where Driver: ~Copyable {
    /// Asks a listener's gate at the opening.
    ///
    /// A gate by account stays open for the handshake: who comes is not known before.
    ///
    /// - Returns: why the client is refused; `nil` when it is let in.
    mutating func gateRefusal(_ slot: Int) -> Termination.Reason? {
        let number = connections[slot].plan
        guard let gate = plans[number].plan.settings.gate, gate.by == .address, !connections[slot].isExempt else {
            return nil
        }
        guard let passes = plans[number].plan.passes, let key = connections[slot].indexKey,
            passes.enter(.address(key), nowNS: nowNS)
        else { return .gateClosed }
        hold(HeldPass(passes: passes, key: .address(key), forNS: gate.forNS), slot)
        return nil
    }

    /// Grants passes where a login has succeeded, and asks a gate by account where the account is known now.
    ///
    /// - Returns: whether the connection has ended; then the packet that brought the news does not go on.
    mutating func passGates(_ slot: Int, _ news: SessionNews) -> Bool {
        let number = connections[slot].plan
        if connections[slot].session?.hasLoggedIn == true, news.contains(.login) || news.contains(.account) {
            for index in plans[number].plan.opens.indices { grant(slot, plans[number].plan.opens[index]) }
        }
        guard let gate = plans[number].plan.settings.gate, gate.by == .account, !connections[slot].isExempt,
            let passes = plans[number].plan.passes, !isLetIn(slot, news, passes, gate)
        else { return connections[slot].state == .closed }
        end(slot, .ban, .gateClosed, resets: true)
        return true
    }

    /// Whether a client may stay for all that is known now.
    private mutating func isLetIn(
        _ slot: Int, _ news: SessionNews, _ passes: GatePasses<GateKey>, _ gate: GateSettings
    ) -> Bool {
        // Who only claims a name must at least claim one that has a pass; what comes of it the server says.
        if news.contains(.claim), let claim = connections[slot].session?.claimedAccount ?? nil,
            !passes.has(.account(claim), nowNS: nowNS)
        {
            return false
        }
        if news.contains(.account), let account = connections[slot].session?.account ?? nil {
            guard passes.enter(.account(account), nowNS: nowNS) else { return false }
            hold(HeldPass(passes: passes, key: .account(account), forNS: gate.forNS), slot)
        }
        // Behind the handshake nobody stays whose account is not known.
        guard news.contains(.login) || news.contains(.lastPhase) else { return true }
        return connections[slot].session?.account != nil
    }

    private mutating func grant(_ slot: Int, _ gate: OpenedGate) {
        let key: GateKey?
        switch gate.by {
        case .address: key = connections[slot].indexKey.map { .address($0) }
        case .account: key = (connections[slot].session?.account ?? nil).map { .account($0) }
        }
        guard let key else { return }
        let isHeld = heldPasses[slot, default: []].contains { $0.passes === gate.passes && $0.key == key }
        guard !isHeld else { return }
        gate.passes.grant(key, nowNS: nowNS)
        hold(HeldPass(passes: gate.passes, key: key, forNS: gate.forNS), slot)
    }

    private mutating func hold(_ pass: HeldPass, _ slot: Int) {
        connections[slot].holdsPass = true
        heldPasses[slot, default: []].append(pass)
        guard heldPasses[slot, default: []].count > HeldPass.countMax else { return }
        if let oldest = heldPasses[slot]?.removeFirst() {
            oldest.passes.leave(oldest.key, forNS: oldest.forNS, nowNS: nowNS)
        }
    }

    /// The connection has ended: its passes are good for their time from now on.
    /// - Parameter renews: whether the connection was let in, so that its pass lives on from now.
    mutating func releasePasses(_ slot: Int, renews: Bool = true) {
        guard connections[slot].holdsPass else { return }
        connections[slot].holdsPass = false
        for pass in heldPasses.removeValue(forKey: slot) ?? [] {
            pass.passes.leave(pass.key, forNS: renews ? pass.forNS : 0, nowNS: nowNS)
        }
    }
}
