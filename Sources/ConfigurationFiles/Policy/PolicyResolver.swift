import GameProtocol
import PacketFields
import RuleEngine
import WireBytes

/// Looks up a policy's names in a protocol, and checks what only then can be checked.
struct PolicyResolver {
    let diagnostics: DiagnosticBag
    let file: PolicyFile
    /// `nil` for a listener without a protocol.
    let game: ProtocolFile?
    /// The lists of the service, in the order of their numbers; `nil` where a policy is looked at without one.
    var lists: [String]?

    func definitions() -> [RuleDefinition] {
        if game != nil { checkUnknown() }
        var ended = EndedPackets()
        return file.rules.compactMap { rule in
            guard let definition = definition(rule) else { return nil }
            checkReach(rule, definition, &ended)
            return definition
        }
    }

    private func definition(_ rule: RuleStatement) -> RuleDefinition? {
        // A policy without a protocol that names packets was refused when it was read.
        if game == nil, rule.packets != nil || rule.notAfter != nil || rule.phases != nil || !rule.phasesNot.isEmpty {
            return nil
        }
        if game == nil, rule.namesFields { return nil }
        let notAfter = rule.notAfter.flatMap { self.notAfter($0) }
        guard let packets = packets(rule).map({ withFields(rule, $0) }), let phases = phases(rule),
            rule.notAfter == nil || notAfter != nil
        else { return nil }
        guard isShareable(rule, packets), hasAccount(rule), canReply(rule, packets), let fields = fields(rule, packets)
        else {
            return nil
        }
        let definition = RuleDefinition(
            id: rule.id, name: rule.name, packets: packets, byteCounts: rule.byteCounts,
            byteCountsNot: rule.byteCountsNot, phases: phases, origin: origin(rule),
            signature: rule.signature.map(\.value),
            fields: fields, notAfter: notAfter, repeats: rule.repeats?.value, limit: rule.limit, action: rule.action,
            reply: rule.reply?.value, score: rule.score, isShadow: rule.isShadow)
        guard let game, !rule.signature.isEmpty || rule.repeats != nil || !rule.editLines.isEmpty else {
            return definition
        }
        let room = SignatureRoom(descriptor: game.descriptor, rule: rule, definition: definition)
        return room.check(diagnostics) ? definition : nil
    }

    /// What is asked of where the client is from, with lists by their numbers.
    private func origin(_ rule: RuleStatement) -> OriginCondition {
        var origin = rule.origin
        origin.lists = listBits(rule.lists)
        origin.listsNot = listBits(rule.listsNot)
        return origin
    }

    private func listBits(_ names: [Located<String>]) -> UInt128 {
        names.reduce(0) { bits, name in
            // Which lists there are is the service's to say.
            guard let lists else { return 1 }
            guard let number = lists.firstIndex(of: name.value) else {
                diagnostics.error(
                    .unknownList, at: name.place, "there is no list '\(name.value)'",
                    help: "a list has a 'name', or is called as its file without the ending",
                    suggestion: NearestName.of(name.value, in: lists))
                return bits
            }
            return bits | 1 << UInt128(number)
        }
    }

    /// Whether buckets that connections share are few enough to be told apart by packet.
    private func isShareable(_ rule: RuleStatement, _ packets: PerDirection<PacketChoice?>) -> Bool {
        guard let game, let limit = rule.limit, limit.perPacket, limit.scope != .connection else { return true }
        for direction in Direction.allCases where packets[direction] == .all {
            let count = game.descriptor.packets[direction].count
            guard count > Policy.sharedPacketCountMax else { continue }
            diagnostics.error(
                .tooMany, at: rule.place,
                "the rule \(rule.id) would share a bucket for each of \(count) packets, and at most "
                    + "\(Policy.sharedPacketCountMax) are",
                help: "name the packets, or make it per: [connection, packet]")
            return false
        }
        return true
    }

    /// Whether the protocol tells the account that a rule counts against or bans.
    private func hasAccount(_ rule: RuleStatement) -> Bool {
        guard let game else { return true }
        var bansAccount = false
        if case .ban(let order) = rule.action { bansAccount = order.target == .account }
        guard bansAccount || rule.limit?.scope == .account else { return true }
        let tells = Direction.allCases.filter { direction in
            game.descriptor.packets[direction].entries.contains { $0.layout?.accountField != nil }
        }
        guard !tells.isEmpty else {
            diagnostics.error(
                .unknownField, at: rule.place,
                "the rule \(rule.id) is about accounts, and no packet of \(game.descriptor.name) tells one",
                help: "give a field of the login account: true, as { at: \"text(24)@4\", account: true }")
            return false
        }
        if bansAccount, game.descriptor.logins.isEmpty, !tells.contains(.outbound) {
            diagnostics.warning(
                .conflict, at: rule.place,
                "\(game.descriptor.name) does not say when a login has succeeded, so whoever writes the name of an "
                    + "account can have it banned",
                help: "add login: { success: PACKET } to the protocol, or ban the address")
        }
        return true
    }

    private func packets(_ rule: RuleStatement) -> PerDirection<PacketChoice?>? {
        var choice: PerDirection<PacketChoice?> = PerDirection(both: nil)
        if rule.isAtOpen { return choice }
        guard let names = rule.packets, let game else {
            for direction in rule.sender?.directions ?? [.inbound] { choice[direction] = .all }
            return choice
        }
        guard let chosen = indices(of: names, game, from: rule.sender) else { return nil }
        for direction in Direction.allCases where !chosen[direction].isEmpty {
            choice[direction] = .only(chosen[direction])
        }
        return choice
    }

    /// What must not have been forwarded shortly before; `nil` after a report.
    private func notAfter(_ statement: NotAfterStatement) -> NotAfter? {
        guard let game, let packets = indices(of: statement.packets, game, from: nil) else { return nil }
        return NotAfter(packets: packets, withinNS: statement.withinNS)
    }

    /// The indices of named packets; `nil` after a report.
    private func indices(
        of names: [Located<String>], _ game: ProtocolFile, from sender: RuleStatement.Sender?
    ) -> PerDirection<[PacketIndex]>? {
        var chosen: PerDirection<[PacketIndex]> = PerDirection(both: [])
        var seen: PerDirection<Set<PacketIndex>> = PerDirection(both: [])
        var isGood = true
        for name in names {
            let directions: [Direction]
            if let sender, sender.directions.count == 1 {
                directions = sender.directions
            } else {
                directions = game.names.directions(of: name, diagnostics)
            }
            isGood = isGood && !directions.isEmpty
            for direction in directions {
                let indices = game.names.require(name, direction, diagnostics)
                isGood = isGood && !indices.isEmpty
                for index in indices where seen[direction].insert(index).inserted { chosen[direction].append(index) }
            }
        }
        return isGood ? chosen : nil
    }

    /// Whether a reply can be given: to what the client sent.
    private func canReply(_ rule: RuleStatement, _ packets: PerDirection<PacketChoice?>) -> Bool {
        guard let reply = rule.reply, packets.outbound != nil else { return true }
        diagnostics.error(
            .impossibleAction, at: reply.place,
            "a reply answers the client, and this rule looks at packets of the server",
            help: "leave the server's packets to a rule of their own, without 'reply'")
        return false
    }

    /// Indices of the phases a rule holds in, empty for all; `nil` after a report.
    private func phases(_ rule: RuleStatement) -> [Int]? {
        guard let game, rule.phases != nil || !rule.phasesNot.isEmpty else { return [] }
        let known = game.descriptor.phases.map(\.name)
        var isGood = true
        let find = { (names: [Located<String>]) -> Set<Int> in
            var found: Set<Int> = []
            for name in names {
                // A protocol with versions has a phase of each name in some or all of them.
                let indices = known.indices.filter { known[$0] == name.value }
                if !indices.isEmpty {
                    found.formUnion(indices)
                    continue
                }
                isGood = false
                diagnostics.error(
                    .unknownPhase, at: name.place, "\(game.descriptor.name) has no phase '\(name.value)'",
                    suggestion: NearestName.of(name.value, in: known))
            }
            return found
        }
        var phases = rule.phases.map(find) ?? Set(known.indices)
        phases.subtract(find(rule.phasesNot))
        guard isGood else { return nil }
        if phases.isEmpty {
            diagnostics.error(.unreachableRule, at: rule.place, "the rule \(rule.id) holds in no phase")
            return nil
        }
        return phases.sorted()
    }

    private func checkReach(_ rule: RuleStatement, _ definition: RuleDefinition, _ ended: inout EndedPackets) {
        if rule.isAtOpen { return }
        if let earlier = ended.rule(before: definition) {
            diagnostics.error(
                .unreachableRule, at: rule.place,
                "the rule \(rule.id) is never reached: rule \(earlier.id) ends every packet it looks at",
                help: "put \(rule.id) before \(earlier.id) (line \(earlier.place.line)), or narrow \(earlier.id)")
        }
        if rule.endsAlways { ended.add(rule, definition) }
    }

    private func checkUnknown() {
        guard file.protocolName != nil, let statement = file.violations[.unknown], let game else { return }
        for direction in Direction.allCases {
            let isTable = game.descriptor.phases.contains { $0.lanes?[direction].frame.hasTable ?? false }
            guard isTable, statement.action[direction] != nil || statement.score != nil else { continue }
            diagnostics.error(
                .unknownInTableFrame, at: statement.place,
                "\(game.descriptor.name) cannot cut a packet that has no entry, so none is ever unknown",
                help: "use violations: { framing: … }")
            return
        }
    }
}

/// The packets that earlier rules of a policy end in every case.
struct EndedPackets {
    private var all: PerDirection<RuleStatement?> = PerDirection(both: nil)
    private var named: PerDirection<[PacketIndex: RuleStatement]> = PerDirection(both: [:])

    mutating func add(_ rule: RuleStatement, _ definition: RuleDefinition) {
        for direction in Direction.allCases {
            switch definition.packets[direction] {
            case nil: break
            case .all: all[direction] = all[direction] ?? rule
            case .only(let packets):
                for packet in packets { named[direction][packet] = named[direction][packet] ?? rule }
            }
        }
    }

    /// The rule that keeps this one from ever being asked, if all its packets have ended before it.
    func rule(before definition: RuleDefinition) -> RuleStatement? {
        var last: RuleStatement?
        for direction in Direction.allCases {
            guard let choice = definition.packets[direction] else { continue }
            if let rule = all[direction] {
                last = rule
                continue
            }
            guard case .only(let packets) = choice else { return nil }
            for packet in packets {
                guard let rule = named[direction][packet] else { return nil }
                last = rule
            }
        }
        return last
    }
}

extension FrameRule {
    /// Whether some form of it finds sizes by opcode.
    var hasTable: Bool {
        switch frame {
        case .table: true
        case .select(_, let cases, _, _, let otherwise):
            cases.values.contains { $0.hasTable } || otherwise?.hasTable == true
        case .length, .varint, .marked, .delimited, .uncut: false
        }
    }
}
