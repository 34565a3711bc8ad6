/// The frames of a pcap file, as they stand in it.
///
/// **Shape**: a header of 24 bytes that fixes byte order, unit of time and link type; then records, each a header of
/// 16 bytes and the frame.
/// **Source**: draft-ietf-opsawg-pcap.
struct CaptureFile {
    struct Record {
        let timeMicroseconds: UInt64
        let frame: ArraySlice<UInt8>
    }

    static let byteCountMax = 64 << 20

    let linkType: UInt16
    let records: [Record]

    init(parsing bytes: [UInt8]) throws(CaptureError) {
        guard bytes.count <= Self.byteCountMax else { throw .fileTooLong(byteCount: bytes.count) }
        var cursor = ByteCursor(bytes[...])
        let bigEndian: Bool
        let ticksPerMicrosecond: UInt64
        switch try cursor.u32() {
        case 0xA1B2_C3D4: (bigEndian, ticksPerMicrosecond) = (true, 1)
        case 0xA1B2_3C4D: (bigEndian, ticksPerMicrosecond) = (true, 1000)
        case 0xD4C3_B2A1: (bigEndian, ticksPerMicrosecond) = (false, 1)
        case 0x4D3C_B2A1: (bigEndian, ticksPerMicrosecond) = (false, 1000)
        default: throw .unknownMagic
        }
        try cursor.skip(16)
        linkType = UInt16(truncatingIfNeeded: try cursor.u32(bigEndian: bigEndian))

        var records: [Record] = []
        while !cursor.rest.isEmpty {
            let seconds = UInt64(try cursor.u32(bigEndian: bigEndian))
            let ticks = UInt64(try cursor.u32(bigEndian: bigEndian))
            let captured = Int(try cursor.u32(bigEndian: bigEndian))
            let original = Int(try cursor.u32(bigEndian: bigEndian))
            let frame = try cursor.take(captured)
            guard captured == original else { throw .snapped(captured: captured, original: original) }
            records.append(
                Record(timeMicroseconds: seconds * 1_000_000 + ticks / ticksPerMicrosecond, frame: frame))
        }
        self.records = records
    }
}
