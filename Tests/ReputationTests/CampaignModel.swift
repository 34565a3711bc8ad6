import Foundation
import Reputation
import Settings
import WireBytes

/// Scores and bans of addresses, networks and accounts, written to be obvious and slow: every event is kept, and
/// everything is computed from them when it is asked for.
///
/// Where a ban's end has a random part, the model says between which times it must lie, and takes over the book's own.
struct CampaignModel {
    struct Episode: Equatable {
        var startedNS: UInt64
        var untilNS: UInt64
        var number: Int
        var kind: BanKind
        var origin: BanCause.Origin
    }

    /// What must come of an event for one subject.
    struct Expectation {
        var subject: Subject
        var origin: BanCause.Origin
        var kind: BanKind
        /// The end lies between these, both included.
        var earliestNS: UInt64
        var latestNS: UInt64
        var number: Int
        /// The ban in force before.
        var running: Episode?
    }

    let settings: ReputationSettings
    private(set) var points: [Subject: [(points: Double, by: IPAddress, atNS: UInt64)]] = [:]
    private(set) var episodes: [Subject: [Episode]] = [:]
    /// Who gave points to a network; what a ban clears from the score stays here.
    private var givers: [Subject: [IPAddress: UInt64]] = [:]

    init(settings: ReputationSettings) { self.settings = settings }

    func isShared(_ address: IPAddress) -> Bool { settings.shared.contains { $0.contains(address) } }

    func own(_ address: IPAddress) -> Subject {
        .network(IPNetwork(holding: address, prefixLength: address.isIPv4 ? 128 : settings.addressPrefixIPv6))
    }

    /// The networks around an address with their levels, in the order of the settings.
    func around(_ address: IPAddress) -> [(Subject, ReputationSettings.NetworkLevel)] {
        settings.networks.compactMap { level in
            let length = address.isIPv4 ? level.prefixIPv4.map { $0 + 96 } : level.prefixIPv6
            return length.map { (.network(IPNetwork(holding: address, prefixLength: $0)), level) }
        }
    }

    func score(_ subject: Subject, nowNS: UInt64) -> Double {
        (points[subject] ?? []).reduce(0) { sum, event in
            sum + event.points * pow(0.5, Double(nowNS - event.atNS) / Double(settings.halfLifeNS))
        }
    }

    func running(_ subject: Subject, nowNS: UInt64) -> Episode? {
        episodes[subject]?.last.flatMap { $0.untilNS > nowNS ? $0 : nil }
    }

    /// The ban that answers when an address connects: that of the smallest network that holds it.
    func standing(_ address: IPAddress, nowNS: UInt64) -> Episode? {
        ([own(address)] + around(address).map(\.0))
            .sorted { ($0.network?.prefixLength ?? 0) > ($1.network?.prefixLength ?? 0) }
            .lazy.compactMap { running($0, nowNS: nowNS) }.first
    }

    /// Adds points and says what must come of it, subject by subject.
    mutating func add(_ amount: Double, _ offender: Offender, nowNS: UInt64) -> [Expectation] {
        if isShared(offender.address), let account = offender.account {
            return [collect(amount, .account(account), offender, settings.ladder, false, .ladder, nowNS)].compactMap {
                $0
            }
        }
        let soft = isShared(offender.address)
        var all = [collect(amount, own(offender.address), offender, settings.ladder, soft, .ladder, nowNS)]
        for (network, level) in around(offender.address) {
            givers[network, default: [:]][own(offender.address).network?.base ?? offender.address] = nowNS
            let recent = givers[network, default: [:]].values.filter { nowNS - $0 <= 4 * settings.halfLifeNS }
            let ladder = recent.count >= level.addressCountMin ? level.ladder : []
            all.append(collect(amount * level.weight, network, offender, ladder, soft, .network, nowNS))
        }
        return all.compactMap { $0 }
    }

    private mutating func collect(
        _ amount: Double, _ subject: Subject, _ offender: Offender, _ ladder: [ReputationSettings.Step],
        _ isSoft: Bool, _ origin: BanCause.Origin, _ nowNS: UInt64
    ) -> Expectation? {
        // What is older than this many half-lives is nothing any more.
        points[subject] = (points[subject] ?? []).filter { nowNS - $0.atNS < 40 * settings.halfLifeNS }
        points[subject, default: []].append((amount, offender.address, nowNS))
        let score = score(subject, nowNS: nowNS)
        guard let step = ladder.filter({ score >= $0.at }).max(by: { $0.at < $1.at }) else { return nil }
        points[subject] = []
        return expect(subject, baseNS: step.baseNS, kind: isSoft ? .soft : step.kind, origin, nowNS)
    }

    /// What a ban of this base must become.
    func expect(
        _ subject: Subject, baseNS: UInt64, kind: BanKind, _ origin: BanCause.Origin, _ nowNS: UInt64
    ) -> Expectation {
        let known = episodes[subject] ?? []
        let running = running(subject, nowNS: nowNS)
        let earlier = known.filter { $0.untilNS <= nowNS && nowNS - $0.untilNS <= settings.repeatForgetNS }
        let exponent = running.map { $0.number - 1 } ?? min(earlier.count, 16)
        let grown = Double(baseNS) * pow(settings.repeatFactor, Double(exponent))
        func end(_ jitter: Double) -> Double {
            max(1, min(grown * (1 + jitter), Double(settings.repeatMostNS)))
        }
        // A nanosecond on each side for what a Double rounds.
        return Expectation(
            subject: subject, origin: origin, kind: max(kind, running?.kind ?? kind),
            earliestNS: nowNS + UInt64(end(-settings.repeatJitter)) - 1,
            latestNS: nowNS + UInt64(end(settings.repeatJitter)) + 1, number: exponent + 1, running: running)
    }

    /// Takes over what the book did, and says what is wrong with it; `nil` when it is as expected.
    mutating func take(_ change: ReputationChange, _ expected: Expectation, nowNS: UInt64) -> String? {
        let old = expected.running
        let grows = old.map { expected.kind > $0.kind } ?? true
        guard let ban = change.ban else {
            guard let old, !grows else { return "a ban is missing" }
            // Only who would not have ended later is left alone.
            return expected.earliestNS > old.untilNS + 1 ? "an extension is missing" : nil
        }
        if ban.subject != expected.subject { return "bans \(ban.subject)" }
        if old == nil, !change.isNewBan || ban.startedNS != nowNS { return "a new ban is said to be an old one" }
        if let old, !change.isExtension || ban.startedNS != old.startedNS { return "an old ban is said to be new" }
        if let old, !grows, ban.untilNS <= old.untilNS { return "an extension ends no later" }
        let isWithin = expected.earliestNS...expected.latestNS ~= ban.untilNS
        if !isWithin, !(grows && ban.untilNS == old?.untilNS) { return "ends at \(ban.untilNS)" }
        if ban.kind != expected.kind { return "is \(ban.kind)" }
        if Int(ban.number) != expected.number { return "is the \(ban.number)th" }
        if ban.cause.origin != expected.origin { return "is by \(ban.cause.origin)" }
        let episode = Episode(
            startedNS: ban.startedNS, untilNS: ban.untilNS, number: expected.number, kind: ban.kind,
            origin: expected.origin)
        if old != nil { episodes[expected.subject]?.removeLast() }
        episodes[expected.subject, default: []].append(episode)
        return nil
    }
}
