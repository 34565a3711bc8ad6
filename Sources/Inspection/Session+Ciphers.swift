import GameProtocol
import StreamCiphers
public import WireBytes

/// Ciphers: from which byte on a direction is enciphered, and with what.
extension Session {
    /// Both directions go on at the boundary they stand at: into the phase that is due, and under its cipher.
    mutating func followPhase(ruleset: Ruleset) {
        for direction in Direction.allCases {
            if case .boundary = streams[direction].state { streams[direction].follow() }
        }
        if ruleset.hasCiphers { followCiphers(ruleset: ruleset) }
    }

    /// The cipher of a direction now; `nil` while its bytes are on the wire as they are.
    ///
    /// Taken out of its place: a copy of the whole state beside it would count references of everything in it.
    public func cipher(_ direction: Direction) -> CipherLane? {
        guard hasCiphers else { return nil }
        return direction == .inbound ? rareStates[0].cipherLanes.inbound : rareStates[0].cipherLanes.outbound
    }

    private mutating func followCiphers(ruleset: Ruleset) {
        for direction in Direction.allCases where !streams[direction].isUncut {
            let phase = streams[direction].phase
            // The preamble of a phase comes before its cipher.
            let isInPreamble = phase == self.phase && preambleStep < ruleset.phases[phase].preambleCount
            guard !isInPreamble, UInt8(phase) != rare.cipheredPhases[direction] else { continue }
            rare.cipheredPhases[direction] = UInt8(phase)
            follow(ruleset.phases[phase].cipher, direction, phase: phase, ruleset: ruleset)
        }
    }

    /// - Parameter number: the phase that names the cipher, from 1; 0 for none.
    private mutating func follow(_ number: UInt8, _ direction: Direction, phase: Int, ruleset: Ruleset) {
        let lane =
            ruleset.phases[phase].isFramed[direction]
            ? CipherCutting(cutter: ruleset.descriptor.cutter, direction: direction, phase: phase) : nil
        if number == rare.cipherNumbers[direction] {
            if number > 0 { rare.cipherLanes[direction]?.follow(lane) }
            return
        }
        rare.cipherNumbers[direction] = number
        cipherEpoch &+= 1
        guard number > 0 else {
            rare.cipherLanes[direction] = nil
            hasCiphers = rare.cipherLanes.inbound != nil || rare.cipherLanes.outbound != nil
            return
        }
        guard let cipher = ruleset.descriptor.phases[phase].cipher else {
            preconditionFailure("phase \(phase) has cipher \(number), and none")
        }
        // Each of the two directions takes its half, once.
        var pair = rare.cipherNumbers[direction.opposite] == number ? rare.waitingCipher : nil
        rare.waitingCipher = nil
        if pair == nil, let made = cipher.makePair(captured: { captured($0) }) {
            (pair, rare.waitingCipher) =
                direction == .inbound ? (made.inbound, made.outbound) : (made.outbound, made.inbound)
        }
        guard let state = pair else { return stopCutting() }
        rare.cipherLanes[direction] = CipherLane(state, part: cipher.part(direction), lane: lane)
        hasCiphers = true
    }
}

extension PhaseCipher {
    /// What of each packet is enciphered; `nil` where every byte is.
    fileprivate func part(_ direction: Direction) -> PacketPart? {
        switch scope {
        case .stream: nil
        case .packets(let parts): parts[direction]
        }
    }
}
