/// From what identifies a packet on the wire to its index.
///
/// A protocol may have versions that call the same packets by other numbers: each look-up says in which.
///
/// Shape: numbers up to 65,535 stand in a table that is as long as the largest of them, once a version; larger ones,
/// those with a sub-opcode, and words stand in hash tables with linear probing that are at most half full. The peer
/// chooses what is looked up but not what is stored, so the longest probe is fixed when the descriptor is loaded.
struct OpcodeIndex: Sendable {
    /// A number that does not stand in the direct table.
    private struct NumberSlot: BitwiseCopyable, Sendable {
        var opcode: UInt64 = 0
        var sub: UInt64 = 0
        var hasSub = false
        var version: UInt8 = 0
        /// 0 in an empty slot.
        var packet: PacketIndex = 0
    }

    private struct WordSlot: BitwiseCopyable, Sendable {
        var hash: UInt64 = 0
        /// The word's place in `letters`.
        var run = TableRun.none
        var version: UInt8 = 0
        /// 0 in an empty slot.
        var packet: PacketIndex = 0
    }

    private struct LengthEntry: BitwiseCopyable, Sendable {
        let byteCount: Int
        let version: UInt8
        let packet: PacketIndex
    }

    /// Versions that a protocol may have, the one without a number among them.
    static let versionCountMax = 17

    /// The largest number that has a place in the table, and that a range may end with.
    static let directOpcodeMax: UInt64 = 65_535

    private var direct: [PacketIndex] = []
    /// How many numbers each version has in `direct`.
    private var directCount = 0
    private var numbers: [NumberSlot] = []
    private var words: [WordSlot] = []
    private var letters: [UInt8] = []
    private var lengths: [LengthEntry] = []
    /// Bytes of the longest word; 0 without words.
    private(set) var wordByteCountMax = 0

    init(_ entries: [PacketTable.Entry]) {
        var numberCount = 0
        var wordCount = 0
        var versionCount = 1
        for entry in entries {
            versionCount = max(versionCount, entry.version + 1)
            switch entry.identity {
            case .number(let opcode, nil) where opcode <= Self.directOpcodeMax:
                directCount = max(directCount, Int(opcode) + 1)
            case .numbers(let range):
                precondition(range.upperBound <= Self.directOpcodeMax, "\(entry.name) has opcodes up to \(range)")
                directCount = max(directCount, Int(range.upperBound) + 1)
            case .number: numberCount += 1
            case .word: wordCount += 1
            case .length: break
            }
        }
        direct = [PacketIndex](repeating: 0, count: directCount * versionCount)
        numbers = [NumberSlot](repeating: NumberSlot(), count: Self.slotCount(for: numberCount))
        words = [WordSlot](repeating: WordSlot(), count: Self.slotCount(for: wordCount))
        for (position, entry) in entries.enumerated() {
            add(entry, packet: PacketIndex(position + 1))
        }
        addRanges(entries)
    }

    /// Gives ranges what all others have left, the narrowest first.
    private mutating func addRanges(_ entries: [PacketTable.Entry]) {
        var ranges: [(opcodes: ClosedRange<UInt64>, version: Int, packet: PacketIndex)] = []
        for (position, entry) in entries.enumerated() {
            guard case .numbers(let opcodes) = entry.identity else { continue }
            ranges.append((opcodes, entry.version, PacketIndex(position + 1)))
        }
        for range in ranges.sorted(by: { $0.opcodes.count < $1.opcodes.count }) {
            for opcode in range.opcodes {
                let place = range.version * directCount + Int(opcode)
                if direct[place] == 0 { direct[place] = range.packet }
            }
        }
    }

    /// The packet with this opcode and no sub-opcode; 0 when there is none.
    @inline(__always)
    func packet(opcode: UInt64, version: Int) -> PacketIndex {
        guard opcode < UInt64(directCount) else { return sparsePacket(opcode, sub: nil, version: version) }
        let place = version &* directCount &+ Int(truncatingIfNeeded: opcode)
        // A version without packets of this direction may have no part of the table.
        return place < direct.count ? direct[place] : 0
    }

    /// The packet with this opcode and sub-opcode; 0 when there is none.
    func packet(opcode: UInt64, sub: UInt64, version: Int) -> PacketIndex {
        sparsePacket(opcode, sub: sub, version: version)
    }

    /// The packet whose word stands in the `range` of `bytes`; 0 when there is none.
    func packet(wordIn bytes: RawSpan, at range: Range<Int>, version: Int) -> PacketIndex {
        guard !words.isEmpty, range.count <= wordByteCountMax else { return 0 }
        let hash = Self.hash(bytes, range, version: version)
        var slot = Int(truncatingIfNeeded: hash) & (words.count - 1)
        while words[slot].packet != 0 {
            if words[slot].hash == hash && words[slot].version == version
                && isWord(words[slot].run, in: bytes, at: range)
            {
                return words[slot].packet
            }
            slot = (slot + 1) & (words.count - 1)
        }
        return 0
    }

    /// The packet that a bare frame of this size is; 0 when there is none.
    func packet(byteCount: Int, version: Int) -> PacketIndex {
        for index in lengths.indices where lengths[index].byteCount == byteCount && lengths[index].version == version {
            return lengths[index].packet
        }
        return 0
    }

    private func sparsePacket(_ opcode: UInt64, sub: UInt64?, version: Int) -> PacketIndex {
        guard !numbers.isEmpty else { return 0 }
        var slot = Self.hash(opcode, sub ?? 0, version: version) & (numbers.count - 1)
        while numbers[slot].packet != 0 {
            let candidate = numbers[slot]
            if candidate.opcode == opcode && candidate.sub == sub ?? 0 && candidate.hasSub == (sub != nil)
                && candidate.version == version
            {
                return candidate.packet
            }
            slot = (slot + 1) & (numbers.count - 1)
        }
        return 0
    }

    private func isWord(_ run: TableRun, in bytes: RawSpan, at range: Range<Int>) -> Bool {
        guard run.count == range.count else { return false }
        for index in 0..<run.count where letters[run.start + index] != bytes.octet(range.lowerBound + index) {
            return false
        }
        return true
    }
}

extension OpcodeIndex {
    private mutating func add(_ entry: PacketTable.Entry, packet: PacketIndex) {
        switch entry.identity {
        case .number(let opcode, nil) where opcode <= Self.directOpcodeMax:
            let place = entry.version * directCount + Int(opcode)
            precondition(direct[place] == 0, "\(entry.name) has the opcode of packet \(direct[place])")
            direct[place] = packet
        case .number(let opcode, let sub):
            let earlier = sparsePacket(opcode, sub: sub, version: entry.version)
            precondition(earlier == 0, "\(entry.name) has the opcodes of packet \(earlier)")
            var slot = Self.hash(opcode, sub ?? 0, version: entry.version) & (numbers.count - 1)
            while numbers[slot].packet != 0 { slot = (slot + 1) & (numbers.count - 1) }
            numbers[slot] = NumberSlot(
                opcode: opcode, sub: sub ?? 0, hasSub: sub != nil, version: UInt8(entry.version), packet: packet)
        case .numbers: break
        case .word(let word):
            add(word: word, packet: packet, entry)
        case .length(let byteCount):
            let earlier = self.packet(byteCount: byteCount, version: entry.version)
            precondition(earlier == 0, "\(entry.name) has the size of packet \(earlier)")
            lengths.append(LengthEntry(byteCount: byteCount, version: UInt8(entry.version), packet: packet))
        }
    }

    private mutating func add(word: [UInt8], packet: PacketIndex, _ entry: PacketTable.Entry) {
        // Safe: the span is of integers, which have no padding, and it lives as long as `word`.
        let bytes = unsafe word.span.bytes
        let earlier = self.packet(wordIn: bytes, at: 0..<word.count, version: entry.version)
        precondition(earlier == 0, "\(entry.name) has the word of packet \(earlier)")
        let hash = Self.hash(bytes, 0..<word.count, version: entry.version)
        var slot = Int(truncatingIfNeeded: hash) & (words.count - 1)
        while words[slot].packet != 0 { slot = (slot + 1) & (words.count - 1) }
        words[slot] = WordSlot(
            hash: hash, run: TableRun(start: letters.count, count: word.count), version: UInt8(entry.version),
            packet: packet)
        letters += word
        wordByteCountMax = max(wordByteCountMax, word.count)
    }

    /// A power of two, at least twice `count`; 0 for none.
    private static func slotCount(for count: Int) -> Int {
        guard count > 0 else { return 0 }
        var slots = 2
        while slots < count * 2 { slots *= 2 }
        return slots
    }

    private static func hash(_ opcode: UInt64, _ sub: UInt64, version: Int) -> Int {
        // Odd constants with well-spread bits; the high half of the product is the best mixed one.
        let mixed = (opcode &* 0x9E37_79B9_7F4A_7C15) ^ ((sub &+ UInt64(version) << 48) &* 0xC2B2_AE3D_27D4_EB4F)
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) & 0x7FFF_FFFF)
    }

    /// FNV-1a, beginning with the version.
    private static func hash(_ bytes: RawSpan, _ range: Range<Int>, version: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(version)
        for offset in range {
            hash = (hash ^ UInt64(bytes.octet(offset))) &* 0x0000_0100_0000_01B3
        }
        return hash
    }
}
