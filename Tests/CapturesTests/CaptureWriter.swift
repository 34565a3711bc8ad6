import Captures
import Foundation
import WireBytes

/// Writes small captures, so that the reader meets what our recordings do not hold.
struct CaptureWriter {
    enum Link: UInt16, CaseIterable {
        case null = 0
        case ethernet = 1
        case raw = 101
        case loop = 108
        case cooked = 113
        case cooked2 = 276
    }

    enum Form: CaseIterable {
        case pcap
        case pcapBigEndian
        case pcapNanoseconds
        case pcapng
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        static let fin = Flags(rawValue: 1)
        static let syn = Flags(rawValue: 2)
        static let rst = Flags(rawValue: 4)
        static let ack = Flags(rawValue: 16)
    }

    var link = Link.ethernet
    var form = Form.pcap
    var version6 = false
    /// Tags of virtual networks in front of the packet, on Ethernet and in cooked captures.
    var tags: [UInt16] = []
    /// Headers of IPv6 between the packet's own and TCP's: kind, bytes.
    var extensions: [(UInt8, [UInt8])] = []
    var clientPort: UInt16 = 40_000
    var serverPort: UInt16 = 7_000
    /// Of the next frame.
    var timeNS: UInt64 = 1_000_000_000
    private(set) var records: [(timeNS: UInt64, frame: [UInt8], wireByteCount: Int)] = []

    /// Appends one segment, a millisecond after the one before.
    mutating func segment(
        _ direction: Direction, _ sequence: UInt32, _ payload: String = "", flags: Flags = .ack, ack: UInt32 = 0,
        keeping kept: Int? = nil
    ) {
        let (source, target) = direction == .inbound ? (clientPort, serverPort) : (serverPort, clientPort)
        var tcp = number(source) + number(target) + number(sequence) + number(ack)
        // Eight bytes of options, so that the header's length counts.
        tcp += [7 << 4, flags.rawValue] + [UInt8](repeating: 0, count: 6) + [UInt8](repeating: 1, count: 8)
        let packet = ip(tcp + Array(payload.utf8), direction)
        frame(packet, keeping: kept.map { packet.count - payload.utf8.count + $0 })
    }

    /// SYN, SYN-ACK and ACK; the first bytes are then `client + 1` and `server + 1`.
    mutating func handshake(client: UInt32 = 0, server: UInt32 = 0) {
        segment(.inbound, client, flags: .syn)
        segment(.outbound, server, flags: [.syn, .ack], ack: client &+ 1)
        segment(.inbound, client &+ 1, ack: server &+ 1)
    }

    /// Appends a frame that holds this packet.
    ///
    /// - Parameter kept: how many bytes of the packet are captured.
    mutating func frame(_ packet: [UInt8], keeping kept: Int? = nil) {
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
        records.append((timeNS, bytes, wire))
        timeNS += 1_000_000
    }

    /// Puts the frames of another after those of this one.
    mutating func append(_ other: CaptureWriter) { records += other.records }

    /// Puts the frames into another order, and keeps the times.
    mutating func reorder(_ body: (inout [(timeNS: UInt64, frame: [UInt8], wireByteCount: Int)]) -> Void) {
        let times = records.map(\.timeNS)
        body(&records)
        for index in records.indices where index < times.count { records[index].timeNS = times[index] }
    }

    /// An IP packet with this in it.
    func ip(_ payload: [UInt8], _ direction: Direction) -> [UInt8] {
        let ends: [UInt8] = direction == .inbound ? [1, 2] : [2, 1]
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
    func file() -> [UInt8] { form == .pcapng ? pcapng() : pcap() }

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
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// What a capture of these bytes says.
struct ReadCapture {
    var events: [CaptureEvent] = []
    var counts = CaptureCounts()
    var error: CaptureError?

    init(_ file: [UInt8], serverPorts: Set<UInt16> = []) throws {
        let path = NSTemporaryDirectory() + "portcullis-\(UUID().uuidString).pcap"
        try Data(file).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do throws(CaptureError) {
            var reader = try CaptureReader(path: path, serverPorts: serverPorts)
            do throws(CaptureError) {
                while try reader.read(into: &events) {}
            } catch {
                self.error = error
            }
            reader.finish(into: &events)
            counts = reader.counts
        } catch {
            self.error = error
        }
    }

    init(_ writer: CaptureWriter, serverPorts: Set<UInt16> = []) throws {
        try self.init(writer.file(), serverPorts: serverPorts)
    }

    /// One word for each event of one connection: `open`, `>text`, `<text`, `lost>3`, `fin>`, `end finished`.
    func story(_ connection: UInt64 = 1) -> [String] {
        var story: [String] = []
        for event in events where event.connection == connection {
            switch event.kind {
            case .opened(let ends): story.append(ends.isMidStream ? "open mid" : "open")
            case .bytes(let direction, let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                // How bytes that follow each other are cut says nothing.
                if let last = story.last, last.hasPrefix(arrow(direction)) {
                    story[story.count - 1] = last + text
                } else {
                    story.append(arrow(direction) + text)
                }
            case .lost(let direction, let byteCount): story.append("lost\(arrow(direction))\(byteCount)")
            case .finished(let direction): story.append("fin\(arrow(direction))")
            case .ended(let how):
                switch how {
                case .finished: story.append("end finished")
                case .reset(let direction): story.append("end reset\(arrow(direction))")
                case .replaced: story.append("end replaced")
                case .captureEnded: story.append("end")
                }
            }
        }
        return story
    }

    var opened: [CapturedConnection] {
        events.compactMap { if case .opened(let ends) = $0.kind { ends } else { nil } }
    }

    private func arrow(_ direction: Direction) -> String { direction == .inbound ? ">" : "<" }
}
