import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

/// Players over virtual months: most do nothing, some now and then, some come back as soon as they can, some from many
/// addresses of one network, and some behind a carrier's address with an account or without.
private struct Campaign {
    struct Player {
        var address: IPAddress
        var account: AccountName?
        /// Points of one misdeed, at most.
        var most: Double
        /// How often in a hundred turns it is this player's.
        var weight: Int
    }

    var settings: ReputationSettings
    var players: [Player] = []

    init(_ random: inout SplitMix64) {
        settings = makeSettings {
            $0.halfLifeNS = [10 * minute, hour, day].randomElement(using: &random) ?? day
            $0.repeatFactor = [1, 1.5, 4].randomElement(using: &random) ?? 2
            $0.repeatJitter = [0, 0.1, 0.5].randomElement(using: &random) ?? 0
            $0.repeatMostNS = [2 * day, 30 * day].randomElement(using: &random) ?? day
            $0.repeatForgetNS = [3 * day, 20 * day].randomElement(using: &random) ?? day
            $0.ladder = [
                .init(at: 20, baseNS: 10 * minute, kind: .soft), .init(at: 45, baseNS: 3 * hour, kind: .hard),
            ]
            $0.shared = [IPNetwork(holding: address(0x1000), prefixLength: 120)]
        }
        var close = ReputationSettings.NetworkLevel(prefixIPv4: 24, prefixIPv6: 56)
        close.weight = 0.25
        close.addressCountMin = 3
        close.ladder = [.init(at: 12, baseNS: hour, kind: .soft), .init(at: 30, baseNS: day, kind: .hard)]
        var far = ReputationSettings.NetworkLevel(prefixIPv4: 16, prefixIPv6: 48)
        far.weight = 0.1
        far.addressCountMin = 6
        far.ladder = [.init(at: 15, baseNS: 2 * hour, kind: .soft)]
        settings.networks = [close, far]

        for number in 0..<24 as Range<UInt32> {
            players.append(Player(address: address(number << 8 | 7), most: 0, weight: 1))
            players.append(Player(address: address(number << 8 | 8), most: 6, weight: 1))
        }
        // Whoever comes back.
        for number in 0..<4 as Range<UInt32> { players.append(Player(address: address(number), most: 60, weight: 8)) }
        // One network, one player each; and another of IPv6, where several addresses are one.
        for number in 0..<8 as Range<UInt32> {
            players.append(Player(address: address(0x300 | number), most: 12, weight: 2))
            let inside = address6(subnet: UInt64(number % 4), host: UInt64(number))
            players.append(Player(address: inside, most: 12, weight: 2))
        }
        // A carrier.
        for number in 0..<10 as Range<UInt32> {
            let account = number < 7 ? AccountName("player \(number)") : nil
            players.append(
                Player(address: address(0x1000 | number % 3), account: account, most: number < 5 ? 40 : 0, weight: 2))
        }
    }
}

@Suite("Months of play against a model")
struct CampaignTests {
    @Test(
        "ladder, repetition, jitter, cap, forgetting, soft and hard, networks and accounts are as the slow model says",
        arguments: 0..<8)
    func agrees(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let campaign = Campaign(&random)
        let book = ReputationBook(settings: campaign.settings, seed: seed)
        var model = CampaignModel(settings: campaign.settings)
        let turns = campaign.players.flatMap { [Campaign.Player](repeating: $0, count: $0.weight) }
        var ended: [Subject: [UInt64]] = [:]
        var now: UInt64 = 0
        for step in 0..<2_000 {
            // Bursts, and pauses of up to two days: eight months or so.
            let longest: UInt64 = [second, 5 * minute, hour, 2 * day].randomElement(using: &random) ?? 1
            now += UInt64.random(in: 0...longest, using: &random)
            let player = try #require(turns.randomElement(using: &random))
            let offender = Offender(address: player.address, account: player.account)
            if player.most > 0 {
                let points = Double.random(in: 0.1...player.most, using: &random)
                let expected = model.add(points, offender, nowNS: now)
                var changes = book.add(points, to: offender, cause: cause, nowNS: now)
                for expectation in expected {
                    let index = changes.firstIndex { $0.ban?.subject == expectation.subject }
                    let change = index.map { changes.remove(at: $0) } ?? .none
                    if let fault = model.take(change, expectation, nowNS: now) {
                        Issue.record("seed \(seed) step \(step): \(fault), expected: \(expectation)")
                    }
                }
                if !changes.isEmpty { Issue.record("seed \(seed) step \(step): \(changes)") }
            }
            if step.isMultiple(of: 7) { take(book, nowNS: now, into: &ended) }
            if let fault = fault(of: book, model, player, nowNS: now) {
                Issue.record("seed \(seed) step \(step): \(fault)")
            }
        }
        now += 400 * day
        take(book, nowNS: now, into: &ended)
        #expect(ended == model.episodes.mapValues { $0.map(\.untilNS) }, "seed \(seed)")
        #expect(book.bans(nowNS: now).isEmpty)
        demandVariety(model, "seed \(seed)")
    }

    private func take(_ book: ReputationBook, nowNS: UInt64, into ended: inout [Subject: [UInt64]]) {
        var last: UInt64 = 0
        for over in book.takeExpired(nowNS: nowNS, most: .max) {
            #expect(over.ban.untilNS >= last && over.ban.untilNS <= nowNS && !over.isLifted)
            last = over.ban.untilNS
            ended[over.ban.subject, default: []].append(over.ban.untilNS)
        }
    }

    /// What is not as the model says of one player; `nil` when all is.
    private func fault(
        of book: ReputationBook, _ model: CampaignModel, _ player: Campaign.Player, nowNS: UInt64
    ) -> String? {
        let score = book.score(of: player.address, nowNS: nowNS)
        let expectedScore = model.score(model.own(player.address), nowNS: nowNS)
        if abs(score - expectedScore) > 1e-9 { return "the score is \(score), not \(expectedScore)" }
        let expected = model.standing(player.address, nowNS: nowNS)
        let check = book.check(player.address, nowNS: nowNS)
        if check != (expected.map { .banned($0.kind) } ?? .clear) {
            return "\(check), but \(String(describing: expected))"
        }
        var untilNS: UInt64?
        if case .banned(let ban) = book.standing(of: player.address, nowNS: nowNS) { untilNS = ban.untilNS }
        if untilNS != expected?.untilNS { return "until \(String(describing: untilNS))" }
        guard let account = player.account else { return nil }
        let isBanned = model.running(.account(account), nowNS: nowNS) != nil
        return book.isBanned(account, nowNS: nowNS) == isBanned ? nil : "\(account) is not as he should be"
    }

    /// A campaign in which nothing happens would agree with any model.
    private func demandVariety(_ model: CampaignModel, _ place: Comment) {
        let all = model.episodes.values.joined()
        #expect(all.contains { $0.kind == .soft } && all.contains { $0.kind == .hard }, place)
        #expect(all.contains { $0.number > 1 }, place)
        #expect(all.contains { $0.origin == .network } && all.contains { $0.origin == .ladder }, place)
        #expect(model.episodes.keys.contains { $0.network == nil }, place)
    }

    @Test("who comes back at once is out ever longer, up to the cap; who stays away long enough begins anew")
    func career() throws {
        let book = makeBook {
            $0.repeatFactor = 2
            $0.repeatMostNS = 7 * day
            $0.repeatForgetNS = 30 * day
        }
        var now: UInt64 = 0
        var lengths: [UInt64] = []
        func offend() throws {
            let ban = try #require(book.add(25, to: address(1), cause: cause, nowNS: now).ban)
            lengths.append(ban.untilNS - now)
            now = ban.untilNS
        }
        for _ in 0..<14 { try offend() }
        let doubled: [UInt64] = (0..<14).map { min(10 * minute << UInt64($0), 7 * day) }
        #expect(lengths == doubled)
        // The last ends count: a month after the newest one, and a nanosecond.
        now += 30 * day + 1
        try offend()
        #expect(lengths.last == 10 * minute)
    }

    @Test("a year of one point an hour bans nobody whose score has time to fade")
    func patience() {
        let book = makeBook { $0.halfLifeNS = 10 * hour }
        // 1 / (1 - 2^(-1/10)) = 14.9: below the step of 20.
        let banCount = (0..<(365 * 24) as Range<UInt64>).count { number in
            book.add(1, to: address(1), cause: cause, nowNS: number * hour) != .none
        }
        #expect(banCount == 0)
        #expect(abs(book.score(of: address(1), nowNS: (365 * 24 - 1) * hour) - 14.93) < 0.01)
    }
}
