/// Writes small captures, so that the reader meets what our recordings do not hold.
struct CaptureBuilder {
    enum Link: UInt16, CaseIterable {
        case ethernet = 1
        case raw = 101
        case cooked = 113
        case cooked2 = 276
    }

    var link = Link.ethernet
    var bigEndian = false
    var nanoseconds = false
    var version6 = false
    private(set) var records: [[UInt8]] = []

    static let client: UInt16 = 40_000
    static let server: UInt16 = 7000

    /// Appends one segment: `flags` as on the wire (1 FIN, 2 SYN, 4 RST, 16 ACK).
    mutating func segment(fromClient: Bool = true, sequence: UInt32, flags: UInt8 = 16, _ payload: String = "") {
        let (source, target) = fromClient ? (Self.client, Self.server) : (Self.server, Self.client)
        var tcp = number(source) + number(target) + number(sequence) + number(UInt32(0))
        // Eight bytes of options, so that the header's length counts.
        tcp += [7 << 4, flags] + [UInt8](repeating: 0, count: 6) + [UInt8](repeating: 1, count: 8)
        frame(ip(tcp + Array(payload.utf8), fromClient: fromClient))
    }

    /// Appends a frame that holds this packet.
    mutating func frame(_ packet: [UInt8]) {
        let etherType: [UInt8] = version6 ? [0x86, 0xDD] : [0x08, 0x00]
        switch link {
        case .ethernet: records.append([UInt8](repeating: 2, count: 12) + etherType + packet)
        case .raw: records.append(packet)
        case .cooked: records.append([UInt8](repeating: 0, count: 14) + etherType + packet)
        case .cooked2: records.append(etherType + [UInt8](repeating: 0, count: 18) + packet)
        }
    }

    /// The whole file; each record one second after the one before.
    func file() -> [UInt8] {
        var bytes = ordered(nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
        bytes += ordered(0x0004_0002) + ordered(0) + ordered(0) + ordered(262_144) + ordered(UInt32(link.rawValue))
        for (index, record) in records.enumerated() {
            bytes += ordered(UInt32(index)) + ordered(nanoseconds ? 5000 : 5)
            bytes += ordered(UInt32(record.count)) + ordered(UInt32(record.count)) + record
        }
        return bytes
    }

    private func ip(_ payload: [UInt8], fromClient: Bool) -> [UInt8] {
        let ends: [UInt8] = fromClient ? [1, 2] : [2, 1]
        if version6 {
            let zeros = [UInt8](repeating: 0, count: 15)
            let addresses = zeros + [ends[0]] + zeros + [ends[1]]
            return [0x60, 0, 0, 0] + number(UInt16(payload.count)) + [6, 64] + addresses + payload
        }
        let addresses: [UInt8] = [127, 0, 0, ends[0], 127, 0, 0, ends[1]]
        let header: [UInt8] = [0x45, 0] + number(UInt16(20 + payload.count)) + [0, 0, 0x40, 0, 64, 6, 0, 0]
        return header + addresses + payload
    }

    private func ordered(_ value: UInt32) -> [UInt8] {
        bigEndian ? number(value) : number(value).reversed()
    }
}

private func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
