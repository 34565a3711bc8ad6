import Events
import Operations
import Reputation
import Settings
import StateStore
import WireBytes

extension BanItem {
    init(_ view: BanView, nowWallUS: Int64) {
        subject = "\(view.subject)"
        address = view.address.map { "\($0)" }
        kind = view.kind.rawValue
        since = Timestamp(wallUS: view.startedWallUS)
        until = view.untilWallUS.map { Timestamp(wallUS: $0) }
        remainingSeconds = view.untilWallUS.map { $0 > nowWallUS ? UInt64($0 - nowWallUS) / 1_000_000 : 0 }
        number = view.number
        origin = view.cause.origin.rawValue
        ruleID = view.cause.ruleID
        reason = view.cause.ruleName
        packet = Self.named(view.cause.packet)
        connection = Self.named(view.cause.connection)
        who = view.cause.who
    }

    /// What stands as `-` where it was nothing.
    static func named(_ text: String) -> String? { text == "-" || text.isEmpty ? nil : text }
}

extension AllowItem {
    init(_ entry: AllowEntry) {
        subject = "\(Subject.network(entry.network))"
        until = Timestamp(endUS: entry.untilWallUS)
        added = entry.isConfigured ? nil : Timestamp(wallUS: entry.addedWallUS)
        who = entry.isConfigured ? nil : entry.who
        comment = entry.comment
        isConfigured = entry.isConfigured
    }
}

extension PointItem {
    init(_ point: ScorePoint) {
        at = Timestamp(wallUS: point.wallUS)
        ruleID = point.ruleID
        rule = point.ruleName
        points = point.points
        score = point.score
    }
}

extension WhyReply {
    init(_ report: WhyReport) {
        subject = "\(report.asked)"
        filedAs = "\(report.subject)"
        asOf = Timestamp(wallUS: report.nowWallUS)
        bans = ([report.ban].compactMap(\.self) + report.widerBans).map { BanItem($0, nowWallUS: report.nowWallUS) }
        allowed = report.allowance.map { AllowItem($0) }
        let bound = report.leastStep > 0 ? report.leastStep : nil
        score =
            report.score > 0
            ? ScoreItem(
                subject: filedAs, score: report.score, bansAt: bound, trail: report.trail.map { PointItem($0) })
            : nil
        networkScores = report.surroundings.map {
            ScoreItem(subject: "\(Subject.network($0.network))", score: $0.score, bansAt: nil, trail: [])
        }
        innerBans = report.innerBanCount
        earlierBans = report.earlierBanCount
        isShared = report.isShared
        lists = report.lists
        origin = OriginItem(report)
        knownUntil = report.knownUntilWallUS.map { Timestamp(wallUS: $0) }
        history = report.history.prefix(Self.historyCountMax).map { HistoryItem($0) }
        hasMoreHistory = report.history.count > Self.historyCountMax
        let seenWallUS = report.history.first { $0.evidence != nil }?.wallUS
        evidence = report.evidence.map { EvidenceItem($0, at: seenWallUS ?? report.nowWallUS) }
        verdict = Self.verdict(report)
    }

    /// What an answer shows of what happened before.
    static let historyCountMax = 100

    private static func verdict(_ report: WhyReport) -> Verdict {
        if report.allowance != nil { return .allowed }
        if report.ban != nil || !report.widerBans.isEmpty { return .banned }
        if report.isRefusedByList { return .listed }
        return report.score + report.listPoints > 0 || report.surroundings.contains { $0.score > 0 } ? .scored : .clear
    }
}

extension OriginItem {
    /// `nil` where nothing is known.
    init?(_ report: WhyReport) {
        guard report.country != nil || report.asn != nil else { return nil }
        self.init(country: report.country, asn: report.asn, organization: nil, isHosting: report.isHosting)
    }
}

extension HistoryItem {
    init(_ event: HistoryRecord) {
        at = Timestamp(wallUS: event.wallUS)
        change = Self.word(event.change)
        subject = "\(event.subject)"
        until = event.ban.untilWallUS == StoredBan.foreverWallUS ? nil : Timestamp(wallUS: event.ban.untilWallUS)
        kind = event.ban.kind.rawValue
        origin = event.ban.cause.origin.rawValue
        ruleID = event.ban.cause.ruleID
        reason = event.ban.cause.ruleName
        // Who banned did not end a ban whose time was over.
        who = event.change == .began || event.change == .extended ? event.ban.cause.who : event.who
    }

    /// As the ban log has it.
    private static func word(_ change: HistoryRecord.Change) -> String {
        switch change {
        case .began: "Ban"
        case .extended: "Extend"
        case .ended, .lifted: "Unban"
        }
    }
}

extension EvidenceItem {
    init(_ evidence: Evidence, at wallUS: Int64) {
        at = Timestamp(wallUS: wallUS)
        listener = evidence.listener
        connection = evidence.connection
        client = evidence.client.map { "\($0)" }
        phase = evidence.phase
        packet = BanItem.named(evidence.packet)
        opcode = evidence.opcode
        byteCount = evidence.byteCount
        excerpt = Self.excerpt(evidence.excerpt, redacted: evidence.redacted)
        detail = evidence.detail
        ageSeconds = Double(evidence.ageUS) / 1_000_000
        inbound = Counters(evidence, .inbound)
        outbound = Counters(evidence, .outbound)
        trail = evidence.trail.map { PointItem($0) }
    }
}

extension EvidenceItem.Counters {
    init(_ evidence: Evidence, _ direction: Direction) {
        bytes = evidence.byteCounts[direction]
        packets = evidence.packetCounts[direction]
        dropped = evidence.droppedCounts[direction]
    }
}

extension StatusReply {
    init(_ report: StatusReport, kernel health: KernelHealth, processID: Int32) {
        version = report.version
        self.processID = processID
        started = Timestamp(wallUS: report.startedWallUS)
        isDraining = report.isDraining
        connections = Connections(
            open: report.openCount, accepted: report.acceptedCount, refused: report.refusedCount,
            closed: report.closedCount)
        listeners = report.listeners.map {
            Listener(
                name: $0.name, bind: "\($0.bind)", open: $0.openCount, isUnderAttack: $0.isUnderAttack,
                underAttackOrder: $0.attackOrder.rawValue)
        }
        bans = report.reputation.banCount
        bansTotal = report.banTotal
        allowed = report.allowedCount
        remembered = report.reputation.addressCount
        evictions = report.reputation.evictionCount
        fallbackBuckets = report.bucketFallbackCount
        state = State(
            file: report.store.file, isUp: report.store.isOnDisk, problem: report.store.problem.map { "\($0)" })
        kernel = Kernel(
            table: health.table, isUp: health.isOn, entries: health.entryCount, problem: health.problem)
    }
}
