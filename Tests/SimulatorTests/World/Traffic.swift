import TestSupport

/// Random packets and scripts of the run's game.
struct Traffic {
    var random: SplitMix64
    /// Distinguishes this sender's packets from all others'.
    let sender: UInt16
    private var packetCount: UInt16 = 0

    init(random: SplitMix64, sender: UInt16) {
        self.random = random
        self.sender = sender
    }

    /// A packet that says who sent it and as which.
    mutating func packet(_ opcode: UInt8, byteCount: Int, isEvil: Bool = false) -> [UInt8] {
        packetCount += 1
        let count = max(byteCount, isEvil ? 11 : 7)
        var bytes: [UInt8] = [UInt8(count & 0xFF), UInt8(count >> 8), opcode]
        for number in [sender, packetCount] { bytes += [UInt8(number & 0xFF), UInt8(number >> 8)] }
        if isEvil { bytes += Array("evil".utf8) }
        while bytes.count < count { bytes.append(UInt8(truncatingIfNeeded: bytes.count)) }
        return bytes
    }

    /// Which packets a run may hold; the dangerous ones are rare, or nothing else would ever be seen.
    mutating func randomPacket(isClient: Bool) -> [UInt8] {
        let size =
            random.chance(1, in: 8)
            ? Int.random(in: 100...1_500, using: &random)
            : Int.random(in: 7...60, using: &random)
        switch UInt64.random(in: 0..<40, using: &random) {
        case 0..<10: return packet(Opcode.plain, byteCount: size)
        case 10..<14: return packet(Opcode.sized, byteCount: Int.random(in: 7...66, using: &random))
        case 14..<18: return packet(Opcode.dropped, byteCount: size)
        case 18..<22: return packet(Opcode.signed, byteCount: size, isEvil: random.chance(1, in: 2))
        case 22..<27: return packet(Opcode.limited, byteCount: size)
        case 27..<29: return packet(Opcode.delayed, byteCount: size)
        case 29..<32: return packet(Opcode.shared, byteCount: size)
        case 32..<35: return packet(Opcode.later, byteCount: size)
        case 35..<36: return packet(Opcode.unknown, byteCount: size)
        case 36: return isClient ? packet(Opcode.scored, byteCount: size) : packet(Opcode.plain, byteCount: size)
        case 37:
            guard isClient, random.chance(1, in: 3) else { return packet(Opcode.plain, byteCount: size) }
            return packet(Opcode.closing, byteCount: size)
        case 38:
            guard isClient, random.chance(1, in: 3) else { return packet(Opcode.plain, byteCount: size) }
            return packet(Opcode.banning, byteCount: size)
        default: return random.chance(1, in: 10) ? [1, 0, 77, 9, 9] : packet(Opcode.plain, byteCount: size)
        }
    }

    /// A script that sends so many packets in pieces that do not heed where they end.
    mutating func script(packetMost: Int, isClient: Bool, before head: [UInt8], preamble: [UInt8]) -> [Peer.Step] {
        var bytes = head + preamble
        for _ in 0..<Int.random(in: 0...packetMost, using: &random) { bytes += randomPacket(isClient: isClient) }
        if random.chance(1, in: 10) { bytes = bytes.dropLast(Int.random(in: 0...min(6, bytes.count), using: &random)) }
        var steps: [Peer.Step] = []
        if random.chance(1, in: 2) { steps.append(.pause(UInt64.random(in: 0...900_000_000, using: &random))) }
        let pieceMost = random.chance(1, in: 3) ? 10 : 2_000
        for piece in random.pieces(of: bytes, most: pieceMost) {
            steps.append(.send(piece))
            if random.chance(1, in: 4) { steps.append(.pause(UInt64.random(in: 0...300_000_000, using: &random))) }
            if random.chance(1, in: 60) { steps.append(.pause(UInt64.random(in: 0...20_000_000_000, using: &random))) }
            if random.chance(1, in: 30) {
                steps += [.stall, .pause(UInt64.random(in: 0...40_000_000_000, using: &random)), .resume]
            }
        }
        return steps
    }
}
