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
    case noServer = "no-server"
    case rule = "rule"
    case banned = "banned"
    case violation = "violation"
    case proxyHeaderTimeout = "proxy-header-timeout"
    case phaseTimeout = "phase-timeout"
    case packetTimeout = "packet-timeout"
    case idleTimeout = "idle-timeout"
    case stalledReceiver = "stalled-receiver"
    case halfClosedTimeout = "half-closed-timeout"
    case delayTooLong = "delay-too-long"
    case tooManyOpen = "too-many-open"
    case outOfDescriptors = "out-of-descriptors"
    case drainTimeout = "drain-timeout"
    case stopped = "stopped"
    case listenerError = "socket-error"
}

extension Termination {
    public typealias Reason = TerminationReason
}
