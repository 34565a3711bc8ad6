/// A description of texts from their first to their last character, as a small regular expression.
///
/// Shape: the states of a nondeterministic automaton; the last to be made is where it starts, the first the end.
public final class TextPattern: Sendable {
    /// What was written.
    public let source: String
    /// Whether letters of ASCII count in both cases.
    public let isCaseless: Bool

    /// States an automaton may have, which bounds what one character of a text can cost.
    public static let stateCountMax = 1_024

    let states: [PatternState]
    let sets: [CharacterRanges]
    let start: Int

    /// Compiles a pattern.
    ///
    /// It knows characters, `.`, `[a-z]`, `[^a-z]`, `\d \w \s` and their opposites, `( )`, `|`, `?`, `*`, `+`, `{m}`,
    /// `{m,}` and `{m,n}`; a backslash before any other sign stands for that sign.
    public init(parsing source: String, isCaseless: Bool = false) throws(TextPatternError) {
        self.source = source
        self.isCaseless = isCaseless
        var parser = PatternParser(source, isCaseless: isCaseless)
        let tree = try parser.parse()
        var compiler = PatternCompiler()
        start = try compiler.compile(tree)
        states = compiler.states
        sets = parser.sets
    }

    /// The pattern that describes exactly this text.
    public static func quoted(_ text: String) -> String {
        var quoted = ""
        for character in text.unicodeScalars {
            if "\\.[](){}|?*+^$".unicodeScalars.contains(character) { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return quoted
    }
}

extension TextPattern: Hashable {
    /// Whether both were written alike.
    public static func == (one: TextPattern, other: TextPattern) -> Bool {
        one.source == other.source && one.isCaseless == other.isCaseless
    }

    /// Hashes what was written.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

/// Why a text is no pattern.
public struct TextPatternError: Error, Hashable, Sendable {
    /// Unicode scalars before the one that is wrong.
    public let offset: Int
    /// What is wrong: one clause, without a full stop.
    public let problem: String
}

/// A state of a pattern's automaton.
enum PatternState: BitwiseCopyable, Sendable {
    /// The text may end here.
    case end
    /// Takes one character of a set, by its index.
    case take(Int, next: Int)
    /// Goes on at either state without taking anything.
    case split(Int, Int)
}

/// A pattern as it was written.
indirect enum PatternTree {
    /// One character of a set, by its index.
    case set(Int)
    case sequence([PatternTree])
    case choice([PatternTree])
    case repeated(PatternTree, least: Int, most: Int?)
}

/// Makes the automaton of a pattern, from its end to its start.
struct PatternCompiler {
    private(set) var states: [PatternState] = [.end]
    private var stepCount = 0

    /// Steps a compilation may take: repetitions of nothing make no states.
    private static let stepCountMax = 20_000

    /// - Returns: the state in which the automaton starts.
    mutating func compile(_ tree: PatternTree) throws(TextPatternError) -> Int { try compile(tree, next: 0) }

    private mutating func compile(_ tree: PatternTree, next: Int) throws(TextPatternError) -> Int {
        stepCount += 1
        if stepCount > Self.stepCountMax { throw Self.tooLarge }
        switch tree {
        case .set(let index):
            return try add(.take(index, next: next))
        case .sequence(let parts):
            var start = next
            for part in parts.reversed() { start = try compile(part, next: start) }
            return start
        case .choice(let branches):
            var start: Int?
            for branch in branches.reversed() {
                let one = try compile(branch, next: next)
                if let other = start { start = try add(.split(one, other)) } else { start = one }
            }
            return start ?? next
        case .repeated(let part, let least, let most):
            var start = next
            if let most {
                for _ in 0..<max(0, most - least) {
                    let one = try compile(part, next: start)
                    start = try add(.split(one, next))
                }
            } else {
                start = try add(.split(next, next))
                states[start] = .split(try compile(part, next: start), next)
            }
            for _ in 0..<least { start = try compile(part, next: start) }
            return start
        }
    }

    private mutating func add(_ state: PatternState) throws(TextPatternError) -> Int {
        if states.count >= TextPattern.stateCountMax { throw Self.tooLarge }
        states.append(state)
        return states.count - 1
    }

    private static var tooLarge: TextPatternError {
        TextPatternError(
            offset: 0,
            problem: "it is too large: its repetitions unfold to more than \(TextPattern.stateCountMax) steps")
    }
}
