import Reputation
import Settings
import WireBytes

let second: UInt64 = 1_000_000_000
let minute = 60 * second
let hour = 60 * minute
let day = 24 * hour

/// Half-life 10 min, 20 points ban for 10 min, factor 4, cap 30 d, forget 30 d, and no jitter unless a test wants it.
func makeSettings(_ adjust: (inout ReputationSettings) -> Void = { _ in }) -> ReputationSettings {
    var settings = ReputationSettings()
    settings.repeatJitter = 0
    adjust(&settings)
    return settings
}

func makeBook(seed: UInt64 = 1, _ adjust: (inout ReputationSettings) -> Void = { _ in }) -> ReputationBook {
    ReputationBook(settings: makeSettings(adjust), seed: seed)
}

let cause = BanCause(origin: .rule, ruleID: 1201, ruleName: "chat-spam", packet: "C_CHAT", connection: "ab12")

/// `203.0.113.number`, and on into the next networks.
func address(_ number: UInt32) -> IPAddress { IPAddress(ipv4: 0xCB00_7100 &+ number) }

/// An address of `2001:db8:0:subnet::/64`.
func address6(subnet: UInt64, host: UInt64) -> IPAddress {
    IPAddress(high: 0x2001_0DB8_0000_0000 | subnet, low: host)
}

extension ReputationChange {
    /// The ban that began, or grew.
    var ban: Ban? {
        switch self {
        case .banned(let ban), .extended(let ban): ban
        case .none, .allowed: nil
        }
    }

    var isNewBan: Bool { if case .banned = self { true } else { false } }
    var isExtension: Bool { if case .extended = self { true } else { false } }
}

extension Standing {
    var isBanned: Bool { if case .banned = self { true } else { false } }
}

extension EndedBan {
    var untilNS: UInt64 { ban.untilNS }
    var address: IPAddress? { ban.address }
    /// What the address is filed under.
    var key: IPAddress { ban.network?.base ?? IPAddress(high: 0, low: 0) }
}

extension ReputationBook {
    /// Points of an address alone.
    func add(_ points: Double, to address: IPAddress, cause: BanCause, nowNS: UInt64) -> ReputationChange {
        add(points, to: Offender(address: address), cause: cause, nowNS: nowNS).first ?? .none
    }

    func ban(_ address: IPAddress, baseNS: UInt64?, cause: BanCause, nowNS: UInt64) -> ReputationChange {
        ban(Offender(address: address), baseNS: baseNS, cause: cause, nowNS: nowNS)
    }

    /// Bans an address by hand at `nowNS` and returns how long for, in seconds.
    func banSeconds(_ address: IPAddress, baseNS: UInt64? = nil, nowNS: UInt64) -> Double? {
        ban(address, baseNS: baseNS, cause: cause, nowNS: nowNS).ban.map { Double($0.untilNS - nowNS) / 1e9 }
    }
}
