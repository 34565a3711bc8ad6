import TestSupport

/// Random packets and scripts of the run's game.
struct Traffic {
    var random: SplitMix64
    /// Distinguishes this sender's packets from all others'.
    let sender: UInt16
    /// Whether a server lets its client into the world, and the client sends what depends on it.
    var logsIn = false
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

    /// Most runs favour few kinds of packets, so that their limits are reached.
    mutating func randomPacket(isClient: Bool, favourite: UInt8?) -> [UInt8] {
        let size =
            random.chance(1, in: 8)
            ? Int.random(in: 100...1_500, using: &random) : Int.random(in: 7...60, using: &random)
        if let favourite, random.chance(1, in: 2) { return packet(favourite, byteCount: min(size, 64)) }
        switch UInt64.random(in: 0..<40, using: &random) {
        case 0..<12: return packet(Opcode.plain, byteCount: size)
        case 12..<16: return packet(Opcode.sized, byteCount: Int.random(in: 7...66, using: &random))
        case 16..<20: return packet(Opcode.dropped, byteCount: size)
        case 20..<24: return packet(Opcode.signed, byteCount: size, isEvil: random.chance(1, in: 2))
        case 24..<28: return packet(Opcode.limited, byteCount: size)
        case 28: return packet(Opcode.delayed, byteCount: size)
        case 29..<32: return packet(Opcode.shared, byteCount: size)
        case 32..<35: return packet(Opcode.later, byteCount: size)
        case 35: return packet(Opcode.unknown, byteCount: size)
        case 36: return packet(isClient ? Opcode.scored : Opcode.plain, byteCount: size)
        default: return rarePacket(isClient: isClient, size: size)
        }
    }

    /// The dangerous ones, or nothing else would ever be seen.
    private mutating func rarePacket(isClient: Bool, size: Int) -> [UInt8] {
        switch UInt64.random(in: 0..<12, using: &random) {
        case 0 where isClient: packet(Opcode.closing, byteCount: size)
        case 1 where isClient: packet(Opcode.banning, byteCount: size)
        case 2: [1, 0, 77, 9, 9]
        default: packet(Opcode.plain, byteCount: size)
        }
    }

    /// A script that sends so many packets in pieces that do not heed where they end.
    mutating func script(packetMost: Int, isClient: Bool, before head: [UInt8], preamble: [UInt8]) -> [Peer.Step] {
        var bytes = head + preamble
        var favourite: UInt8? =
            random.chance(1, in: 3)
            ? random.choice(Opcode.limited, Opcode.shared, Opcode.delayed, Opcode.scored, Opcode.dropped) : nil
        if logsIn { favourite = isClient ? random.choice(Opcode.later, Opcode.sized) : Opcode.scored }
        var pauseMostNS: UInt64 = random.choice(0, 30_000_000, 400_000_000)
        // Long enough for what is in flight when a phase ends, and for what is not.
        if logsIn { pauseMostNS = random.choice(400_000_000, 4_000_000_000) }
        for _ in 0..<Int.random(in: 0...packetMost, using: &random) {
            bytes += randomPacket(isClient: isClient, favourite: favourite)
        }
        if random.chance(1, in: 12) { bytes = bytes.dropLast(Int.random(in: 0...min(6, bytes.count), using: &random)) }
        var steps: [Peer.Step] = []
        if random.chance(1, in: 2) { steps.append(.pause(UInt64.random(in: 0...900_000_000, using: &random))) }
        let stalls = random.chance(1, in: 8)
        if stalls { steps.append(.stall) }
        for piece in random.pieces(of: bytes, most: random.choice(10, 200, 2_000)) {
            steps.append(.send(piece))
            if pauseMostNS > 0, random.chance(1, in: 3) {
                steps.append(.pause(UInt64.random(in: 0...pauseMostNS, using: &random)))
            }
            if random.chance(1, in: 300) { steps.append(.pause(UInt64.random(in: 0...20_000_000_000, using: &random))) }
        }
        if stalls { steps += [.pause(UInt64.random(in: 0...40_000_000_000, using: &random)), .resume] }
        return steps
    }
}
