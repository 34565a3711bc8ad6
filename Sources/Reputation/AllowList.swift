import WireBytes

/// Networks whose addresses are never scored or banned.
///
/// Shape: one set of network bases per prefix length, so that a lookup costs one hash per distinct length, however
/// many networks there are.
struct AllowList: Sendable {
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

    /// Whether every address of `network` is allowed by one entry.
    func covers(_ network: IPNetwork) -> Bool {
        levels.contains {
            $0.prefixLength <= network.prefixLength && $0.bases.contains(network.base.masked(to: $0.prefixLength))
        }
    }
}
