public import PacketFields

/// The packets of one direction that have a name.
public struct PacketTable: Sendable {
    /// One named packet.
    public struct Entry: Sendable {
        /// The name rules use.
        public let name: String
        /// The numbers, word or bare length that identify it on the wire.
        public let identity: PacketIdentity
        /// The version of the protocol whose packet it is; another version has an entry of its own.
        public let version: Int
        /// Whole packet sizes in bytes that the descriptor allows; `nil` for any.
        public let byteCounts: ClosedRange<Int>?
        /// Where a table frame finds the size of this packet; `nil` when it has one exact size.
        public let lengthField: LengthField?
        /// What stands where in it; `nil` where nothing was declared.
        public let layout: PacketLayout?
        /// The part of it that is inflated for rules to read; `nil` where none is.
        public let inflation: InflationRule?
        /// Whether nothing of it may be kept: it holds a password, say, and where is not declared.
        public let isSecret: Bool

        /// A packet and how it is recognised.
        public init(
            name: String, identity: PacketIdentity, version: Int = 0, byteCounts: ClosedRange<Int>?,
            lengthField: LengthField? = nil, layout: PacketLayout? = nil,
            inflation: InflationRule? = nil, isSecret: Bool = false
        ) {
            precondition((0..<OpcodeIndex.versionCountMax).contains(version), "version \(version) of \(name)")
            self.name = name
            self.identity = identity
            self.version = version
            self.byteCounts = byteCounts
            self.lengthField = lengthField
            self.layout = layout
            self.inflation = inflation
            self.isSecret = isSecret
        }
    }

    /// Entry `i` is packet `i + 1`; index 0 is the packet without a name.
    public let entries: [Entry]
    let index: OpcodeIndex
    /// How a table frame finds the size of each packet, by packet index.
    let sizes: [PacketSize]

    /// Compiles the entries into tables.
    ///
    /// - Parameter entries: at most 65,534, their identities distinct within a version; `ConfigurationFiles` has
    ///   checked both.
    public init(_ entries: [Entry]) {
        precondition(entries.count < Int(PacketIndex.max), "\(entries.count) packets do not fit a PacketIndex")
        self.entries = entries
        index = OpcodeIndex(entries)
        sizes = [.none] + entries.map { PacketSize($0) }
    }

    /// Packets including the one without a name: valid indices are `0 ..< count`.
    public var count: Int { entries.count + 1 }

    /// The name of a packet; `unknown` for 0.
    public func name(of packet: PacketIndex) -> String {
        packet == 0 ? "unknown" : entries[Int(packet) - 1].name
    }
}

/// Where a table frame finds the size of one packet.
enum PacketSize: Sendable, BitwiseCopyable {
    /// Nowhere: such a packet cannot be framed.
    case none
    /// The size is always this.
    case exact(Int)
    /// The packet says it.
    case field(LengthField)

    init(_ entry: PacketTable.Entry) {
        if let field = entry.lengthField {
            self = .field(field)
        } else if let sizes = entry.byteCounts, sizes.lowerBound == sizes.upperBound {
            self = .exact(sizes.lowerBound)
        } else {
            self = .none
        }
    }
}

/// What identifies a packet on the wire.
public enum PacketIdentity: Sendable, Hashable {
    /// The opcode, and the sub-opcode where the opcode rule has one for it.
    case number(UInt64, sub: UInt64?)
    /// Every opcode of a range, at most 65,535, that no other packet and no narrower range has.
    case numbers(ClosedRange<UInt64>)
    /// An ASCII word.
    case word([UInt8])
    /// No opcode at all: a frame of exactly this many bytes (a keepalive that `also:` allows).
    case length(Int)
}

/// A set of packets of one direction, as one bit each.
public struct PacketSet: Sendable, Equatable {
    private var words: [UInt64]

    /// The set of these members.
    ///
    /// - Parameter packets: the members.
    public init(_ packets: some Sequence<PacketIndex>) {
        words = []
        for packet in packets {
            let word = Int(packet) >> 6
            while words.count <= word { words.append(0) }
            words[word] |= 1 << UInt64(packet & 63)
        }
    }

    /// Whether `packet` is a member.
    public func contains(_ packet: PacketIndex) -> Bool {
        let word = Int(packet) >> 6
        return word < words.count && words[word] >> UInt64(packet & 63) & 1 == 1
    }
}
