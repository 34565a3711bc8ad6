import RuleEngine
import WireBytes

/// A policy as its file states it, before the names in it are looked up in a protocol.
struct PolicyFile {
    let name: String
    /// The protocol it is for; `nil` for any.
    let protocolName: Located<String>?
    let violations: [Violation: ViolationStatement]
    let rules: [RuleStatement]
}

/// What a policy says about one violation; what it leaves out stays as it was.
struct ViolationStatement {
    var action: PerDirection<RuleAction?> = PerDirection(both: nil)
    var score: Double?
    let place: Place
}

/// Packets none of which may have been forwarded shortly before, as a file names them.
struct NotAfterStatement {
    let packets: [Located<String>]
    let withinNS: UInt64
}

/// A rule as its file states it.
struct RuleStatement {
    /// Whom a rule without packet names looks at.
    enum Sender {
        case client
        case server
        case both

        var directions: [Direction] {
            switch self {
            case .client: [.inbound]
            case .server: [.outbound]
            case .both: [.inbound, .outbound]
            }
        }
    }

    let id: UInt32
    let name: String
    let place: Place
    /// `nil` for all packets.
    var packets: [Located<String>]?
    var sender: Sender?
    var byteCounts: [ClosedRange<Int>] = []
    var byteCountsNot: [ClosedRange<Int>] = []
    var phases: [Located<String>]?
    var phasesNot: [Located<String>] = []
    /// What is asked of where the client is from.
    var origin = OriginCondition()
    /// Some of these lists hold the client's address.
    var lists: [Located<String>] = []
    /// None of these does.
    var listsNot: [Located<String>] = []
    /// Whether nothing else is asked, of packets or of time.
    var asksOnlyOrigin = false
    /// The lines of `where` and of `where_not` about fields, and those of `rewrite`.
    var fieldLines: [Node.Entry] = []
    var fieldLinesNot: [Node.Entry] = []
    var editLines: [Node.Entry] = []
    var signature: [Located<BytePattern>] = []
    var notAfter: NotAfterStatement?
    var repeats: Located<Repeats>?
    var limit: Limit?
    var action: RuleAction = .log
    var reply: Located<[UInt8]>?
    var score: Double = 0
    var isShadow = false

    /// Judged once, when a connection opens.
    var isAtOpen: Bool { asksOnlyOrigin || limit?.count == .connections || limit?.count == .open }

    /// Whether anything is asked of where the client is from.
    var asksOrigin: Bool { !origin.isEmpty || !lists.isEmpty || !listsNot.isEmpty }

    /// Whether it names fields of packets.
    var namesFields: Bool { !fieldLines.isEmpty || !fieldLinesNot.isEmpty || !editLines.isEmpty }

    /// Whether it fires on every packet it looks at, and ends what comes behind.
    var endsAlways: Bool {
        guard byteCounts.isEmpty, byteCountsNot.isEmpty, phases == nil, phasesNot.isEmpty else { return false }
        guard fieldLines.isEmpty, fieldLinesNot.isEmpty, !asksOrigin else { return false }
        guard signature.isEmpty, notAfter == nil, repeats == nil, limit == nil, !isShadow else { return false }
        switch action {
        case .pass, .drop, .close, .ban: return true
        case .log, .rewrite, .delay: return false
        }
    }
}
