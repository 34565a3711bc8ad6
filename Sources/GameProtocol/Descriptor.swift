public import WireBytes

/// Names one kind of packet of one direction: its place in that direction's `PacketTable`.
///
/// 0 is every packet that no name covers.
public typealias PacketIndex = UInt16

/// How a game's byte stream is cut into packets, and what its packets are called.
///
/// Immutable once built; `ConfigurationFiles` builds it from `protocols/NAME.yaml` and has checked that every index
/// in it points at something.
public struct Descriptor: Sendable {
    /// The protocol's name, as `protocol:` gives it.
    public let name: String
    /// The phases, in order; never empty.
    ///
    /// A connection starts in the first.
    public let phases: [Phase]
    /// The packets that have a name.
    public let packets: PerDirection<PacketTable>
    /// Packets with which a login has succeeded, of every version; empty where the protocol does not say.
    public let logins: [LoginSuccess]
    /// What the versions of the protocol are called, the first for packets of no version; one without versions.
    public let versionNames: [String]
    /// Cuts the streams of a connection by the lanes of its phases.
    public let cutter: PacketCutter
    /// Bytes that the preambles' captures may take together; 0 when nothing is captured.
    public let captureByteCountMax: Int
    /// Bytes that a packet's compressed part may inflate to; 0 where none is inflated.
    public let inflatedByteCountMax: Int

    /// A protocol whose indices all point at something.
    public init(
        name: String, phases: [Phase], packets: PerDirection<PacketTable>, logins: [LoginSuccess] = [],
        versionNames: [String] = [""]
    ) {
        precondition(!phases.isEmpty, "a descriptor has at least one phase")
        precondition(
            phases.allSatisfy { versionNames.indices.contains($0.version) }, "\(versionNames.count) versions")
        self.name = name
        self.phases = phases
        self.packets = packets
        self.logins = logins
        self.versionNames = versionNames
        cutter = PacketCutter(phases, packets: packets)
        let lanes = phases.compactMap(\.lanes).flatMap { [$0.inbound.inflation, $0.outbound.inflation] }
        let entries = Direction.allCases.flatMap { packets[$0].entries.map(\.inflation) }
        inflatedByteCountMax = (lanes + entries).reduce(0) { max($0, $1?.byteCountMax ?? 0) }
        captureByteCountMax = phases.reduce(0) { sum, phase in
            sum + phase.preamble.reduce(0) { $0 + ($1.capture == nil ? 0 : $1.byteCountMax) }
        }
    }

    /// Whether a phase is the last, in whichever version of the protocol.
    public func isLast(_ phase: Int) -> Bool {
        phases[phase].name == phases.last { $0.version == 0 }?.name
    }

    /// The same protocol with all bytes in the clear, for who has no keys.
    public var withoutCiphers: Descriptor {
        let clear = phases.map { phase in
            var phase = phase
            phase.cipher = nil
            return phase
        }
        return Descriptor(name: name, phases: clear, packets: packets, logins: logins, versionNames: versionNames)
    }

    /// Whether two phases are the same but for the version of the protocol.
    public func isOtherVersion(_ phase: Int, of other: Int) -> Bool {
        phases[phase].version != phases[other].version && phases[phase].name == phases[other].name
    }
}

/// One stage of a connection's life.
public struct Phase: Sendable {
    /// Unique within the descriptor and version.
    public let name: String
    /// The version of the protocol whose packets this phase has; 0 while none has been chosen.
    public let version: Int
    /// Longest stay in this phase in nanoseconds; `nil` for no bound.
    public let deadlineNS: UInt64?
    /// Raw bytes before the first frame of this phase, in wire order.
    public let preamble: [PreambleStep]
    /// How what follows the preamble is enciphered; `nil` where the bytes are clear.
    public internal(set) var cipher: PhaseCipher?
    /// How packets are cut and named, per direction; `nil` in a phase that is only a preamble, or opaque.
    public let lanes: PerDirection<Lane>?
    /// From here on only bytes, time and connections are limited.
    public let isOpaque: Bool
    /// The packets that may be sent in this phase; `nil` accepts all.
    public let accept: PerDirection<PacketSet?>
    /// The packets whose forwarding ends this phase.
    public let transitions: [Transition]

    /// A phase that says how its bytes are cut, or that they are not.
    public init(
        name: String, version: Int = 0, deadlineNS: UInt64?, preamble: [PreambleStep], cipher: PhaseCipher? = nil,
        lanes: PerDirection<Lane>?, isOpaque: Bool, accept: PerDirection<PacketSet?>, transitions: [Transition]
    ) {
        precondition(lanes != nil || isOpaque || !preamble.isEmpty, "a phase must say how its bytes are cut")
        self.name = name
        self.version = version
        self.deadlineNS = deadlineNS
        self.preamble = preamble
        self.cipher = cipher
        self.lanes = lanes
        self.isOpaque = isOpaque
        self.accept = accept
        self.transitions = transitions
    }

    /// Whether what this side sends is cut into packets.
    public func isFramed(_ direction: Direction) -> Bool {
        guard let lanes, !isOpaque else { return false }
        return !lanes[direction].frame.isUncut
    }
}

/// Raw bytes of a preamble, sent by one side.
public struct PreambleStep: Sendable, Equatable {
    /// How far the bytes of a step reach.
    public enum Extent: Sendable, Equatable {
        /// Exactly this many bytes.
        case bytes(Int)
        /// Up to and including a delimiter, within `most` bytes together.
        case until([UInt8], most: Int)
    }

    /// One of the things a step may be.
    ///
    /// The first whose `starts` fits the stream's first bytes is taken.
    public struct Alternative: Sendable, Equatable {
        /// Bytes the stream must begin with for this alternative; empty fits always.
        public let starts: HexPattern
        /// How far it reaches.
        public let extent: Extent

        /// One form of a step; `starts` is no longer than it reaches.
        public init(starts: HexPattern, extent: Extent) {
            self.starts = starts
            self.extent = extent
        }
    }

    /// Which way the bytes travel.
    public let direction: Direction
    /// What they may be; never empty.
    ///
    /// A step without `either:` has one.
    public let alternatives: [Alternative]
    /// Name under which the bytes are kept for a cipher; `nil` when they are not.
    public let capture: String?

    /// A step of at least one form.
    public init(direction: Direction, alternatives: [Alternative], capture: String?) {
        precondition(!alternatives.isEmpty, "a preamble step has at least one form")
        self.direction = direction
        self.alternatives = alternatives
        self.capture = capture
    }

    /// The longest this step can be.
    public var byteCountMax: Int {
        alternatives.reduce(0) { longest, alternative in
            switch alternative.extent {
            case .bytes(let count): max(longest, count)
            case .until(_, let most): max(longest, most)
            }
        }
    }
}
