public import RuleEngine

/// What the relay must do next with the unread bytes of one direction.
///
/// Returned, never performed: the session makes no system call and reads no clock.
public enum Action: Equatable, Sendable, BitwiseCopyable {
    /// Keep the unread bytes and ask again when there are at least so many, always more than now.
    case needs(Int)
    /// Keep the unread bytes and ask again after bytes went the other way: it is the other side's turn.
    case waits
    /// The first bytes, so many, go on to the other side.
    case forward(Int)
    /// The first bytes, so many, go nowhere.
    case discard(Int)
    /// The first bytes, so many, go nowhere, and what `takeReplacement` gives goes on in their place.
    case replace(Int)
    /// Keep the unread bytes and ask again at this monotonic time in nanoseconds.
    case hold(untilNS: UInt64)
    /// The connection is over.
    case end(SessionEnd)
}

/// How the session wants its connection to end.
public struct SessionEnd: Equatable, Sendable, BitwiseCopyable {
    /// Who ended it.
    public var cause: Termination.Cause
    /// Why.
    public var reason: Termination.Reason
    /// The rule that ended it; `nil` for a deadline that no rule stands for.
    public var rule: RuleIndex?

    /// Puts the parts together.
    public init(cause: Termination.Cause, reason: Termination.Reason, rule: RuleIndex? = nil) {
        self.cause = cause
        self.reason = reason
        self.rule = rule
    }
}
