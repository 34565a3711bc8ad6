/// How the ciphers of a session come from its keys: what an operator names.
public enum CipherScheme: Sendable, Hashable {
    /// TERA since patch 45: four keys, which client and server send in turn.
    case tera
    /// TERA before patch 45, which differs in three numbers.
    case teraBefore45
    /// RC4, each direction without the first bytes of its keystream: one key for both directions, or one for each.
    case rc4(droppedByteCount: Int)
    /// A repeated key: one for both directions, or one for each.
    case xor

    /// All of them, with nothing dropped.
    public static let all: [CipherScheme] = [.tera, .teraBefore45, .rc4(droppedByteCount: 0), .xor]

    /// As it is written in a file.
    public var name: String {
        switch self {
        case .tera: "tera"
        case .teraBefore45: "tera-before-45"
        case .rc4: "rc4"
        case .xor: "xor"
        }
    }

    /// How many keys it takes.
    public var keyCounts: ClosedRange<Int> {
        switch self {
        case .tera, .teraBefore45: 4...4
        case .rc4, .xor: 1...2
        }
    }

    /// How many bytes each of them has.
    public var keyByteCounts: ClosedRange<Int> {
        switch self {
        case .tera, .teraBefore45: TeraTable.keyByteCount...TeraTable.keyByteCount
        case .rc4: RC4.keyByteCounts
        case .xor: RepeatingXor.keyByteCounts
        }
    }

    /// The most that a state keeps beside itself.
    public var heapByteCount: Int {
        switch self {
        case .tera, .teraBefore45: TeraCipher.heapByteCount
        case .rc4: RC4.heapByteCount
        case .xor: RepeatingXor.heapByteCount
        }
    }

    /// The ciphers of both directions where their streams begin; nil when the keys are not what it takes.
    ///
    /// The four keys of TERA come in the order in which they cross the wire: the client's first, the server's first,
    /// the client's second, the server's second.
    ///
    /// Cost: for TERA several tens of microseconds, see `inspection-benchmark ciphers`.
    public func makePair(keys: [[UInt8]]) -> (inbound: StreamCipher, outbound: StreamCipher)? {
        guard keyCounts.contains(keys.count), keys.allSatisfy({ keyByteCounts.contains($0.count) }) else { return nil }
        switch self {
        case .tera:
            return Self.teraPair(keys, .current)
        case .teraBefore45:
            return Self.teraPair(keys, .before45)
        case .rc4(let droppedByteCount):
            let ciphers = keys.map { RC4(key: $0, droppedByteCount: droppedByteCount) }
            return (.rc4(ciphers[0]), .rc4(ciphers[ciphers.count - 1]))
        case .xor:
            let ciphers = keys.map { RepeatingXor(key: $0) }
            return (.xor(ciphers[0]), .xor(ciphers[ciphers.count - 1]))
        }
    }

    private static func teraPair(
        _ keys: [[UInt8]], _ turns: TeraKeys.Turns
    ) -> (inbound: StreamCipher, outbound: StreamCipher) {
        let pair = TeraKeys.pair(
            client1: keys[0], server1: keys[1], client2: keys[2], server2: keys[3], turns: turns)
        return (.tera(pair.inbound), .tera(pair.outbound))
    }
}
