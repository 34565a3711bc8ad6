import Events
import GameProtocol
import Inspection
import NetworkDriver
import Reputation
import RuleEngine
import Settings
import WireBytes

/// What the rules found: to the records, to reputation, and perhaps a ban.
extension Worker where Driver: ~Copyable {
    /// Reports what was found where no packet was involved.
    mutating func reportFindings(_ slot: Int) -> Bool {
        unsafe reportFindings(slot, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Reports what was found in the last call of the session: to the log, and to reputation.
    ///
    /// - Parameter packet: what the session was given; empty where no packet was involved.
    /// - Returns: whether the connection has ended, because its address was banned.
    mutating func reportFindings(_ slot: Int, _ packet: UnsafeRawBufferPointer) -> Bool {
        guard !findings.isEmpty else { return false }
        postFindings(slot, detail: nil)
        let reported = findings
        findings.removeAll(keepingCapacity: true)
        guard let client = connections[slot].client, !connections[slot].isExempt else { return false }
        let offender = offender(slot, client)
        for finding in reported {
            // The rule's own ban first: what the score brings about then can only make it longer.
            if case .ban(let order) = finding.action, !finding.isShadow {
                let change = shared.reputation.ban(
                    offender, on: order.subjects, baseNS: order.baseNS, kind: order.reach,
                    cause: cause(slot, finding, origin: .rule), nowNS: nowNS)
                unsafe carryOut([change], slot, finding, packet)
            }
            if finding.score > 0 {
                let changes = shared.reputation.add(
                    finding.score, to: offender, basis: lists.standing(of: client.address).baseScore,
                    cause: cause(slot, finding, origin: .ladder), nowNS: nowNS)
                unsafe carryOut(changes, slot, finding, packet)
            }
        }
        return connections[slot].state == .closed
    }

    /// Does what bans mean.
    ///
    /// The log hears of them, and where one is hard the connection that caused it ends, and so do all others it is
    /// about, here and on the other workers. A request that changes nothing does nothing here; the rule's own close
    /// follows.
    private mutating func carryOut(
        _ changes: [ReputationChange], _ slot: Int, _ finding: Finding, _ packet: UnsafeRawBufferPointer
    ) {
        let bans = changes.compactMap { change -> (BanRecord.Change, Ban)? in
            switch change {
            case .none, .allowed: nil
            case .banned(let new): (.began, new)
            case .extended(let longer): (.extended, longer)
            }
        }
        guard !bans.isEmpty else { return }
        // Before anything ends: then there would be nothing left to see.
        var evidence = unsafe evidence(slot, finding, packet)
        shared.postEnded(nowNS: nowNS, wallUS: driver.wallUS)
        for (change, ban) in bans {
            shared.known.forget(ban.subject)
            evidence.trail = shared.reputation.trail(of: ban.subject)
            shared.events.post(
                .ban(
                    BanRecord(
                        wallUS: driver.wallUS, change: change, ban: ban,
                        remainingSeconds: ban.remainingSeconds(nowNS: nowNS), evidence: evidence)))
        }
        for (_, ban) in bans where ban.kind == .hard {
            // Other workers hear of it before their next batch of events; here it holds for the rest of this one.
            shared.broadcast(.ban(ban.subject), except: mailbox)
            let end = SessionEnd(cause: .ban, reason: .banned, rule: finding.rule)
            if connections[slot].state != .closed, !part(slot, end) {
                self.end(slot, .ban, .banned, rule: finding.rule, resets: true)
            }
            closeBanned(ban.subject)
        }
    }

    /// Resets the live connections of a banned subject, but not those of exempt addresses.
    mutating func closeBanned(_ subject: Subject) {
        switch subject {
        case .network(let network): closeBanned(network)
        case .account(let account): closeBanned(account)
        }
    }

    private mutating func closeBanned(_ network: IPNetwork) {
        if shared.reputation.key(of: network.base) == network {
            var next = index.first(of: network, in: connections)
            while let slot = next {
                next = index.next(after: slot, in: connections)
                if !isAllowed(slot), !connections[slot].clientSide.isParting {
                    end(slot, .ban, .banned, resets: true)
                }
            }
        } else {
            for slot in 0..<connections.capacity where connections.holds(slot) {
                guard connections[slot].state != .closed, let client = connections[slot].client,
                    network.contains(client.address), !isAllowed(slot), !connections[slot].clientSide.isParting
                else { continue }
                end(slot, .ban, .banned, resets: true)
            }
        }
    }

    private func isAllowed(_ slot: Int) -> Bool {
        if connections[slot].isExempt { return true }
        guard let client = connections[slot].client else { return false }
        // A reload may have allowed it a moment ago.
        return shared.reputation.check(client.address, nowNS: nowNS) == .allowed
            || lists.standing(of: client.address).isAllowed
    }

    /// Tells of a client that stands in lists which log, as often as the budget allows.
    mutating func postListed(_ slot: Int, _ client: Endpoint) {
        let logging = lists.standing(of: client.address).logging
        guard !logging.isEmpty else { return }
        for list in logging.numbers {
            guard report.spend(nowNS: nowNS, perSecond: reportsPerSecond, leftOutTo: shared.events) else { continue }
            shared.events.post(
                .finding(
                    FindingRecord(
                        listed: lists.lists[list].name, wallUS: driver.wallUS, connection: name(slot),
                        listener: plans[connections[slot].plan].plan.settings.name, client: client)))
        }
    }

    /// Hands the findings to the records, as many as the budget allows.
    mutating func postFindings(_ slot: Int, detail: String?) {
        let ruleset = plans[connections[slot].plan].plan.ruleset
        // Nobody gets the points of an exempt or unknown client.
        let isScored = connections[slot].client != nil && !connections[slot].isExempt
        for finding in findings {
            guard report.spend(nowNS: nowNS, perSecond: reportsPerSecond, leftOutTo: shared.events) else { continue }
            let rule = ruleset.policy.rules[Int(finding.rule)]
            shared.events.post(
                .finding(
                    FindingRecord(
                        wallUS: driver.wallUS, connection: name(slot),
                        listener: plans[connections[slot].plan].plan.settings.name,
                        client: connections[slot].client, ruleID: rule.id, ruleName: rule.name,
                        action: finding.action.name, isShadow: finding.isShadow,
                        score: isScored || finding.isShadow ? finding.score : 0,
                        from: finding.packet.direction.sender, packet: packetName(finding, ruleset),
                        opcode: finding.packet.opcode, byteCount: finding.packet.byteCount,
                        detail: detail ?? self.detail(slot, finding))))
        }
    }

    /// What exactly was wrong, where the rule's name does not say it.
    mutating func detail(_ slot: Int, _ finding: Finding) -> String? {
        guard let violation = Violation(index: finding.rule) else {
            return plans[connections[slot].plan].plan.ruleset.policy.detail(of: finding)
        }
        return connections[slot].session?.detail(of: violation) ?? nil
    }

    func packetName(_ finding: Finding, _ ruleset: Ruleset) -> String {
        guard finding.packet.byteCount > 0 else { return "-" }
        // What no name covers is told by its opcode: a number, so that a peer cannot write into the log.
        guard finding.packet.packet > 0 else { return "0x" + String(finding.packet.opcode, radix: 16) }
        return ruleset.descriptor.packets[finding.packet.direction].name(of: finding.packet.packet)
    }

    private func cause(_ slot: Int, _ finding: Finding, origin: BanCause.Origin) -> BanCause {
        let ruleset = plans[connections[slot].plan].plan.ruleset
        let rule = ruleset.policy.rules[Int(finding.rule)]
        return BanCause(
            origin: origin, ruleID: rule.id, ruleName: rule.name, packet: packetName(finding, ruleset),
            connection: name(slot))
    }
}
