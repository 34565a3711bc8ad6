public import StreamCiphers
public import WireBytes

/// How the bytes behind a phase's preamble are enciphered, and where the keys come from.
///
/// The state of a cipher goes on through all phases of the same `origin`. It begins with the first packet behind the
/// preamble of the phase that is entered when no cipher of that origin is running.
public struct PhaseCipher: Sendable, Equatable {
    /// Where a key comes from.
    public enum Key: Sendable, Equatable {
        /// The bytes that a preamble's step captured under this name.
        case captured(String)
        /// A secret that the file gives.
        case literal([UInt8])
    }

    /// What is enciphered.
    public enum Scope: Sendable, Equatable {
        /// Every byte.
        case stream
        /// A part of each packet; the keystream goes on with the bytes of these parts alone.
        case packets(PerDirection<PacketPart>)
    }

    /// A part of every packet.
    public struct PacketPart: Sendable, Equatable, BitwiseCopyable {
        /// The offset of its first byte.
        public let start: Int
        /// The offset behind its last byte; `nil` for the packet's end.
        public let end: Int?

        /// The part between two offsets.
        public init(start: Int, end: Int?) {
            precondition(start >= 0 && start < end ?? .max, "a part from \(start) to \(end ?? -1)")
            self.start = start
            self.end = end
        }
    }

    /// How the ciphers come from the keys.
    public let scheme: CipherScheme
    /// As many as the scheme takes.
    public let keys: [Key]
    /// What is enciphered.
    public let scope: Scope
    /// The index of the phase that names the cipher; later phases inherit it.
    public let origin: Int

    /// A cipher whose keys fit its scheme, if they come as the preambles say.
    public init(scheme: CipherScheme, keys: [Key], scope: Scope, origin: Int) {
        precondition(scheme.keyCounts.contains(keys.count), "\(keys.count) keys for \(scheme.name)")
        self.scheme = scheme
        self.keys = keys
        self.scope = scope
        self.origin = origin
    }

    /// The ciphers of both directions where their streams begin.
    ///
    /// `nil` when a key was not captured or is not what the scheme takes.
    ///
    /// - Parameter captured: the bytes that were captured under a name.
    public func makePair(captured: (String) -> [UInt8]?) -> (inbound: StreamCipher, outbound: StreamCipher)? {
        var bytes: [[UInt8]] = []
        for key in keys {
            switch key {
            case .literal(let secret): bytes.append(secret)
            case .captured(let name):
                guard let found = captured(name) else { return nil }
                bytes.append(found)
            }
        }
        return scheme.makePair(keys: bytes)
    }
}
