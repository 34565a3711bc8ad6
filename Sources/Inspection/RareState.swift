import GameProtocol
import RuleEngine
import StreamCiphers
public import WireBytes

/// What hardly any session has, kept beside it so that the others need not have room for it.
public struct RareState {
    /// Bytes of one on the heap, without what preambles keep.
    public static let byteCountMax =
        32 + MemoryLayout<RareState>.stride + 1_024  // what was wrong, in words
        + AccountState.byteCountMax

    /// After switches by the server: the phases whose packets the client may still send, one bit each, and until when.
    var graceAccept: (phases: UInt64, untilNS: UInt64) = (0, 0)
    /// Until when a packet is held, and since when; meaningful while the stream says that it is.
    var holds = PerDirection(both: Hold(untilNS: 0, sinceNS: 0))
    /// The bytes of preambles that are kept, by name.
    var captures: [(name: String, bytes: [UInt8])] = []
    /// What exactly was wrong when each was told last.
    var violationDetails: [Violation: String] = [:]
    /// Where the counters stand that packets carry.
    var counters: [PacketCounter] = []
    /// What rules read of the packet at hand, where a part of it is compressed.
    var views = PerDirection<[UInt8]?>(both: nil)
    /// Until when what was inflated is paid for.
    var inflatedUntilNS = PerDirection<UInt64>(both: 0)
    /// What goes on instead of the packet at hand.
    var replacements = PerDirection<[UInt8]?>(both: nil)
    /// The end that waits for a reply to go out.
    var parting: Parting?
    /// The ciphers the directions have, by the phase that names them, from 1; 0 for none.
    var cipherNumbers = PerDirection<UInt8>(both: 0)
    /// The phases whose ciphers they are; none where the connection has just opened.
    var cipheredPhases = PerDirection<UInt8?>(both: nil)
    /// What makes the bytes of a direction clear.
    var cipherLanes = PerDirection<CipherLane?>(both: nil)
    /// The cipher of the direction that has not come to it yet, made together with the other's.
    var waitingCipher: StreamCipher?

    /// Who plays, where packets tell it.
    var accountState = AccountState()

    struct Hold {
        var untilNS: UInt64
        var sinceNS: UInt64
    }
}

extension Session {
    /// Made when it is first changed.
    var rare: RareState {
        get { rareStates.first ?? RareState() }
        _modify {
            if rareStates.isEmpty { rareStates.append(RareState()) }
            yield &rareStates[0]
        }
    }
}

/// Packets that rules have changed.
extension Session {
    /// What goes on in the place of the packet that `receive` said to replace.
    public mutating func takeReplacement(_ direction: Direction) -> [UInt8]? {
        guard hasReplacement(direction) else { return nil }
        defer { rare.replacements[direction] = nil }
        return rare.replacements[direction]
    }

    func hasReplacement(_ direction: Direction) -> Bool {
        guard !rareStates.isEmpty else { return false }
        // As in `cipher`: nothing else is copied.
        return direction == .inbound
            ? rareStates[0].replacements.inbound != nil : rareStates[0].replacements.outbound != nil
    }

    /// What was made of a packet that does not go on is of no use.
    mutating func forgetPacket(_ direction: Direction) {
        if hasReplacement(direction) { rare.replacements[direction] = nil }
        if hasView(direction) { rare.views[direction] = nil }
    }

    func hasView(_ direction: Direction) -> Bool {
        guard !rareStates.isEmpty else { return false }
        return direction == .inbound ? rareStates[0].views.inbound != nil : rareStates[0].views.outbound != nil
    }

    /// What rules read of the packet at hand, where a part of it is compressed; it is over with it.
    mutating func takeView(_ direction: Direction) -> [UInt8]? {
        guard hasView(direction) else { return nil }
        defer { rare.views[direction] = nil }
        return rare.views[direction]
    }
}
