public import Events
public import Reputation

/// Something that happened to a ban, as it is kept.
public struct HistoryRecord: Sendable, Equatable {
    /// What happened.
    public enum Change: UInt8, Sendable {
        /// A new ban.
        case began = 1
        /// It ends later, or is another kind of ban.
        case extended = 2
        /// Its time was over.
        case ended = 3
        /// Somebody lifted it.
        case lifted = 4
    }

    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    /// What happened.
    public var change: Change
    /// Whom it concerns.
    public var subject: Subject
    /// The ban as it was then.
    public var ban: StoredBan
    /// Who lifted it; who banned stands in the cause.
    public var who: String?
    /// What was seen when it began.
    public var evidence: Evidence?

    /// Puts the parts together.
    public init(
        wallUS: Int64, change: Change, subject: Subject, ban: StoredBan, who: String? = nil, evidence: Evidence? = nil
    ) {
        self.wallUS = wallUS
        self.change = change
        self.subject = subject
        self.ban = ban
        self.who = who
        self.evidence = evidence
    }

    /// What a record of the log keeps; `nil` for a ban that was in force already when the program began.
    public init?(_ record: BanRecord) {
        let change: Change
        switch record.change {
        case .began: change = .began
        case .extended: change = .extended
        case .ended: change = .ended
        case .lifted: change = .lifted
        case .restored: return nil
        }
        let ban = record.ban
        var untilWallUS = StoredBan.foreverWallUS
        if let seconds = record.remainingSeconds {
            let (distance, isFar) = Int64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000)
            let (end, isLate) = record.wallUS.addingReportingOverflow(distance)
            // Later than can be told, and yet not for ever.
            untilWallUS = isFar || isLate ? .max - 1 : end
        }
        self.init(
            wallUS: record.wallUS, change: change, subject: ban.subject,
            ban: StoredBan(
                address: ban.address, startedWallUS: ban.startedWallUS,
                untilWallUS: untilWallUS,
                number: ban.number, kind: ban.kind, cause: ban.cause),
            who: record.who, evidence: record.evidence)
    }
}
