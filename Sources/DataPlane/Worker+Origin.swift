import Geography
import Inspection
import NetworkDriver
import Reputation
import RuleEngine
import Settings
import WireBytes

/// A client that a listener does not let in because of where it is from.
struct Outsider {
    let reason: Termination.Reason
    /// Its country or the number of its network operator, for the log.
    let place: String
}

/// Where clients are from.
extension Worker where Driver: ~Copyable {
    /// What is known of an address, as far as somebody asks; the rest is left unknown.
    func origin(of address: IPAddress?, wanted: Origin.Sources) -> Origin {
        guard let address, !wanted.isEmpty else { return Origin() }
        var origin = atlas.origin(of: address, wanted: wanted)
        guard wanted.contains(.lists) else { return origin }
        origin.lists = lists.standing(of: address).lists.mask
        origin.sources.insert(.lists)
        return origin
    }

    /// Why a listener does not let a client in that neither a ban nor a list refuses; `nil` when it does.
    func outsider(_ address: IPAddress, at plan: Int) -> Outsider? {
        let wanted = plans[plan].plan.gateSources
        guard !wanted.isEmpty else { return nil }
        let origin = origin(of: address, wanted: wanted)
        if plans[plan].plan.settings.country?.refuses(origin) == true {
            return Outsider(reason: .countryRefused, place: origin.country?.description ?? "unknown")
        }
        if plans[plan].plan.settings.asn?.refuses(origin) == true {
            return Outsider(reason: .networkRefused, place: origin.asn.map { "AS\($0)" } ?? "unknown")
        }
        return nil
    }
}
