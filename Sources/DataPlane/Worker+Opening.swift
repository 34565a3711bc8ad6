import Inspection
import NetworkDriver
import ProxyProtocol
import Reputation
import RuleEngine
import Settings
import WireBytes

/// From the PROXY header to the session: who it is, and whether it may come in.
extension Worker where Driver: ~Copyable {
    /// Reads the PROXY header, which may come in pieces.
    mutating func readHeader(_ slot: Int) {
        while connections[slot].clientSide.isReadable {
            let needed = connections[slot].clientSide.neededByteCount
            let have = connections[slot].clientSide.unread.count
            let room = unsafe connections[slot].clientSide.unread.room(for: max(needed - have, 512))
            let socket = connections[slot].clientSide.socket
            switch unsafe driver.receive(from: socket, into: room) {
            case .bytes(let byteCount):
                connections[slot].clientSide.unread.grow(by: byteCount)
                if byteCount < room.count, !connections[slot].clientSide.readsOn {
                    connections[slot].clientSide.isReadable = false
                }
                if decodeHeader(slot) { return }
            case .wouldBlock: connections[slot].clientSide.isReadable = false
            case .ended:
                // A trusted source that closes before its first byte looks whether anybody is there.
                let isEmpty = connections[slot].clientSide.unread.isEmpty
                return end(slot, .client, isEmpty ? .healthCheck : .truncatedPacket)
            case .broken: return endByReset(slot, .client)
            }
        }
    }

    /// - Returns: whether the header is done with, one way or the other.
    private mutating func decodeHeader(_ slot: Int) -> Bool {
        let bytes = unsafe connections[slot].clientSide.unread.bytes
        do {
            switch try ProxyHeader.decode(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes))) {
            case .needs(let byteCount):
                connections[slot].clientSide.neededByteCount = byteCount
                return false
            case .header(let header, let byteCount):
                connections[slot].clientSide.unread.removeFirst(byteCount)
                connections[slot].clientSide.neededByteCount = 1
                if header.command == .local {
                    end(slot, .client, .localCommand)
                } else {
                    let tells = plans[connections[slot].plan].plan.pool.sendProxy != .none
                    connections[slot].destination = tells ? header.destination : nil
                    open(slot, client: header.source)
                }
                return true
            }
        } catch {
            refuseHeader(slot, error)
            return true
        }
    }

    /// The source is trusted, so nobody is scored; the log names what is wrong with the header.
    private mutating func refuseHeader(_ slot: Int, _ error: ProxyHeaderError) {
        let facts = PacketFacts(direction: .inbound, packet: 0, phase: 0, byteCount: 0, opcode: 0)
        let policy = plans[connections[slot].plan].plan.ruleset.policy
        _ = policy.respond(to: .proxyHeader, facts, findings: &findings)
        postFindings(slot, detail: error.name)
        findings.removeAll(keepingCapacity: true)
        end(slot, .violation, .violation, rule: Violation.proxyHeader.index)
    }

    /// Lets a client in, or not, and sets out for the server.
    ///
    /// - Parameter client: who it is; `nil` when the header does not say, and then only rules per connection hold.
    mutating func open(_ slot: Int, client: Endpoint?) {
        let plan = plans[connections[slot].plan].plan
        connections[slot].client = client
        switch client.map({ register(slot, $0, settings: plan.settings) }) {
        case nil, .clear, .exempt: break
        case .banned: return end(slot, .ban, .banned, resets: true)
        case .listed(let list): return end(slot, .ban, .listed, list: list, resets: true)
        }
        // Who connects directly was asked before it had a slot.
        if let client, plan.settings.proxySources != nil, !connections[slot].isExempt,
            let outsider = outsider(client.address, at: connections[slot].plan)
        {
            return end(slot, .ban, outsider.reason, place: outsider.place, resets: true)
        }
        if let reason = gateRefusal(slot) { return end(slot, .ban, reason, resets: true) }
        if let reason = attackRefusal(slot) {
            releasePasses(slot, renews: false)
            return end(slot, .limit, reason, resets: true)
        }
        if lists.logsSomebody, let client { postListed(slot, client) }
        let keys = bucketKeys(slot, plan)
        let buckets = BucketSet(policy: plan.ruleset.policy, keys: keys, shared: shared.buckets, nowNS: nowNS)
        var session = Session(ruleset: plan.ruleset, buckets: buckets, nowNS: nowNS)
        let judgement = session.open(ruleset: plan.ruleset, nowNS: nowNS, findings: &findings)
        connections[slot].session = consume session
        connections[slot].state = .relaying
        if reportFindings(slot) { return }
        switch judgement {
        case .forward, .drop, .hold: break
        case .close(let rule), .ban(let rule): return end(slot, .rule, .rule, rule: rule, resets: true)
        }
        if plan.pool.dial == .accept { startDial(slot) }
        guard connections[slot].state != .closed else { return }
        judgeUnread(slot, .inbound)
        guard connections[slot].state != .closed else { return }
        pump(slot, .inbound)
    }

    /// Enters a client in the index, or moves it there, and finds out how it stands.
    ///
    /// - Returns: how it stands; a trusted source is exempt. It is entered before it is looked up, so that a ban that
    ///   is decided meanwhile finds it.
    mutating func register(_ slot: Int, _ client: Endpoint, settings: ListenerSettings) -> Admission {
        let key = shared.reputation.key(of: client.address)
        if connections[slot].indexKey != key {
            index.remove(slot, from: &connections)
            index.insert(slot, prefixLength: key.prefixLength, into: &connections)
        }
        let isTrusted = settings.proxySources?.contains { $0.contains(client.address) } ?? false
        let admission = isTrusted ? .exempt : admission(of: client.address)
        connections[slot].isExempt = admission == .exempt
        return admission
    }

    /// Whom the limits of a connection count against.
    func bucketKeys(_ slot: Int, _ plan: ListenerPlan) -> BucketKeys {
        let address = connections[slot].client?.address
        return BucketKeys(
            address: address.map { shared.reputation.key(of: $0) },
            network: address.map { shared.reputation.network(of: $0) },
            listener: plan.number, isExempt: connections[slot].isExempt,
            origin: origin(of: address, wanted: plan.ruleset.policy.originSources))
    }
}
