/// Why a connection ended, in a word of the logs; the termination code says who and when.
public enum TerminationReason: String, Sendable, CaseIterable, BitwiseCopyable {
    case finished = "finished"
    case reset = "reset"
    case truncatedPacket = "truncated-packet"
    case healthCheck = "health-check"
    case localCommand = "local-command"
    case untrustedSource = "untrusted-source"
    case connectRefused = "connect-refused"
    case connectTimeout = "connect-timeout"
    case rule = "rule"
    case banned = "banned"
    case listed = "listed"
    case countryRefused = "country-refused"
    case networkRefused = "network-refused"
    case violation = "violation"
    case proxyHeaderTimeout = "proxy-header-timeout"
    case phaseTimeout = "phase-timeout"
    case packetTimeout = "packet-timeout"
    case idleTimeout = "idle-timeout"
    case stalledReceiver = "stalled-receiver"
    case halfClosedTimeout = "half-closed-timeout"
    case delayTooLong = "delay-too-long"
    case gateClosed = "gate-closed"
    case attackOpen = "attack-open"
    case attackNew = "attack-new"
    case attackNewPerAddress = "attack-new-per-address"
    case attackHandshake = "attack-handshake"
    case attackRoom = "attack-room"
    case tooManyOpen = "too-many-open"
    case outOfDescriptors = "out-of-descriptors"
    case drainTimeout = "drain-timeout"
    case stopped = "stopped"

    /// For the manual's table.
    public var meaning: String {
        switch self {
        case .finished: "both sides sent their last byte, and all of it arrived"
        case .reset: "one side reset the connection"
        case .truncatedPacket: "one side closed in the middle of a packet or header"
        case .healthCheck: "a trusted source closed before its first byte"
        case .localCommand: "a PROXY header with LOCAL: the balancer's own check"
        case .untrustedSource: "a PROXY header is required, and this source is not in `from`"
        case .connectRefused: "no server of the pool accepted"
        case .connectTimeout: "no server of the pool answered within `connect_timeout`"
        case .rule: "a rule's `close` or `ban`"
        case .banned: "the address is banned, or was banned while it was connected"
        case .listed: "the address stands in a list that refuses it; `rule_name` is the list's file"
        case .countryRefused: "the listener's `country` does not let it in; `rule_name` is the country, or `unknown`"
        case .networkRefused: "the listener's `asn` does not let it in; `rule_name` is the number, or `unknown`"
        case .violation: "bytes that the descriptor or the PROXY protocol refuses"
        case .proxyHeaderTimeout: "no whole PROXY header within `proxy_header`"
        case .phaseTimeout: "the phase lasted longer than its `deadline`"
        case .packetTimeout: "a packet took longer than `packet` from its first byte to its last"
        case .idleTimeout: "no byte either way for `idle`"
        case .stalledReceiver: "bytes waited for a receiver that took none for `stalled`"
        case .halfClosedTimeout: "one side ended, and the other went on for longer than `half_closed`"
        case .delayTooLong: "a `delay` would have held a packet longer than it may"
        case .gateClosed: "nobody of this address or account has succeeded on the listener that opens this one"
        case .attackOpen: "the listener is under attack, and as many strangers as its `open` allows are connected"
        case .attackNew: "the listener is under attack, and more strangers come than its `new` allows"
        case .attackNewPerAddress: "the listener is under attack, and this stranger comes more often than it allows"
        case .attackHandshake: "the listener is under attack, and a stranger's handshake took longer than it allows"
        case .attackRoom: "the listener is under attack and full, and a stranger made room for who has played before"
        case .tooManyOpen: "the listener's `limits.open` was reached"
        case .outOfDescriptors: "this host has no descriptor, port or memory left"
        case .drainTimeout: "the service drained for longer than `drain`"
        case .stopped: "the service was told to end at once"
        }
    }
}

extension Termination {
    /// Why a connection ended.
    public typealias Reason = TerminationReason

    /// The manual's page of codes and reasons, in Markdown.
    public static var manualPage: String {
        var page = """
            # Termination codes

            Every connection ends with two letters and a reason in the connection log. The first letter says who ended
            it, the second in which phase of its life it was. This page is generated (`make manual`).

            | first | who ended it |
            |---|---|

            """
        for cause in Cause.allCases { page += "| `\(cause.letter)` | \(cause.meaning) |\n" }
        page += "\n| second | in which phase |\n|---|---|\n"
        for stage in Stage.allCases { page += "| `\(stage.letter)` | \(stage.meaning) |\n" }
        page += "\n| reason | means |\n|---|---|\n"
        for reason in Reason.allCases { page += "| `\(reason.rawValue)` | \(reason.meaning) |\n" }
        return page
    }
}
