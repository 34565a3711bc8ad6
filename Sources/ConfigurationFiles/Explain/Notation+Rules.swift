import RuleEngine
import WireBytes

/// What rules ask and do.
extension Notation {
    static func action(_ action: RuleAction) -> String {
        guard case .ban(let order) = action else { return action.name }
        var text = order.kind == .soft ? "soft ban" : "ban"
        switch order.target {
        case .address: break
        case .account: text += " of the account"
        case .network: text += " of the network"
        }
        return text + (order.baseNS.map { " \(Shown.duration($0))" } ?? "")
    }

    /// What is over a limit, as `over 80/s, burst 160, per connection`.
    static func limit(_ limit: Limit) -> String {
        let scope = "per \(limit.scope)" + (limit.perPacket ? " and packet" : "")
        switch limit.count {
        case .open: return "more than \(limit.burst) open at once, \(scope)"
        case .bytes:
            return "over \(Shown.rate(Shown.size(limit.amount), per: limit.periodNS)), "
                + "burst \(Shown.size(limit.burst)), \(scope)"
        case .packets, .connections:
            let what = limit.count == .connections ? " of new connections" : ""
            return "over \(Shown.rate("\(limit.amount)", per: limit.periodNS))\(what), burst \(limit.burst), \(scope)"
        }
    }

    static func pattern(_ pattern: BytePattern) -> String {
        var text = readable(pattern.pattern)
        if pattern.isCaseInsensitive { text += " in either case" }
        if pattern.isRelative {
            text += ", at least \(pattern.distance ?? 0) bytes behind the last"
            if let within = pattern.within { text += ", within \(within)" }
        } else {
            text += pattern.offset == 0 ? "" : ", offset \(pattern.offset)"
            if let depth = pattern.depth { text += ", depth \(depth)" }
        }
        return text
    }

    /// A text where the bytes are one, and else the bytes.
    private static func readable(_ pattern: HexPattern) -> String {
        let isText = { (byte: UInt8) in (0x20...0x7E).contains(byte) }
        guard pattern.masks.allSatisfy({ $0 == 0xFF }) else { return shortened(pattern.description) }
        let bytes = pattern.bytes
        if bytes.count > 1, bytes.allSatisfy(isText) { return quoted(String(decoding: bytes, as: UTF8.self)) }
        let isWide = bytes.count > 3 && bytes.count.isMultiple(of: 2)
        for (encoding, high) in [("utf16le", 1), ("utf16be", 0)] where isWide {
            let pairs = bytes.indices.allSatisfy { $0 % 2 == high ? bytes[$0] == 0 : isText(bytes[$0]) }
            guard pairs else { continue }
            return quoted(String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)) + " in \(encoding)"
        }
        return shortened(pattern.description)
    }
}
