/// A listener came under attack, or is no longer.
public struct UnderAttackRecord: Sendable, Equatable {
    /// What happened.
    public enum Change: String, Sendable {
        case began
        case ended
    }

    /// What said so.
    public enum Measure: String, Sendable {
        /// New connections.
        case new
        /// Connections in their handshake.
        case unfinished
        /// Connections that rules ended in their handshake.
        case failures
        /// An operator.
        case `operator`
    }

    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    /// Name of the listener.
    public var listener: String
    /// What happened.
    public var change: Change
    /// What said that it began; `operator` where one said that it ended, and otherwise `nil` then.
    public var measure: Measure?
    /// What was counted when it began.
    public var count: UInt64
    /// What that was above.
    public var threshold: UInt64
    /// How long it lasted, in whole seconds; 0 when it began.
    public var lastedSeconds: UInt64
    /// Name of the limits that strangers are held to.
    public var limits: String
    /// Who said so, where an operator did.
    public var who: String?

    /// Puts the parts together.
    public init(
        wallUS: Int64, listener: String, change: Change, measure: Measure?, count: UInt64 = 0, threshold: UInt64 = 0,
        lastedSeconds: UInt64 = 0, limits: String, who: String? = nil
    ) {
        self.wallUS = wallUS
        self.listener = listener
        self.change = change
        self.measure = measure
        self.count = count
        self.threshold = threshold
        self.lastedSeconds = lastedSeconds
        self.limits = limits
        self.who = who
    }

    /// The same for a person to read, under the names `under-attack` and `attack-over`.
    public var notice: Notice {
        let by = who.map { " by \($0)" } ?? ""
        switch change {
        case .began:
            let why =
                switch measure {
                case .new: "\(count) new connections, more than \(threshold)"
                case .unfinished: "\(count) connections in their handshake, more than \(threshold)"
                case .failures: "\(count) connections ended by rules in their handshake, more than \(threshold)"
                case .operator, nil: "by hand\(by)"
                }
            return Notice(
                wallUS: wallUS, level: .warning, name: "under-attack",
                text: "\(listener): \(why); strangers are held to \(limits)")
        case .ended:
            return Notice(
                wallUS: wallUS, level: .info, name: "attack-over",
                text: "\(listener): after \(lastedSeconds) s\(measure == .operator ? ", by hand" + by : "")")
        }
    }
}
