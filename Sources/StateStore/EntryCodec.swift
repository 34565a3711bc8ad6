import Reputation
import Settings
import WireBytes

/// An entry as the content of a row.
///
/// Shape: a byte that says which parts follow, then the parts: score, ban, ends of earlier bans, trail of the score.
/// Numbers and names stand for things that outlive a version of the program, and so does this order: a change is a new
/// version of the schema.
enum EntryCodec {
    private static let hasScore: UInt8 = 1
    private static let hasBan: UInt8 = 2
    private static let hasEnds: UInt8 = 4
    private static let hasTrail: UInt8 = 8

    private static let isHard: UInt8 = 1
    private static let isForEver: UInt8 = 2
    private static let hasAddress: UInt8 = 4
    private static let isBase: UInt8 = 8

    static func content(of entry: StoredEntry) -> [UInt8] {
        var writer = BlobWriter(capacity: 128)
        let scored = entry.score != 0 || entry.scoreWallUS != 0
        writer.append(
            byte: (scored ? hasScore : 0) | (entry.ban != nil ? hasBan : 0)
                | (entry.pastEndsWallUS.isEmpty ? 0 : hasEnds) | (entry.trail.isEmpty ? 0 : hasTrail))
        if scored {
            writer.append(entry.score)
            writer.append(entry.scoreWallUS)
        }
        if let ban = entry.ban { append(ban, of: entry.subject, to: &writer) }
        if !entry.pastEndsWallUS.isEmpty {
            let ends = entry.pastEndsWallUS.suffix(BlobBounds.listCountMax)
            writer.append(short: UInt64(ends.count))
            for end in ends { writer.append(end) }
        }
        if !entry.trail.isEmpty { append(entry.trail, to: &writer) }
        return writer.bytes
    }

    static func append(_ ban: StoredBan, of subject: Subject, to writer: inout BlobWriter) {
        let isForEver = ban.untilWallUS == StoredBan.foreverWallUS
        // Most bans are of the address that caused them.
        let isOwn = ban.address != nil && ban.address == subject.network?.base
        writer.append(
            byte: (ban.kind == .hard ? isHard : 0) | (isForEver ? Self.isForEver : 0) | (isOwn ? isBase : 0)
                | (ban.address != nil && !isOwn ? hasAddress : 0))
        if let address = ban.address, !isOwn {
            writer.append(address.high)
            writer.append(address.low)
        }
        writer.append(ban.startedWallUS)
        if !isForEver { writer.append(ban.untilWallUS) }
        writer.append(short: UInt64(ban.number))
        append(ban.cause, to: &writer)
    }

    static func append(_ cause: BanCause, to writer: inout BlobWriter) {
        writer.append(byte: cause.origin.storedNumber)
        writer.append(short: UInt64(cause.ruleID))
        writer.append(cause.ruleName)
        writer.append(cause.packet)
        writer.append(cause.connection)
        writer.append(cause.who)
    }

    static func append(_ trail: [ScorePoint], to writer: inout BlobWriter) {
        let points = trail.suffix(BlobBounds.listCountMax)
        writer.append(short: UInt64(points.count))
        for point in points {
            writer.append(point.wallUS)
            writer.append(short: UInt64(point.ruleID))
            writer.append(point.ruleName)
            writer.append(point.points)
            writer.append(point.score)
        }
    }

    /// `nil` for content that is no entry's.
    static func entry(_ subject: Subject, _ content: RawSpan, _ texts: inout TextPool) -> StoredEntry? {
        var offset = 0
        guard let parts = content.readByte(&offset), parts < 16 else { return nil }
        var entry = StoredEntry(subject: subject)
        if parts & hasScore != 0 {
            guard let score = content.readDouble(&offset), let wallUS = content.readInt64(&offset) else { return nil }
            (entry.score, entry.scoreWallUS) = (score, wallUS)
        }
        if parts & hasBan != 0 {
            guard let ban = readBan(content, &offset, of: subject, &texts) else { return nil }
            entry.ban = ban
        }
        if parts & hasEnds != 0 {
            guard let count = content.readCount(&offset) else { return nil }
            entry.pastEndsWallUS.reserveCapacity(count)
            for _ in 0..<count {
                guard let end = content.readInt64(&offset) else { return nil }
                entry.pastEndsWallUS.append(end)
            }
        }
        if parts & hasTrail != 0 {
            guard let trail = readTrail(content, &offset, &texts) else { return nil }
            entry.trail = trail
        }
        return offset == content.byteCount ? entry : nil
    }

    static func readBan(
        _ content: RawSpan, _ offset: inout Int, of subject: Subject, _ texts: inout TextPool
    ) -> StoredBan? {
        guard let flags = content.readByte(&offset), flags < 16 else { return nil }
        var address: IPAddress?
        if flags & hasAddress != 0 {
            guard let high = content.readUInt64(&offset), let low = content.readUInt64(&offset) else { return nil }
            address = IPAddress(high: high, low: low)
        } else if flags & isBase != 0 {
            guard case .network(let network) = subject else { return nil }
            address = network.base
        }
        guard let started = content.readInt64(&offset) else { return nil }
        var until = StoredBan.foreverWallUS
        if flags & isForEver == 0 {
            guard let end = content.readInt64(&offset) else { return nil }
            until = end
        }
        guard let number = content.readUInt32(&offset), let cause = readCause(content, &offset, &texts) else {
            return nil
        }
        return StoredBan(
            address: address, startedWallUS: started, untilWallUS: until, number: number,
            kind: flags & isHard != 0 ? .hard : .soft, cause: cause)
    }

    static func readCause(_ content: RawSpan, _ offset: inout Int, _ texts: inout TextPool) -> BanCause? {
        guard let origin = content.readByte(&offset).flatMap(BanCause.Origin.init(storedNumber:)),
            let ruleID = content.readUInt32(&offset), let ruleName = content.readText(&offset, &texts),
            let packet = content.readText(&offset, &texts), let connection = content.readText(&offset, &texts),
            let who = content.readOptionalText(&offset, &texts)
        else { return nil }
        return BanCause(
            origin: origin, ruleID: ruleID, ruleName: ruleName, packet: packet, connection: connection, who: who)
    }

    static func readTrail(_ content: RawSpan, _ offset: inout Int, _ texts: inout TextPool) -> [ScorePoint]? {
        guard let count = content.readCount(&offset) else { return nil }
        var trail: [ScorePoint] = []
        trail.reserveCapacity(count)
        for _ in 0..<count {
            guard let wallUS = content.readInt64(&offset), let ruleID = content.readUInt32(&offset),
                let name = content.readText(&offset, &texts), let points = content.readDouble(&offset),
                let score = content.readDouble(&offset)
            else { return nil }
            trail.append(ScorePoint(wallUS: wallUS, ruleID: ruleID, ruleName: name, points: points, score: score))
        }
        return trail
    }
}

extension BanCause.Origin {
    /// The number that stands for it in a file, for ever.
    fileprivate var storedNumber: UInt8 {
        switch self {
        case .rule: 1
        case .ladder: 2
        case .operator: 3
        case .list: 4
        case .network: 5
        case .imported: 6
        }
    }

    fileprivate init?(storedNumber: UInt8) {
        switch storedNumber {
        case 1: self = .rule
        case 2: self = .ladder
        case 3: self = .operator
        case 4: self = .list
        case 5: self = .network
        case 6: self = .imported
        default: return nil
        }
    }
}
