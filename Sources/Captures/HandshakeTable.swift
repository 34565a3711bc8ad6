/// Handshakes that are not complete: a flood of them is what captures of attacks hold.
///
/// Shape: the newest `countMax`; the oldest make room. Of a connection whose handshake was pushed out its first packet
/// is then seen as one of a connection that was open already.
struct HandshakeTable {
    static let countMax = 65_536

    private var handshakes: [EndpointPair: (handshake: Handshake, stamp: UInt64)] = [:]
    /// A ring, oldest first from `first`; entries whose handshake is gone or newer are passed over.
    private var order: [(pair: EndpointPair, stamp: UInt64)] = []
    private var first = 0
    private var stamp: UInt64 = 0
    private(set) var pushedOutCount: UInt64 = 0

    var count: Int { handshakes.count }

    subscript(pair: EndpointPair) -> Handshake? { handshakes[pair]?.handshake }

    /// Enters a handshake, or what else is known of it.
    mutating func set(_ pair: EndpointPair, _ handshake: Handshake) {
        if let known = handshakes[pair] {
            handshakes[pair] = (handshake, known.stamp)
            return
        }
        stamp += 1
        handshakes[pair] = (handshake, stamp)
        guard order.count == Self.countMax else {
            order.append((pair, stamp))
            return
        }
        let oldest = order[first]
        order[first] = (pair, stamp)
        first = (first + 1) % Self.countMax
        if handshakes[oldest.pair]?.stamp == oldest.stamp {
            handshakes[oldest.pair] = nil
            pushedOutCount += 1
        }
    }

    /// Takes a handshake out.
    mutating func remove(_ pair: EndpointPair) -> Handshake? {
        handshakes.removeValue(forKey: pair)?.handshake
    }
}
