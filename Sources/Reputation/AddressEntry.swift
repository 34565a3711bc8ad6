import Glibc
import WireBytes

/// What is remembered about one address or IPv6 prefix.
///
/// Shape: 56 bytes without pointers. Its ban and the history of earlier bans stand beside it in ``BanMemory``, because
/// few addresses have one.
struct AddressEntry {
    var key: IPAddress
    /// As of `scoreNS`; decays from there.
    var score: Double = 0
    var scoreNS: UInt64
    /// The end of the ban, while `isBanned`.
    var banUntilNS: UInt64 = 0
    /// Index in the table's heap of bans while `isBanned`, otherwise in its list of the unbanned.
    var position: Int32 = 0
    /// Whether it stands in the heap of bans; the ban may be over and not yet taken out.
    var isBanned = false

    init(key: IPAddress, nowNS: UInt64) {
        self.key = key
        scoreNS = nowNS
    }

    /// The score at `nowNS`: s · 2^(−Δt / half-life).
    func decayedScore(nowNS: UInt64, halfLifeNS: UInt64) -> Double {
        guard score > 0 else { return 0 }
        let elapsedNS = nowNS.elapsed(since: scoreNS)
        return score * exp2(-Double(elapsedNS) / Double(max(1, halfLifeNS)))
    }
}

/// The ban of an address and the ends of its earlier ones.
struct BanMemory {
    /// Earlier bans that are remembered; the count is exact up to here and stays here for more.
    static let endCountMax = 16

    /// The ban in force, or over and not yet taken out.
    var ban: Ban?
    /// The address that caused the latest ban, in full.
    var address: IPAddress
    /// When earlier bans ended, ascending, the newest `endCountMax`.
    private(set) var endsNS: [UInt64] = []

    init(address: IPAddress) {
        self.address = address
    }

    mutating func remember(endNS: UInt64) {
        // Times of several threads may arrive slightly out of order.
        let index = endsNS.lastIndex { $0 <= endNS }.map { $0 + 1 } ?? 0
        endsNS.insert(endNS, at: index)
        if endsNS.count > Self.endCountMax { endsNS.removeFirst() }
    }

    /// Earlier bans whose end lies within `forgetNS` before `nowNS`.
    func earlierCount(nowNS: UInt64, forgetNS: UInt64) -> Int {
        endsNS.count { nowNS.elapsed(since: $0) <= forgetNS }
    }
}
