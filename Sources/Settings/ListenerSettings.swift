public import WireBytes

/// A listener: where clients connect, and what guards them.
public struct ListenerSettings: Sendable, Equatable {
    /// Unique name.
    public var name: String
    /// Address and port to listen on.
    public var bind: Endpoint
    /// Where PROXY headers are required from; `nil` for clients that connect directly.
    public var proxySources: [IPNetwork]?
    /// The pool its connections lead to.
    public var pool: String
    /// How long a connection may dwell where.
    public var timeouts: Timeouts
    /// Its bounds.
    public var limits: Limits
    /// What holds while it is under attack; `nil` where it never is.
    public var underAttack: UnderAttackSettings?
    /// Whom another listener must let in first; `nil` where anybody may come.
    public var gate: GateSettings?
    /// Who may come in by country; `nil` for everybody.
    public var country: OriginGate<CountryChoice>?
    /// Who may come in by network operator; `nil` for everybody.
    public var asn: OriginGate<OperatorChoice>?

    /// Puts the parts together.
    public init(
        name: String, bind: Endpoint, proxySources: [IPNetwork]? = nil, pool: String,
        timeouts: Timeouts = Timeouts(), limits: Limits = Limits()
    ) {
        self.name = name
        self.bind = bind
        self.proxySources = proxySources
        self.pool = pool
        self.timeouts = timeouts
        self.limits = limits
    }

    /// How long a connection may dwell where, in nanoseconds.
    public struct Timeouts: Sendable, Equatable {
        /// From accept to the end of the PROXY header.
        public var proxyHeaderNS: UInt64 = 3_000_000_000
        /// From a packet's first byte to its last.
        public var packetNS: UInt64 = 10_000_000_000
        /// Without a byte either way.
        public var idleNS: UInt64 = 600_000_000_000
        /// A receiver that takes nothing while bytes wait for it.
        public var stalledNS: UInt64 = 30_000_000_000
        /// The other direction, once one side has ended.
        public var halfClosedNS: UInt64 = 30_000_000_000
        /// Open connections, once the service drains.
        public var drainNS: UInt64 = 30_000_000_000
        /// The longest a `delay` may hold a packet; then the connection is closed.
        public var delayNS: UInt64 = 5_000_000_000

        /// Puts the parts together.
        public init() {}
    }

    /// Bounds of one listener.
    public struct Limits: Sendable, Equatable {
        /// Connections open at once over all workers.
        public var open: Int = 8_000
        /// Bytes that may wait for one receiver before its sender is no longer read.
        public var backlogByteCount: Int = 65_536

        /// Puts the parts together.
        public init() {}
    }
}
