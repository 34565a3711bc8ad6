public import RuleEngine

/// How a connection ended: who ended it, in which phase, and why.
public struct Termination: Sendable, Equatable, BitwiseCopyable {
    /// Who ended it.
    public var cause: Cause
    /// In which phase of its life.
    public var stage: Stage
    /// Why.
    public var reason: Reason
    /// The rule, where one ended it.
    public var rule: RuleIndex?

    /// Puts the parts together.
    public init(cause: Cause, stage: Stage, reason: Reason, rule: RuleIndex? = nil) {
        self.cause = cause
        self.stage = stage
        self.reason = reason
        self.rule = rule
    }

    /// The two letters of the logs.
    public var code: String { String(cause.letter) + String(stage.letter) }

    /// The first letter: who ended the connection.
    public enum Cause: UInt8, Sendable, CaseIterable, BitwiseCopyable {
        /// The client closed or reset it.
        case client
        /// The server closed, reset or refused it.
        case server
        /// A rule closed it.
        case rule
        /// The address is banned, or a list or where it is from refuses it.
        case ban
        /// The client broke the protocol.
        case violation
        /// A deadline passed.
        case deadline
        /// A limit of this host or listener was reached.
        case limit
        /// The operator stopped the service or closed it.
        case `operator`
        /// A fault of Portcullis itself.
        case `internal`

        /// As in the logs.
        public var letter: Character {
            switch self {
            case .client: "C"
            case .server: "S"
            case .rule: "R"
            case .ban: "B"
            case .violation: "V"
            case .deadline: "T"
            case .limit: "L"
            case .operator: "O"
            case .internal: "I"
            }
        }

        /// For the manual's table.
        public var meaning: String {
            switch self {
            case .client: "the client closed or reset the connection"
            case .server: "the server closed, reset or refused it"
            case .rule: "a rule closed it"
            case .ban: "the address is banned, or refused by a list or by where it is from"
            case .violation: "the client broke the protocol"
            case .deadline: "a deadline passed"
            case .limit: "a limit of the listener or of this host was reached"
            case .operator: "the operator stopped the service"
            case .internal: "a fault of Portcullis itself"
            }
        }
    }

    /// The second letter: in which phase of its life the connection was.
    public enum Stage: UInt8, Sendable, CaseIterable, BitwiseCopyable {
        case proxyHeader
        case connecting
        case handshake
        case established
        case draining

        /// As in the logs.
        public var letter: Character {
            switch self {
            case .proxyHeader: "P"
            case .connecting: "C"
            case .handshake: "H"
            case .established: "E"
            case .draining: "D"
            }
        }

        /// For the manual's table.
        public var meaning: String {
            switch self {
            case .proxyHeader: "before or in the PROXY header"
            case .connecting: "connecting to the server"
            case .handshake: "in a preamble, or in a phase before the last"
            case .established: "in the last phase"
            case .draining: "while the service drained"
            }
        }
    }
}
