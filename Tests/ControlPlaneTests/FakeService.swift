import ControlPlane
import Reputation
import Synchronization
import WireBytes

/// A service that remembers what it was told.
final class FakeService: ControlledService {
    struct State {
        var bans: [String: BanItem] = [:]
        var allowed: [String: AllowItem] = [:]
        var calls: [String] = []
    }

    let state = Mutex(State())

    var calls: [String] { state.withLock { $0.calls } }

    private func call(_ text: String) { state.withLock { $0.calls.append(text) } }

    func status() -> StatusReply { .example }

    func bans(_ query: BanQuery) -> BanPage {
        let all = state.withLock { $0.bans.values.sorted { $0.subject < $1.subject } }
        let left = all.filter { ban in query.after.map { ban.subject > "\($0)" } ?? true }
        let page = left.prefix(query.limit)
        return BanPage(bans: Array(page), next: page.count < left.count ? page.last?.subject : nil)
    }

    func ban(_ subject: Subject, _ order: BanBody, who: String) throws(ControlError) -> BanReply {
        call("ban \(subject) for \(order.duration?.nanoseconds ?? 0) \(order.kind?.rawValue ?? "-") by \(who)")
        if "\(subject)" == "192.0.2.1" { throw ControlError(.conflict, "192.0.2.1 is allowed") }
        let item = BanItem.example("\(subject)", who: who)
        state.withLock { $0.bans[item.subject] = item }
        return BanReply(change: "banned", ban: item)
    }

    func unban(_ subject: Subject, who: String) -> UnbanReply {
        call("unban \(subject) by \(who)")
        let item = state.withLock { $0.bans.removeValue(forKey: "\(subject)") }
        return UnbanReply(lifted: item.map { [$0] } ?? [], stillBannedBy: [])
    }

    func unbanAll(who: String) -> UnbanAllReply {
        call("unban all by \(who)")
        return UnbanAllReply(
            lifted: state.withLock { state in
                defer { state.bans = [:] }
                return state.bans.count
            })
    }

    func importBans(_ order: ImportBody, who: String) -> ImportReply {
        call("import \(order.entries.count) by \(who)")
        return ImportReply(added: order.entries.count, changed: 0, unchanged: 0, refused: [])
    }

    func allowed() -> AllowListReply { AllowListReply(entries: state.withLock { Array($0.allowed.values) }) }

    func allow(_ network: IPNetwork, _ order: AllowBody, who: String) -> AllowItem {
        call("allow \(Subject.network(network)) by \(who)")
        let item = AllowItem.example("\(Subject.network(network))")
        state.withLock { $0.allowed[item.subject] = item }
        return item
    }

    func disallow(_ network: IPNetwork, who: String) -> DisallowReply {
        call("disallow \(Subject.network(network)) by \(who)")
        return DisallowReply(
            removed: state.withLock { $0.allowed.removeValue(forKey: "\(Subject.network(network))") } != nil)
    }

    func why(_ subject: Subject) -> WhyReply { .example("\(subject)") }

    func setUnderAttack(listener: String?, _ order: UnderAttackBody, who: String) throws(ControlError) {
        call("under-attack \(listener ?? "all") \(order.state.rawValue) by \(who)")
        if listener == "none" { throw ControlError(.notFound, "there is no listener 'none'") }
    }
}
