import WireBytes

/// A second, slow and obvious judge of the rules that random runs play by.
///
/// Written from what the rules mean, not from the code under test.
struct ReferenceRules {
    enum Verdict {
        case pass
        case drop
        /// A limit that others use too decides.
        case either
        /// The connection ends before this.
        case end
    }

    /// Which of the run's rulesets is in force.
    var variant: GameRules.Variant
    /// Whether limits by address leave this client alone, and bans only close.
    var isAllowed: Bool
    /// Whether the client is known by address.
    var isKnown: Bool
    /// Where packets are bound to phases: whether the server sent the packet that leads from the login to the world.
    var login: Login?

    enum Login {
        case lasts
        case mayEnd
    }

    /// What becomes of a unit when so many of its opcode came before it.
    func verdict(_ unit: ReferenceStream.Unit, _ direction: Direction, earlierCount: Int) -> Verdict {
        switch unit.kind {
        case .preamble: return direction == .inbound || unit.bytes == GameRules.serverPreamble ? .pass : .end
        case .broken: return .end
        case .incomplete: return .either
        case .packet(let opcode):
            if opcode == Opcode.sized, !(8...64).contains(unit.bytes.count) { return .drop }
            if direction == .inbound, login == .lasts, opcode == Opcode.later { return .drop }
            if direction == .inbound, login == .mayEnd, opcode == Opcode.later || opcode == Opcode.sized {
                return fromClient(opcode, unit.bytes, earlierCount) == .pass ? .either : .drop
            }
            return direction == .inbound
                ? fromClient(opcode, unit.bytes, earlierCount) : fromServer(opcode)
        }
    }

    private func fromServer(_ opcode: UInt8) -> Verdict { opcode == Opcode.dropped ? .drop : .pass }

    private func fromClient(_ opcode: UInt8, _ bytes: [UInt8], _ earlierCount: Int) -> Verdict {
        switch opcode {
        case Opcode.dropped: variant == .first ? .drop : .pass
        case Opcode.later: variant == .first ? .pass : .drop
        case Opcode.closing, Opcode.banning: .end
        case Opcode.signed: contains("evil", bytes) ? .drop : .pass
        case Opcode.limited: earlierCount < GameRules.connectionBurst ? .pass : .drop
        case Opcode.shared:
            isAllowed ? .pass : isKnown ? .either : earlierCount < GameRules.addressBurst ? .pass : .drop
        default: .pass
        }
    }

    private func contains(_ text: String, _ bytes: [UInt8]) -> Bool {
        let word = Array(text.utf8)
        return bytes.indices.contains { bytes[$0...].starts(with: word) }
    }
}
