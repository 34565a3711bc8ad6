/// Violations are the first rules of every policy.
extension Violation {
    /// Its place in `Policy.rules`.
    public var index: RuleIndex { RuleIndex(rawValue - 1) }

    /// The violation at a place in `Policy.rules`; `nil` where an operator's rule stands.
    public init?(index: RuleIndex) {
        self.init(rawValue: UInt32(index) + 1)
    }
}

extension RuleAction {
    /// As operators write it, and as logs show it.
    public var name: String {
        switch self {
        case .pass: "pass"
        case .log: "log"
        case .rewrite: "rewrite"
        case .drop: "drop"
        case .delay: "delay"
        case .close: "close"
        case .ban: "ban"
        }
    }
}
