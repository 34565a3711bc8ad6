import GameProtocol
import WireBytes

/// What hardly any session has, kept beside it so that the others need not have room for it.
public struct RareState {
    /// Bytes of one on the heap, without what preambles keep.
    public static let byteCountMax = 32 + MemoryLayout<RareState>.stride

    /// After switches by the server: the phases whose packets the client may still send, one bit each, and until when.
    var graceAccept: (phases: UInt64, untilNS: UInt64) = (0, 0)
    /// Until when a packet is held, and since when; meaningful while the stream says that it is.
    var holds = PerDirection(both: Hold(untilNS: 0, sinceNS: 0))
    /// The bytes of preambles that are kept, by name.
    var captures: [(name: String, bytes: [UInt8])] = []
    /// Of the last bytes that could not be cut.
    var framingViolation: FramingViolation?

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
