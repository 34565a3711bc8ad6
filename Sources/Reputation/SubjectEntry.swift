import Glibc
import WireBytes

/// What is remembered about one subject.
///
/// Shape: 136 bytes without pointers. Its ban and the history of earlier bans stand beside it in ``BanMemory``, because
/// few have one.
struct SubjectEntry {
    var key: SubjectKey
    /// As of `scoreNS`; decays from there.
    var score: Double = 0
    var scoreNS: UInt64
    /// The end of the ban, while `isBanned`.
    var banUntilNS: UInt64 = 0
    /// Index in the table's heap of bans while `isBanned`, otherwise in its list of the unbanned.
    var position: Int32 = 0
    /// Whether it stands in the heap of bans; the ban may be over and not yet taken out.
    var isBanned = false
    /// Whether the ban closes open connections, too.
    var isHard = false
    /// How many of the trail's points there are.
    var trailCount: UInt8 = 0
    /// How the score came about, newest last.
    var trail: InlineArray<4, TrailPoint> = InlineArray(repeating: TrailPoint())

    init(key: SubjectKey, nowNS: UInt64) {
        self.key = key
        scoreNS = nowNS
    }

    /// The score at `nowNS`: s · 2^(−Δt / half-life).
    func decayedScore(nowNS: UInt64, halfLifeNS: UInt64) -> Double {
        guard score > 0 else { return 0 }
        let elapsedNS = nowNS.elapsed(since: scoreNS)
        return score * exp2(-Double(elapsedNS) / Double(max(1, halfLifeNS)))
    }

    /// Adds a point to the trail; the oldest makes room.
    mutating func note(_ point: TrailPoint) {
        if Int(trailCount) == ScorePoint.countMax {
            for index in 1..<ScorePoint.countMax { trail[index - 1] = trail[index] }
            trailCount -= 1
        }
        trail[Int(trailCount)] = point
        trailCount += 1
    }
}

/// A ``ScorePoint`` without its name.
///
/// Shape: 16 bytes.
struct TrailPoint: BitwiseCopyable {
    /// Wall-clock seconds since 1970.
    var wallSeconds: UInt32 = 0
    var ruleID: UInt32 = 0
    var points: Float = 0
    var score: Float = 0
}

/// The ban of a subject and the ends of its earlier ones.
struct BanMemory {
    /// Earlier bans that are remembered; the count is exact up to here and stays here for more.
    static let endCountMax = 16

    /// The ban in force, or over and not yet taken out.
    var ban: Ban?
    /// The address that caused the latest ban, in full.
    var address: IPAddress?
    /// When earlier bans ended, ascending, the newest `endCountMax`; negative before the machine was started.
    private(set) var endsNS: [Int64] = []

    init(address: IPAddress?) {
        self.address = address
    }

    mutating func remember(endNS: Int64) {
        // Times of several threads may arrive slightly out of order.
        let index = endsNS.lastIndex { $0 <= endNS }.map { $0 + 1 } ?? 0
        endsNS.insert(endNS, at: index)
        if endsNS.count > Self.endCountMax { endsNS.removeFirst() }
    }

    /// Earlier bans whose end lies within `forgetNS` before `nowNS`.
    func earlierCount(nowNS: UInt64, forgetNS: UInt64) -> Int {
        let now = Int64(clamping: nowNS)
        return endsNS.count { end in
            let (elapsed, overflow) = now.subtractingReportingOverflow(end)
            return end >= now || !overflow && UInt64(elapsed) <= forgetNS
        }
    }
}

/// Which addresses a network's score comes from.
///
/// Shape: the newest sixteen, with when each gave points last.
struct Contributors {
    static let countMax = 16

    private var last: [(address: IPAddress, atNS: UInt64)] = []

    mutating func note(_ address: IPAddress, nowNS: UInt64) {
        last.removeAll { $0.address == address }
        if last.count == Self.countMax { last.removeFirst() }
        last.append((address, nowNS))
    }

    /// Addresses that gave points within the last `withinNS`.
    func count(nowNS: UInt64, withinNS: UInt64) -> Int {
        last.count { nowNS.elapsed(since: $0.atNS) <= withinNS }
    }
}
