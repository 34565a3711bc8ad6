/// A name and what is said of it.
struct Fact: Sendable, Hashable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a service's files mean, with every default filled in: `check --explain`.
public struct Explanation: Sendable {
    /// In the order of the file.
    var listeners: [ExplainedListener]
    /// What holds for all of them.
    let service: [Fact]

    /// The names of the listeners.
    public var listenerNames: [String] { listeners.map(\.name) }

    /// Only one of the listeners; `nil` where none has that name.
    public func only(_ name: String) -> Explanation? {
        var other = self
        other.listeners = listeners.filter { $0.name == name }
        return other.listeners.isEmpty ? nil : other
    }
}

/// What guards one listener.
struct ExplainedListener: Sendable {
    let name: String
    let facts: [Fact]
    /// What is asked when a connection opens, in order.
    let opening: [ExplainedStep]
    let timeouts: [Fact]
    let phases: [ExplainedPhase]
    /// What is asked of every packet before the rules, in order.
    let checks: [ExplainedCheck]
    /// The violations that are no check of a packet.
    let others: [ExplainedCheck]
    let sides: [ExplainedSide]
    /// All rules, by index.
    let rules: [ExplainedRule]
    /// Indices of the rules that are judged when a connection opens.
    let openingRules: [Int]
    let isShadow: Bool
}

/// One step of what happens when a connection opens.
struct ExplainedStep: Sendable {
    let name: String
    let says: String
}

/// A phase with how its bytes are cut.
struct ExplainedPhase: Sendable {
    let name: String
    let facts: [Fact]
}

/// What the descriptor itself asks, and what follows where that is not so.
struct ExplainedCheck: Sendable {
    let id: UInt32
    let name: String
    let means: String
    /// Actions for the client's and the server's packets.
    let actions: (client: String, server: String)
    let score: Double
    /// Whether the listener's protocol asks for it at all.
    let canOccur: Bool
}

/// A rule with all it asks.
struct ExplainedRule: Sendable {
    let id: UInt32
    let name: String
    let asks: [Fact]
    let action: String
    let changes: [Fact]
    let reply: String?
    let score: Double
    let isShadow: Bool
    /// Whether it looks at all packets of a side.
    let isGeneral: Bool
}

/// The packets that one side sends.
struct ExplainedSide: Sendable {
    let sender: String
    let groups: [ExplainedGroup]
}

/// Packets that are asked the same rules.
struct ExplainedGroup: Sendable {
    /// Packets of the same group about which all the same is known.
    struct Packets: Sendable {
        let names: [String]
        let opcodes: [String]
        let size: String
        let phases: String
        let layout: [Fact]
    }

    let packets: [Packets]
    /// Indices of rules, in the order in which they are asked.
    let rules: [Int]
    /// Whether a rule names them.
    let hasOwnRules: Bool
}
