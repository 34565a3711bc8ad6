import ProxyProtocol
import WireBytes

/// A second, slow and obvious cutter: what a sender's bytes mean in the run's game.
///
/// Written from what the game is, not from the code under test.
struct ReferenceStream {
    /// One thing that is judged at once.
    struct Unit {
        enum Kind: Equatable {
            case preamble
            case packet(opcode: UInt8)
            /// A length that no packet has: nothing behind it can be cut.
            case broken
            /// Bytes of a packet, a length or a preamble that were never completed.
            case incomplete
        }

        var kind: Kind
        var bytes: [UInt8]
    }

    private(set) var units: [Unit] = []

    /// - Parameter preambleCount: raw bytes before the first packet.
    init(_ bytes: [UInt8], preambleCount: Int, mostByteCount: Int) {
        var rest = bytes[...]
        if preambleCount > 0, !rest.isEmpty {
            let isWhole = rest.count >= preambleCount
            units.append(Unit(kind: isWhole ? .preamble : .incomplete, bytes: Array(rest.prefix(preambleCount))))
            rest = rest.dropFirst(preambleCount)
        }
        while !rest.isEmpty {
            guard rest.count >= 2 else {
                units.append(Unit(kind: .incomplete, bytes: Array(rest)))
                return
            }
            let length = Int(rest[rest.startIndex]) + 256 * Int(rest[rest.startIndex + 1])
            guard length >= 3, length <= mostByteCount else {
                units.append(Unit(kind: .broken, bytes: Array(rest)))
                return
            }
            guard rest.count >= length else {
                units.append(Unit(kind: .incomplete, bytes: Array(rest)))
                return
            }
            let packet = Array(rest.prefix(length))
            units.append(Unit(kind: .packet(opcode: packet[2]), bytes: packet))
            rest = rest.dropFirst(length)
        }
    }

    /// Whether it ends in bytes that nobody can cut.
    var isBroken: Bool { units.last?.kind == .broken }
}

extension RandomRun {
    /// What one side of this run's game sent, cut into what is judged at once.
    func stream(_ bytes: [UInt8], _ direction: Direction) -> ReferenceStream {
        let preambleCount = direction == .inbound ? GameRules.clientPreambleCount : GameRules.serverPreamble.count
        return ReferenceStream(
            bytes, preambleCount: hasPreamble ? preambleCount : 0, mostByteCount: GameRules.mostByteCount)
    }

    /// What a server received behind the PROXY header that its pool sends; nothing while that is not whole.
    func gameBytes(receivedBy server: Peer) -> [UInt8] {
        guard settings.pools[0].sendProxy != .none else { return server.received }
        let bytes = server.received
        guard case .header(_, let byteCount)? = try? ProxyHeader.decode(bytes.span.bytes) else { return [] }
        return Array(bytes.dropFirst(byteCount))
    }
}
