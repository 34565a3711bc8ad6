public import WireBytes

/// Writes small captures, so that the reader meets what our recordings do not hold.
public struct CaptureWriter {
    /// What stands in front of the packets, by its number in a file.
    public enum Link: UInt16, CaseIterable, Sendable {
        case null = 0
        case ethernet = 1
        case raw = 101
        case loop = 108
        case cooked = 113
        case cooked2 = 276
    }

    /// The kind of file.
    public enum Form: CaseIterable, Sendable {
        case pcap
        case pcapBigEndian
        case pcapNanoseconds
        case pcapng
    }

    /// The flags of TCP.
    public struct Flags: OptionSet, Sendable {
        /// As on the wire.
        public let rawValue: UInt8
        /// As on the wire.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The last segment.
        public static let fin = Flags(rawValue: 1)
        /// The first segment.
        public static let syn = Flags(rawValue: 2)
        /// A break.
        public static let rst = Flags(rawValue: 4)
        /// The acknowledgement counts.
        public static let ack = Flags(rawValue: 16)
    }

    /// One captured frame.
    public struct Record: Sendable {
        /// Since 1970.
        public var timeNS: UInt64
        /// What was captured of it.
        public var frame: [UInt8]
        /// Its bytes on the wire.
        public var wireByteCount: Int
    }

    /// What stands in front of the packets.
    public var link: Link
    /// The kind of file.
    public var form: Form
    /// IPv6 instead of IPv4.
    public var version6: Bool
    /// Tags of virtual networks in front of the packet, on Ethernet and in cooked captures.
    public var tags: [UInt16]
    /// Headers of IPv6 between the packet's own and TCP's: kind, bytes.
    public var extensions: [(UInt8, [UInt8])] = []
    /// The last byte of the client's address, 192.0.2.1 or 2001::1.
    public var clientHost: UInt8 = 1
    /// The client's port.
    public var clientPort: UInt16 = 40_000
    /// The server's port, at 192.0.2.2 or 2001::2.
    public var serverPort: UInt16 = 7_000
    /// Of the next frame.
    public var timeNS: UInt64 = 1_000_000_000
    /// The frames so far.
    public private(set) var records: [Record] = []

    /// A file without frames.
    public init(link: Link = .ethernet, form: Form = .pcap, version6: Bool = false, tags: [UInt16] = []) {
        self.link = link
        self.form = form
        self.version6 = version6
        self.tags = tags
    }

    /// Appends one segment, a millisecond after the one before.
    public mutating func segment(
        _ direction: Direction, _ sequence: UInt32, _ payload: some Sequence<UInt8>, flags: Flags = .ack,
        ack: UInt32 = 0,
        keeping kept: Int? = nil
    ) {
        let payload = Array(payload)
        let (source, target) = direction == .inbound ? (clientPort, serverPort) : (serverPort, clientPort)
        var tcp = number(source) + number(target) + number(sequence) + number(ack)
        // Eight bytes of options, so that the header's length counts.
        tcp += [7 << 4, flags.rawValue] + [UInt8](repeating: 0, count: 6) + [UInt8](repeating: 1, count: 8)
        let packet = ip(tcp + payload, direction)
        frame(packet, keeping: kept.map { packet.count - payload.count + $0 })
    }

    /// Appends one segment of text.
    public mutating func segment(
        _ direction: Direction, _ sequence: UInt32, _ payload: String = "", flags: Flags = .ack, ack: UInt32 = 0,
        keeping kept: Int? = nil
    ) {
        segment(direction, sequence, payload.utf8, flags: flags, ack: ack, keeping: kept)
    }

    /// SYN, SYN-ACK and ACK; the first bytes are then `client + 1` and `server + 1`.
    public mutating func handshake(client: UInt32 = 0, server: UInt32 = 0) {
        segment(.inbound, client, flags: .syn)
        segment(.outbound, server, flags: [.syn, .ack], ack: client &+ 1)
        segment(.inbound, client &+ 1, ack: server &+ 1)
    }

    /// Appends a frame that holds this packet.
    ///
    /// - Parameter kept: how many bytes of the packet are captured.
    public mutating func frame(_ packet: [UInt8], keeping kept: Int? = nil) {
        let type: UInt16 = version6 ? 0x86DD : 0x0800
        let types = tags.isEmpty ? [type] : [0x8100] + tags.dropFirst().map { _ in 0x8100 } + [type]
        let tagged = zip(tags, types.dropFirst()).flatMap { number($0) + number($1) }
        var bytes: [UInt8]
        switch link {
        case .null: bytes = [2, 0, 0, 0]
        case .loop: bytes = [0, 0, 0, 2]
        case .raw: bytes = []
        case .ethernet: bytes = [UInt8](repeating: 2, count: 12) + number(types[0]) + tagged
        case .cooked: bytes = [UInt8](repeating: 0, count: 14) + number(types[0]) + tagged
        case .cooked2: bytes = number(types[0]) + [UInt8](repeating: 0, count: 18) + tagged
        }
        let wire = bytes.count + packet.count
        bytes += packet.prefix(kept ?? packet.count)
        records.append(Record(timeNS: timeNS, frame: bytes, wireByteCount: wire))
        timeNS += 1_000_000
    }

    /// Puts the frames of another after those of this one.
    public mutating func append(_ other: CaptureWriter) { records += other.records }

    /// Puts the frames into another order, and keeps the times.
    public mutating func reorder(_ body: (inout [Record]) -> Void) {
        let times = records.map(\.timeNS)
        body(&records)
        for index in records.indices where index < times.count { records[index].timeNS = times[index] }
    }

    /// An IP packet with this in it.
    public func ip(_ payload: [UInt8], _ direction: Direction) -> [UInt8] {
        let ends: [UInt8] = direction == .inbound ? [clientHost, 2] : [2, clientHost]
        if version6 {
            let zeros = [UInt8](repeating: 0, count: 13)
            let addresses = [0x20, 1] + zeros + [ends[0]] + [0x20, 1] + zeros + [ends[1]]
            var body: [UInt8] = []
            let kinds = extensions.map(\.0) + [6]
            for (index, header) in extensions.enumerated() { body += [kinds[index + 1]] + header.1 }
            body += payload
            return [0x60, 0, 0, 0] + number(UInt16(body.count)) + [kinds[0], 64] + addresses + body
        }
        let addresses: [UInt8] = [192, 0, 2, ends[0], 192, 0, 2, ends[1]]
        let header: [UInt8] = [0x45, 0] + number(UInt16(20 + payload.count)) + [0, 0, 0x40, 0, 64, 6, 0, 0]
        return header + addresses + payload
    }

    /// The whole file.
    public func file() -> [UInt8] { form == .pcapng ? pcapng() : pcap() }

    private func pcap() -> [UInt8] {
        var bytes = ordered(form == .pcapNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
        bytes += form == .pcapBigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0]
        bytes += ordered(0) + ordered(0) + ordered(262_144) + ordered(UInt32(link.rawValue))
        for record in records {
            let part = record.timeNS % 1_000_000_000
            bytes += ordered(UInt32(record.timeNS / 1_000_000_000))
            bytes += ordered(UInt32(form == .pcapNanoseconds ? part : part / 1_000))
            bytes += ordered(UInt32(record.frame.count)) + ordered(UInt32(record.wireByteCount)) + record.frame
        }
        return bytes
    }

    /// A section, an interface that counts in nanoseconds, a block for each frame, and one of a kind nobody knows.
    ///
    /// Source: draft-ietf-opsawg-pcapng, sections 4.1 to 4.3.
    private func pcapng() -> [UInt8] {
        var bytes = block(0x0A0D_0D0A, ordered(0x1A2B_3C4D) + [1, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8))
        // Option 9, one byte: the power of ten by which times are divided; then the end of the options.
        let options: [UInt8] = [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]
        bytes += block(1, [UInt8(link.rawValue & 0xFF), UInt8(link.rawValue >> 8), 0, 0] + ordered(262_144) + options)
        bytes += block(0x0BAD_CAFE, [1, 2, 3, 4])
        for record in records {
            let padding = [UInt8](repeating: 0, count: (4 - record.frame.count % 4) % 4)
            bytes += block(
                6,
                ordered(0) + ordered(UInt32(record.timeNS >> 32)) + ordered(UInt32(truncatingIfNeeded: record.timeNS))
                    + ordered(UInt32(record.frame.count)) + ordered(UInt32(record.wireByteCount)) + record.frame
                    + padding)
        }
        return bytes
    }

    private func block(_ kind: UInt32, _ body: [UInt8]) -> [UInt8] {
        let length = ordered(UInt32(body.count + 12))
        return ordered(kind) + length + body + length
    }

    private func ordered(_ value: UInt32) -> [UInt8] {
        form == .pcapBigEndian ? number(value) : number(value).reversed()
    }
}

private func number(_ value: some FixedWidthInteger) -> [UInt8] {
    // Safe: the bytes are copied before the closure returns.
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe Array($0) }
}
