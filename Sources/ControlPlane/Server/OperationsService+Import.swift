import Operations
import Reputation
import Settings
import WireBytes

extension OperationsService {
    /// Takes bans from elsewhere.
    public func importBans(_ body: ImportBody, who: String) throws(ControlError) -> ImportReply {
        let nowWallUS = operations.nowWallUS
        var orders: [ManualBan] = []
        var places: [Int] = []
        var refused: [ImportReply.Refusal] = []
        for (index, entry) in body.entries.enumerated() {
            do throws(ControlError) {
                orders.append(try entry.order(nowWallUS: nowWallUS, who: who))
                places.append(index)
            } catch {
                refused.append(ImportReply.Refusal(index: index, subject: entry.subject, message: error.message))
            }
        }
        let outcome = try carriedOut { () throws(OperationError) in try operations.importBans(orders, who: who) }
        for refusal in outcome.refused {
            let index = places[refusal.index]
            let network = Subject.network(refusal.allowedBy)
            refused.append(
                ImportReply.Refusal(
                    index: index, subject: body.entries[index].subject, message: "\(network) is on the allowlist"))
        }
        return ImportReply(
            added: outcome.addedCount, changed: outcome.changedCount, unchanged: outcome.unchangedCount,
            refused: refused.sorted { $0.index < $1.index })
    }
}

extension ImportEntry {
    /// The ban that an entry asks for.
    func order(nowWallUS: Int64, who: String) throws(ControlError) -> ManualBan {
        let subject = try SubjectText.subject(subject)
        try ControlText.check(reason, "reason")
        var durationNS: UInt64?
        if let until {
            let (leftUS, isOver) = until.wallUS.subtractingReportingOverflow(nowWallUS)
            guard !isOver, leftUS > 0 else { throw ControlError(.badRequest, "its time is over") }
            let (leftNS, isLonger) = UInt64(leftUS).multipliedReportingOverflow(by: 1_000)
            durationNS = isLonger ? .max : leftNS
        }
        let cause = BanCause(
            origin: .imported, ruleID: 0, ruleName: reason ?? "", packet: "-", connection: "-", who: who)
        return ManualBan(subject: subject, durationNS: durationNS, kind: kind == .soft ? .soft : .hard, cause: cause)
    }
}
