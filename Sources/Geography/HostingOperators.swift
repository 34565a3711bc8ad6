/// The network operators that rent out servers, as a file names them.
public struct HostingOperators: Sendable, Equatable {
    /// AS numbers, ascending, each once.
    private let numbers: [UInt32]

    /// Most lines with a number.
    public static let countMax = 200_000
    /// Most bytes of a file.
    public static let byteCountMax = 8 << 20

    /// These operators.
    public init(_ numbers: some Sequence<UInt32>) {
        self.numbers = Set(numbers).sorted()
    }

    /// Reads a file: one number a line, with or without `AS` before it; `#` and `;` begin a comment.
    ///
    /// - Throws: the first line that is something else.
    public init(parsing text: [UInt8]) throws(HostingMistake) {
        var numbers: [UInt32] = []
        var line = 0
        for bytes in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            let content = bytes.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: ";") }
            let words = content.split {
                $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
            }
            guard let word = words.first else { continue }
            guard words.count == 1, let number = Self.number(word) else {
                throw HostingMistake(line: line, kind: .syntax)
            }
            guard numbers.count < Self.countMax else { throw HostingMistake(line: line, kind: .tooMany) }
            numbers.append(number)
        }
        self.init(numbers)
    }

    /// How many there are.
    public var count: Int { numbers.count }

    /// Bytes that they take.
    public var byteCount: Int { numbers.capacity * MemoryLayout<UInt32>.stride }

    /// Whether an operator is among them.
    public func contains(_ number: UInt32) -> Bool {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < numbers.count && numbers[low] == number
    }

    private static func number(_ word: ArraySlice<UInt8>) -> UInt32? {
        var digits = word
        if digits.count > 2, digits[digits.startIndex] | 0x20 == UInt8(ascii: "a"),
            digits[digits.startIndex + 1] | 0x20 == UInt8(ascii: "s")
        {
            digits = digits.dropFirst(2)
        }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self)).flatMap { $0 == 0 ? nil : $0 }
    }
}

/// A line of a file of operators that cannot be read.
public struct HostingMistake: Error, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Kind: Sendable, Equatable {
        case syntax
        case tooMany
    }

    /// Its number, from 1.
    public let line: Int
    /// What is wrong with it.
    public let kind: Kind

    /// Puts the parts together.
    public init(line: Int, kind: Kind) {
        self.line = line
        self.kind = kind
    }

    /// In words.
    public var description: String {
        switch kind {
        case .syntax: "line \(line): expected a number such as 64496 or AS64496, one a line"
        case .tooMany: "line \(line): there are more than \(HostingOperators.countMax) numbers"
        }
    }
}
