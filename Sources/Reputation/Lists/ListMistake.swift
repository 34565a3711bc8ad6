public import Settings
public import WireBytes

/// Something in a list that is no entry.
public struct ListMistake: Error, Sendable, Equatable {
    /// What it is.
    public enum Kind: Sendable, Equatable {
        /// A word that is no address or network, and why.
        case syntax(AddressSyntaxError)
        /// A second word behind the entry.
        case secondWord
        /// A range whose last address stands before its first.
        case backwards
        /// A range from IPv4 to IPv6.
        case mixed
        /// A line that its format does not have, and what it has.
        case form(String)
        /// One entry more than there may be; nothing behind it was read.
        case tooMany
    }

    /// What it is.
    public let kind: Kind
    /// 1-based.
    public let line: Int
    /// 1-based, in characters.
    public let column: Int
    /// Characters, at least 1.
    public let length: Int
    /// The line without its end, or the beginning of a very long one.
    public let text: String
}

extension ListMistake.Kind: CustomStringConvertible {
    /// What was expected, in words.
    public var description: String {
        switch self {
        case .syntax: "expected an address or network"
        case .secondWord: "a second word stands behind the entry"
        case .backwards: "this range ends before it begins"
        case .mixed: "this range goes from IPv4 to IPv6"
        case .form(let expected): "expected \(expected)"
        case .tooMany: "there are too many entries"
        }
    }
}

/// What became of reading a list.
public struct ListReading: Sendable, Equatable {
    /// The first mistakes, in order.
    public var mistakes: [ListMistake] = []
    /// All mistakes, or `stopCount`.
    public var mistakeCount = 0
    /// Mistakes after which reading stops: a text with so many is no list, and telling each takes time.
    public static let stopCount = 100_000
    /// Entries that were added, repetitions among them.
    public var entryCount = 0
    /// What it was read as.
    public var format: ListFormat

    init(format: ListFormat) {
        self.format = format
    }

    mutating func note(_ mistake: ListMistake, most: Int) {
        mistakeCount += 1
        if mistakes.count < most { mistakes.append(mistake) }
    }
}
