import Foundation
import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

/// What the book means, written to be obvious and slow: every event is kept, everything is computed from them.
struct ReputationModel {
    struct Episode: Equatable {
        var startedNS: UInt64
        var untilNS: UInt64
        var number: Int
    }

    var settings: ReputationSettings
    var points: [IPAddress: [(points: Double, atNS: UInt64)]] = [:]
    var episodes: [IPAddress: [Episode]] = [:]

    func score(_ key: IPAddress, nowNS: UInt64) -> Double {
        (points[key] ?? []).reduce(0) { sum, event in
            sum + event.points * pow(0.5, Double(nowNS - event.atNS) / Double(settings.halfLifeNS))
        }
    }

    func isBanned(_ key: IPAddress, nowNS: UInt64) -> Bool {
        episodes[key]?.last.map { $0.untilNS > nowNS } ?? false
    }

    /// Returns whether something began or grew.
    mutating func ban(_ key: IPAddress, baseNS: UInt64, nowNS: UInt64) -> Bool {
        var known = episodes[key] ?? []
        let isRunning = isBanned(key, nowNS: nowNS)
        let earlier = known.filter { $0.untilNS <= nowNS && nowNS - $0.untilNS <= settings.repeatForgetNS }.count
        let exponent = isRunning ? known[known.count - 1].number - 1 : earlier
        let duration = min(
            Double(baseNS) * pow(settings.repeatFactor, Double(exponent)), Double(settings.repeatMostNS))
        let untilNS = nowNS + UInt64(duration)
        if isRunning {
            guard untilNS > known[known.count - 1].untilNS else { return false }
            known[known.count - 1].untilNS = untilNS
        } else {
            known.append(Episode(startedNS: nowNS, untilNS: untilNS, number: exponent + 1))
        }
        episodes[key] = known
        return true
    }

    mutating func add(_ amount: Double, _ key: IPAddress, nowNS: UInt64) -> Bool {
        points[key, default: []].append((amount, nowNS))
        let score = score(key, nowNS: nowNS)
        guard let step = settings.ladder.last(where: { score >= $0.at }) else { return false }
        points[key] = []
        return ban(key, baseNS: step.baseNS, nowNS: nowNS)
    }
}

@Suite("The book against a model")
struct ModelTests {
    @Test("months of random events give the same scores, bans and ends as the slow model", arguments: 0..<60)
    func agrees(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let settings = makeSettings {
            $0.halfLifeNS = [second, 10 * minute, day].randomElement(using: &random) ?? day
            $0.repeatFactor = [1, 2, 4].randomElement(using: &random) ?? 2
            $0.repeatMostNS = [hour, 2 * day].randomElement(using: &random) ?? day
            $0.repeatForgetNS = [hour, 3 * day].randomElement(using: &random) ?? day
            $0.ladder = [.init(at: 20, baseNS: 10 * minute), .init(at: 45, baseNS: 3 * hour)]
        }
        let book = ReputationBook(settings: settings, seed: seed)
        var model = ReputationModel(settings: settings)
        var ended: [IPAddress: [UInt64]] = [:]
        var now: UInt64 = 0
        for step in 0..<400 {
            let longest: UInt64 = [second, 10 * minute, 12 * hour].randomElement(using: &random) ?? 1
            now += UInt64.random(in: 0...longest, using: &random)
            let number = UInt64.random(in: 0..<4, using: &random)
            let host = UInt64.random(in: 1...9, using: &random)
            let address = number < 2 ? address(UInt32(number)) : address6(subnet: number, host: host)
            let key = book.key(of: address).base
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let base = UInt64.random(in: 1...(4 * hour), using: &random)
                let changed = book.ban(address, baseNS: base, cause: cause, nowNS: now).ban != nil
                #expect(changed == model.ban(key, baseNS: base, nowNS: now), "seed \(seed) step \(step)")
            case 1:
                for ban in book.takeExpired(nowNS: now, most: 3) {
                    ended[ban.key, default: []].append(ban.untilNS)
                }
            default:
                let points = Double.random(in: 0.1...25, using: &random)
                let changed = book.add(points, to: address, cause: cause, nowNS: now).ban != nil
                #expect(changed == model.add(points, key, nowNS: now), "seed \(seed) step \(step)")
            }
            #expect(abs(book.score(of: address, nowNS: now) - model.score(key, nowNS: now)) < 1e-9)
            let standing = book.standing(of: address, nowNS: now)
            #expect(standing.isBanned == model.isBanned(key, nowNS: now))
            if case .banned(let ban) = standing, let episode = model.episodes[key]?.last {
                #expect(ban.untilNS == episode.untilNS, "seed \(seed) step \(step)")
                #expect(ban.startedNS == episode.startedNS)
                #expect(Int(ban.number) == episode.number)
            }
        }
        now += 100 * day
        for ban in book.takeExpired(nowNS: now, most: .max) { ended[ban.key, default: []].append(ban.untilNS) }
        #expect(ended == model.episodes.mapValues { $0.map(\.untilNS) })
    }
}
