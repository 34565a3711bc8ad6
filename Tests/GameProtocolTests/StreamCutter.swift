import GameProtocol
import Testing

/// What became of a stream: its packets, and what was wrong with the one that ended it.
struct CutStream: Equatable {
    var packets: [CutPacket] = []
    var violation: FramingViolation?
    /// Bytes that were left when the stream ended inside a packet.
    var leftByteCount = 0
}

/// Cuts streams the way a session does, with bytes that come in pieces.
struct StreamCutter {
    let lane: Lane
    let packets: PacketTable

    /// The stream at once.
    func cut(_ stream: [UInt8]) -> CutStream { cut(pieces: [stream]) }

    /// The stream in pieces; `cut` is asked again after every piece, or only when it has what it needs.
    func cut(pieces: [[UInt8]], isPatient: Bool = false) -> CutStream {
        var result = CutStream()
        var unread: [UInt8] = []
        var scannedByteCount = 0
        var known: CutPacket?
        var needed = 1
        for piece in pieces {
            unread += piece
            while true {
                if let packet = known {
                    guard unread.count >= packet.byteCount else { break }
                    unread.removeFirst(packet.byteCount)
                    result.packets.append(packet)
                    (known, needed) = (nil, 1)
                }
                guard unread.count >= (isPatient ? needed : 1) else { break }
                do {
                    switch try lane.cut(unread.span.bytes, scannedByteCount: &scannedByteCount, packets: packets) {
                    case .needs(let count):
                        #expect(count > unread.count, "needs \(count) with \(unread.count) at hand")
                        needed = count
                    case .packet(let packet):
                        #expect(isPatient || unread.count >= needed, "\(needed) were needed, \(unread.count) sufficed")
                        #expect(packet.byteCount >= 1 && scannedByteCount == 0)
                        known = packet
                        continue
                    }
                } catch {
                    #expect(isPatient || unread.count >= needed, "\(needed) were needed, \(unread.count) were wrong")
                    result.violation = error
                    return result
                }
                break
            }
        }
        result.leftByteCount = unread.count
        return result
    }

    /// Asks once about the bytes as they are.
    func ask(_ bytes: [UInt8]) throws(FramingViolation) -> Cut {
        var scannedByteCount = 0
        return try lane.cut(bytes.span.bytes, scannedByteCount: &scannedByteCount, packets: packets)
    }

    /// Compares all ways a stream can arrive, and returns what they agree on.
    func cutEveryWay(_ stream: [UInt8]) -> CutStream {
        let single = stream.map { [$0] }
        let whole = cut(stream)
        #expect(cut(pieces: single) == whole, "byte for byte")
        #expect(cut(pieces: single, isPatient: true) == whole, "byte for byte, asked when there is enough")
        return whole
    }
}
