public import Operations
public import Reputation
import Settings
public import WireBytes

/// The running service as the admin API sees it: what `Operations` says, as JSON has it.
public struct OperationsService: ControlledService {
    /// Bans that one page looks at; a filter that fits few of them answers with a shorter page and where to go on.
    private static let scanCountMax = 50_000

    let operations: Operations
    private let processID: Int32

    /// - Parameter processID: of this program.
    public init(_ operations: Operations, processID: Int32) {
        self.operations = operations
        self.processID = processID
    }

    /// How the program fares.
    public func status() -> StatusReply {
        StatusReply(operations.status(), kernel: operations.kernelHealth, processID: processID)
    }

    /// A page of bans.
    public func bans(_ query: BanQuery) -> BanPage {
        let nowWallUS = operations.nowWallUS
        var page = BanPage(bans: [], next: nil)
        var after = query.after
        var lookedAt = 0
        while page.bans.count < query.limit, lookedAt < Self.scanCountMax {
            let most = query.hasFilter ? 2_000 : query.limit - page.bans.count
            let views = operations.bans(after: after, most: most)
            lookedAt += views.count
            for view in views {
                after = view.subject
                if query.fits(view) { page.bans.append(BanItem(view, nowWallUS: nowWallUS)) }
                if page.bans.count == query.limit { break }
            }
            // A page that is not full was the last one.
            if views.count < most, page.bans.count < query.limit { return page }
        }
        page.next = after.map { "\($0)" }
        return page
    }

    /// Bans.
    public func ban(_ subject: Subject, _ order: BanBody, who: String) throws(ControlError) -> BanReply {
        let outcome = try carriedOut { () throws(OperationError) in
            try operations.ban(
                subject, forNS: order.duration?.nanoseconds, kind: order.kind == .soft ? .soft : .hard,
                reason: order.reason ?? "", who: who)
        }
        return BanReply(
            change: outcome.change.rawValue, ban: BanItem(outcome.ban, nowWallUS: operations.nowWallUS))
    }

    /// Lifts bans.
    public func unban(_ subject: Subject, who: String) throws(ControlError) -> UnbanReply {
        let outcome = try carriedOut { () throws(OperationError) in try operations.unban(subject, who: who) }
        let nowWallUS = operations.nowWallUS
        return UnbanReply(
            lifted: outcome.lifted.map { BanItem($0, nowWallUS: nowWallUS) },
            stillBannedBy: outcome.stillBanned.map { BanItem($0, nowWallUS: nowWallUS) })
    }

    /// Lifts all bans.
    public func unbanAll(who: String) throws(ControlError) -> UnbanAllReply {
        UnbanAllReply(lifted: try carriedOut { () throws(OperationError) in try operations.unbanAll(who: who) })
    }

    /// Tells a listener whether it is under attack.
    public func setUnderAttack(
        listener: String?, _ order: UnderAttackBody, who: String
    ) throws(ControlError) {
        let wanted: AttackOrder =
            switch order.state {
            case .on: .on
            case .off: .off
            case .auto: .automatic
            }
        try carriedOut { () throws(OperationError) in
            try operations.setUnderAttack(listener: listener, to: wanted, who: who)
        }
    }

    /// The allowlist.
    public func allowed() -> AllowListReply { AllowListReply(entries: operations.allowed().map { AllowItem($0) }) }

    /// Adds to the allowlist.
    public func allow(_ network: IPNetwork, _ order: AllowBody, who: String) throws(ControlError) -> AllowItem {
        AllowItem(
            try carriedOut { () throws(OperationError) in
                try operations.allow(
                    network, forNS: order.duration?.nanoseconds, comment: order.comment ?? "", who: who)
            })
    }

    /// Removes from the allowlist.
    public func disallow(_ network: IPNetwork, who: String) throws(ControlError) -> DisallowReply {
        DisallowReply(
            removed: try carriedOut { () throws(OperationError) in try operations.disallow(network, who: who) })
    }

    /// Everything that is known of a subject.
    public func why(_ subject: Subject) -> WhyReply { WhyReply(operations.why(subject)) }

    func carriedOut<Outcome>(
        _ command: () throws(OperationError) -> Outcome
    ) throws(ControlError) -> Outcome {
        do throws(OperationError) {
            return try command()
        } catch {
            throw ControlError(error)
        }
    }
}

extension ControlError {
    /// What an operation's failure is to who asked for it.
    init(_ error: OperationError) {
        let code: Code =
            switch error {
            case .allowed, .tooManyAllowed, .configured, .noAttackLimits: .conflict
            case .unknownListener: .notFound
            case .notStored: .notStored
            }
        self.init(code, error.description)
    }
}

extension BanQuery {
    var hasFilter: Bool { origin != nil || kind != nil || within != nil }

    func fits(_ view: BanView) -> Bool {
        if let origin, origin.rawValue != view.cause.origin.rawValue { return false }
        if let kind, kind.rawValue != view.kind.rawValue { return false }
        if let within {
            guard let network = view.subject.network else { return false }
            return network.prefixLength >= within.prefixLength && within.contains(network.base)
        }
        return true
    }
}
