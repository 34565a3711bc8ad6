public import WireBytes

/// That a packet is byte-identical to earlier ones of its name on the connection (`repeats`).
public struct Repeats: Sendable, Equatable, BitwiseCopyable {
    /// So many identical packets, this one included, make the rule fire; one of `counts`.
    public let count: Int
    /// All of them within this many nanoseconds.
    public let withinNS: UInt64

    /// A count of at least 2, because every packet is identical to itself.
    public init(count: Int, withinNS: UInt64) {
        precondition(
            Self.counts.contains(count), "\(count) repeats, and from \(Self.counts) can be told")
        self.count = count
        self.withinNS = withinNS
    }

    /// What can be told from the packets that a connection remembers.
    public static let counts = 2...RepeatMemory.packetCount

    /// Words of 64 bits that a connection remembers for each packet of a rule.
    public static let wordCount = RepeatMemory.wordCount
}

/// That none of some packets was forwarded on the connection lately (`not_after`).
public struct NotAfter: Sendable, Equatable {
    /// The packets of each direction of which any is enough.
    public let packets: PerDirection<[UInt16]>
    /// One that was forwarded so many nanoseconds ago still counts, an older one does not.
    public let withinNS: UInt64

    /// A condition on at least one packet.
    public init(packets: PerDirection<[UInt16]>, withinNS: UInt64) {
        precondition(!packets.inbound.isEmpty || !packets.outbound.isEmpty, "not after which packet?")
        self.packets = packets
        self.withinNS = withinNS
    }
}

/// What a connection remembers of earlier packets for one rule, in words of 64 bits beside its buckets.
struct Memory: Sendable, BitwiseCopyable {
    enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// A `RepeatMemory`.
        case repeats
        /// When one of the packets of a `not_after` was last forwarded; 0 for never.
        case notAfter

        var wordCount: Int { self == .repeats ? RepeatMemory.wordCount : 1 }
    }

    let ruleID: UInt32
    /// The packet whose repeats these are; 0 for all packets of the rule together.
    let packetTag: UInt32
    let kind: Kind
    /// Its first word among the local words of a connection's buckets.
    var firstWord: Int32
}

/// All that a policy's rules remember of a connection's packets.
struct MemoryTable: Sendable {
    private(set) var memories: [Memory] = []
    /// Words of all of them together.
    private(set) var wordCount = 0
    /// By packet and direction: the words that are set when it is forwarded, as a range of `noted`.
    private(set) var notes = PerDirection<[Range<Int32>]>(both: [])
    private(set) var noted: [Int32] = []
    private var byOrigin: [Origin: Int] = [:]

    private struct Origin: Hashable {
        let ruleID: UInt32
        let packetTag: UInt32
        let kind: Memory.Kind
    }

    /// The place of a rule's memory among the words of all memories, made on first use.
    mutating func append(_ kind: Memory.Kind, ruleID: UInt32, packetTag: UInt32) -> Int32 {
        let origin = Origin(ruleID: ruleID, packetTag: packetTag, kind: kind)
        if let index = byOrigin[origin] { return memories[index].firstWord }
        byOrigin[origin] = memories.count
        let firstWord = Int32(wordCount)
        memories.append(Memory(ruleID: ruleID, packetTag: packetTag, kind: kind, firstWord: firstWord))
        wordCount += kind.wordCount
        return firstWord
    }

    /// The first word of a rule's memory; `nil` where it has none.
    func firstWord(_ kind: Memory.Kind, ruleID: UInt32, packetTag: UInt32) -> Int32? {
        byOrigin[Origin(ruleID: ruleID, packetTag: packetTag, kind: kind)].map { memories[$0].firstWord }
    }

    /// The same rule's memory in another policy's table.
    func continued(by memory: Memory) -> Memory? {
        byOrigin[Origin(ruleID: memory.ruleID, packetTag: memory.packetTag, kind: memory.kind)].map { memories[$0] }
    }

    /// Moves all behind the buckets, once their number is known.
    mutating func place(behind bucketCount: Int) {
        for index in memories.indices { memories[index].firstWord += Int32(bucketCount) }
        for index in noted.indices { noted[index] += Int32(bucketCount) }
    }

    /// Says which words each packet sets when it is forwarded.
    mutating func setNotes(_ words: PerDirection<[UInt16: [Int32]]>, packetCounts: PerDirection<Int>) {
        for direction in Direction.allCases where !words[direction].isEmpty {
            notes[direction] = (0..<max(1, packetCounts[direction])).map { packet in
                let first = Int32(noted.count)
                noted += words[direction][UInt16(packet)] ?? []
                return first..<Int32(noted.count)
            }
        }
    }
}

extension Policy {
    /// Whether a rule wants to know when a packet is forwarded.
    public func isNoted(_ packet: UInt16, _ direction: Direction) -> Bool {
        let notes = direction == .inbound ? memories.notes.inbound : memories.notes.outbound
        return notes.indices.contains(Int(packet)) && !notes[Int(packet)].isEmpty
    }

    /// Remembers that a packet was forwarded, whole, for the rules that ask whether it was.
    ///
    /// - Parameters:
    ///   - packet: one that `isNoted`; for others nothing happens.
    ///   - buckets: the connection's.
    ///   - nowNS: monotonic nanoseconds.
    public func note(_ packet: UInt16, _ direction: Direction, buckets: inout BucketSet, nowNS: UInt64) {
        guard isNoted(packet, direction) else { return }
        for index in memories.notes[direction][Int(packet)] {
            buckets[local: Int(memories.noted[Int(index)])] = max(1, nowNS)
        }
    }
}
