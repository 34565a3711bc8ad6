/// A file of addresses and networks, and what becomes of them.
public struct ListSettings: Sendable, Equatable {
    /// What becomes of an address that stands in a list.
    public enum Action: String, Sendable, Equatable {
        /// It may not connect.
        case refuse
        /// It is exempt, as who stands in `reputation.allow`.
        case allow
        /// Its connections are told in the log.
        case log
    }

    /// The path as it was written, seen from the service's file.
    public var file: String
    /// How logs and rules call it; unique.
    public var name: String
    /// What becomes of its addresses; `nil` for a list that only gives points.
    public var action: Action?
    /// Points that its addresses have from the start; only with `log`, or with no action.
    public var score: Double
    /// How its lines are read; `nil` finds out.
    public var format: ListFormat?
    /// Where the address stands, in the formats that have columns.
    public var column: ListColumn?

    /// Puts the parts together.
    public init(
        file: String, name: String, action: Action?, score: Double = 0, format: ListFormat? = nil,
        column: ListColumn? = nil
    ) {
        self.file = file
        self.name = name
        self.action = action
        self.score = score
        self.format = format
        self.column = column
    }
}

/// How the lines of a list are read.
public enum ListFormat: String, Sendable, Equatable, CaseIterable {
    /// An address, a network or a range, and comments behind `#`, `;` or `//`.
    case plain
    /// Words between spaces or tabs, one of them an entry.
    case columns
    /// Comma-separated values, also with semicolons or tabs.
    case csv
    /// The first and the last address, and more, with tabs between them.
    case dshield
    /// A text, a colon, and a range.
    case p2p
    /// What `ipset save` prints.
    case ipset
    /// A JSON object a line.
    case json
    /// nginx's `deny` lines.
    case nginx
}

/// A column of a list.
public enum ListColumn: Sendable, Equatable {
    /// From 1.
    case number(Int)
    /// By the name in the first row, or of a member.
    case name(String)
}
