import WireBytes

/// Networks, to ask whether an address stands in one.
///
/// Shape: one set of network bases per prefix length, so that a lookup costs one hash per distinct length, however
/// many networks there are.
struct NetworkSet: Sendable {
    private struct Level {
        var prefixLength: Int
        var bases: Set<IPAddress>
    }

    private var levels: [Level] = []

    init(_ networks: [IPNetwork]) {
        for network in networks {
            if let index = levels.firstIndex(where: { $0.prefixLength == network.prefixLength }) {
                levels[index].bases.insert(network.base)
            } else {
                levels.append(Level(prefixLength: network.prefixLength, bases: [network.base]))
            }
        }
    }

    var isEmpty: Bool { levels.isEmpty }

    func contains(_ address: IPAddress) -> Bool {
        levels.contains { $0.bases.contains(address.masked(to: $0.prefixLength)) }
    }

    /// The network that holds every address of `network`; `nil` where no single one does.
    func covering(_ network: IPNetwork) -> IPNetwork? {
        for level in levels where level.prefixLength <= network.prefixLength {
            let wider = IPNetwork(holding: network.base, prefixLength: level.prefixLength)
            if level.bases.contains(wider.base) { return wider }
        }
        return nil
    }
}
