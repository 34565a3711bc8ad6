import Reputation
import WireBytes

/// What is allowed, and who is known, as the contents of rows.
enum AllowCodec {
    static func content(of entry: AllowEntry) -> [UInt8] {
        var writer = BlobWriter(capacity: 64)
        writer.append(entry.untilWallUS)
        writer.append(entry.addedWallUS)
        writer.append(entry.who)
        writer.append(entry.comment)
        return writer.bytes
    }

    /// `nil` for content that is no entry's.
    static func entry(_ network: IPNetwork, _ content: RawSpan, _ texts: inout TextPool) -> AllowEntry? {
        var offset = 0
        guard let until = content.readInt64(&offset), let added = content.readInt64(&offset),
            let who = content.readText(&offset, &texts), let comment = content.readText(&offset, &texts),
            offset == content.byteCount
        else { return nil }
        return AllowEntry(
            network: network, untilWallUS: until, addedWallUS: added, who: who, comment: comment)
    }

    /// A number alone: until when a player is known, or how far a counter has come.
    static func content(of number: Int64) -> [UInt8] {
        var writer = BlobWriter(capacity: 8)
        writer.append(number)
        return writer.bytes
    }

    static func number(_ content: RawSpan) -> Int64? {
        var offset = 0
        guard let number = content.readInt64(&offset), offset == content.byteCount else { return nil }
        return number
    }
}
