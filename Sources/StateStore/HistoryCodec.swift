import Reputation
import WireBytes

/// A record of the history as the content of a row.
///
/// Shape: time, change, ban, who, and the evidence when there is some.
enum HistoryCodec {
    static func content(of record: HistoryRecord) -> [UInt8] {
        var writer = BlobWriter(capacity: record.evidence == nil ? 128 : 512)
        writer.append(record.wallUS)
        writer.append(byte: record.change.rawValue)
        EntryCodec.append(record.ban, of: record.subject, to: &writer)
        writer.append(record.who)
        writer.append(record.evidence != nil)
        if let evidence = record.evidence { append(evidence, to: &writer) }
        return writer.bytes
    }

    private static func append(_ evidence: Evidence, to writer: inout BlobWriter) {
        writer.append(evidence.listener)
        writer.append(evidence.connection)
        writer.append(evidence.client != nil)
        if let client = evidence.client {
            writer.append(client.address.high)
            writer.append(client.address.low)
            writer.append(short: UInt64(client.port))
        }
        writer.append(evidence.phase)
        writer.append(evidence.packet)
        writer.append(short: evidence.opcode)
        writer.append(short: UInt64(max(0, evidence.byteCount)))
        writer.append(counted: evidence.excerpt.prefix(Evidence.excerptByteCountMax))
        let redacted = evidence.redacted.prefix(BlobBounds.listCountMax)
        writer.append(short: UInt64(redacted.count))
        for range in redacted {
            writer.append(short: UInt64(max(0, range.lowerBound)))
            writer.append(short: UInt64(max(0, range.upperBound)))
        }
        writer.append(evidence.detail)
        writer.append(evidence.ageUS)
        for counts in [evidence.byteCounts, evidence.packetCounts, evidence.droppedCounts] {
            writer.append(short: counts.inbound)
            writer.append(short: counts.outbound)
        }
        EntryCodec.append(evidence.trail, to: &writer)
    }

    /// `nil` for content that is no record's.
    static func record(_ subject: Subject, _ content: RawSpan, _ texts: inout TextPool) -> HistoryRecord? {
        var offset = 0
        guard let wallUS = content.readInt64(&offset),
            let change = content.readByte(&offset).flatMap(HistoryRecord.Change.init(rawValue:)),
            let ban = EntryCodec.readBan(content, &offset, of: subject, &texts),
            let who = content.readOptionalText(&offset, &texts), let hasEvidence = content.readFlag(&offset)
        else { return nil }
        var record = HistoryRecord(wallUS: wallUS, change: change, subject: subject, ban: ban, who: who)
        if hasEvidence {
            guard let evidence = readEvidence(content, &offset, &texts) else { return nil }
            record.evidence = evidence
        }
        return offset == content.byteCount ? record : nil
    }

    private static func readEvidence(_ content: RawSpan, _ offset: inout Int, _ texts: inout TextPool) -> Evidence? {
        guard let listener = content.readText(&offset, &texts), let connection = content.readText(&offset, &texts),
            let hasClient = content.readFlag(&offset)
        else { return nil }
        var client: Endpoint?
        if hasClient {
            guard let high = content.readUInt64(&offset), let low = content.readUInt64(&offset),
                let port = content.readShort(&offset).flatMap({ UInt16(exactly: $0) })
            else { return nil }
            client = Endpoint(IPAddress(high: high, low: low), port: port)
        }
        guard let phase = content.readText(&offset, &texts), let packet = content.readText(&offset, &texts),
            let opcode = content.readShort(&offset),
            let byteCount = content.readShort(&offset).flatMap({ Int(exactly: $0) }),
            let excerpt = content.readBytes(&offset, most: Evidence.excerptByteCountMax),
            let redacted = readRanges(content, &offset), let detail = content.readOptionalText(&offset, &texts),
            let ageUS = content.readInt64(&offset), let bytes = readCounts(content, &offset),
            let packets = readCounts(content, &offset), let dropped = readCounts(content, &offset),
            let trail = EntryCodec.readTrail(content, &offset, &texts)
        else { return nil }
        var evidence = Evidence(listener: listener, connection: connection, client: client)
        (evidence.phase, evidence.packet, evidence.opcode) = (phase, packet, opcode)
        (evidence.byteCount, evidence.excerpt, evidence.redacted) = (byteCount, excerpt, redacted)
        (evidence.detail, evidence.ageUS) = (detail, ageUS)
        (evidence.byteCounts, evidence.packetCounts, evidence.droppedCounts) = (bytes, packets, dropped)
        evidence.trail = trail
        return evidence
    }

    private static func readRanges(_ content: RawSpan, _ offset: inout Int) -> [Range<Int>]? {
        guard let count = content.readCount(&offset) else { return nil }
        var ranges: [Range<Int>] = []
        for _ in 0..<count {
            guard let low = content.readShort(&offset).flatMap({ Int(exactly: $0) }),
                let high = content.readShort(&offset).flatMap({ Int(exactly: $0) }), low <= high
            else { return nil }
            ranges.append(low..<high)
        }
        return ranges
    }

    private static func readCounts(_ content: RawSpan, _ offset: inout Int) -> PerDirection<UInt64>? {
        guard let inbound = content.readShort(&offset), let outbound = content.readShort(&offset) else { return nil }
        return PerDirection(inbound: inbound, outbound: outbound)
    }
}
