/// Reads what a pattern says.
struct PatternParser {
    private let text: [UInt32]
    private let isCaseless: Bool
    private var offset = 0
    private var depth = 0
    /// The sets of characters that the tree names.
    private(set) var sets: [CharacterRanges] = []

    /// Groups within groups, so that reading stays within the stack.
    private static let depthMax = 32

    init(_ source: String, isCaseless: Bool) {
        text = source.unicodeScalars.map(\.value)
        self.isCaseless = isCaseless
    }

    mutating func parse() throws(TextPatternError) -> PatternTree {
        if text.count > 4_096 { throw TextPatternError(offset: 4_096, problem: "it has more than 4096 characters") }
        // Patterns describe whole texts anyway.
        if peek == "^" { offset += 1 }
        let tree = try choice()
        if peek == "$", offset == text.count - 1 { offset += 1 }
        if offset < text.count { throw error("a ')' without its '('") }
        return tree
    }

    private var peek: Unicode.Scalar? {
        offset < text.count ? Unicode.Scalar(text[offset]) : nil
    }

    private func error(_ problem: String) -> TextPatternError { TextPatternError(offset: offset, problem: problem) }

    private mutating func choice() throws(TextPatternError) -> PatternTree {
        var branches = [try sequence()]
        while peek == "|" {
            offset += 1
            branches.append(try sequence())
        }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(TextPatternError) -> PatternTree {
        var parts: [PatternTree] = []
        while let sign = peek, sign != "|", sign != ")" {
            if sign == "$", offset == text.count - 1, depth == 0 { break }
            parts.append(try repeated(try atom(sign)))
        }
        return .sequence(parts)
    }

    private mutating func repeated(_ part: PatternTree) throws(TextPatternError) -> PatternTree {
        let bounds: (least: Int, most: Int?)
        switch peek {
        case "?": bounds = (0, 1)
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "{":
            offset += 1
            bounds = try counts()
        default: return part
        }
        offset += 1
        if let sign = peek, "?*+{".unicodeScalars.contains(sign) { throw error("one repetition follows another") }
        return .repeated(part, least: bounds.least, most: bounds.most)
    }

    /// Reads up to the closing brace, which is left.
    private mutating func counts() throws(TextPatternError) -> (least: Int, most: Int?) {
        let least = try count()
        if peek == "}" { return (least, least) }
        guard peek == "," else { throw error("expected ',' or '}'") }
        offset += 1
        if peek == "}" { return (least, nil) }
        let most = try count()
        guard peek == "}" else { throw error("expected '}'") }
        if most < least { throw error("the most is below the least") }
        return (least, most)
    }

    private mutating func count() throws(TextPatternError) -> Int {
        var value: Int?
        while let sign = peek, let digit = Int(String(sign)), (value ?? 0) <= TextPattern.stateCountMax {
            value = (value ?? 0) * 10 + digit
            offset += 1
        }
        guard let value else { throw error("expected a number") }
        if value > TextPattern.stateCountMax { throw error("at most \(TextPattern.stateCountMax) repetitions") }
        return value
    }

    private mutating func atom(_ sign: Unicode.Scalar) throws(TextPatternError) -> PatternTree {
        switch sign {
        case "(": return try group()
        case "[": return try characterClass()
        case ".":
            offset += 1
            return set(.any)
        case "\\":
            let (ranges, isNegated) = try escape()
            return set(CharacterRanges(ranges, isNegated: isNegated, isCaseless: isCaseless))
        case "?", "*", "+", "{": throw error("there is nothing to repeat")
        case "]", "}": throw error("write \\\(sign) for the sign itself")
        case "^", "$": throw error("a pattern describes the whole text; write \\\(sign) for the sign itself")
        default:
            offset += 1
            return set(CharacterRanges([sign.value...sign.value], isCaseless: isCaseless))
        }
    }

    private mutating func set(_ ranges: CharacterRanges) -> PatternTree {
        if let index = sets.firstIndex(of: ranges) { return .set(index) }
        sets.append(ranges)
        return .set(sets.count - 1)
    }

    private mutating func group() throws(TextPatternError) -> PatternTree {
        if depth == Self.depthMax { throw error("more than \(Self.depthMax) groups within one another") }
        let start = offset
        offset += 1
        if peek == "?" { throw error("a group has no sign of its own: '(?' is not known here") }
        depth += 1
        let tree = try choice()
        depth -= 1
        guard peek == ")" else { throw TextPatternError(offset: start, problem: "a '(' without its ')'") }
        offset += 1
        return tree
    }

    private mutating func characterClass() throws(TextPatternError) -> PatternTree {
        let start = offset
        offset += 1
        let isNegated = peek == "^"
        if isNegated { offset += 1 }
        var ranges: [ClosedRange<UInt32>] = []
        while let sign = peek, sign != "]" {
            if sign == "[" { throw error("write \\[ for the sign itself") }
            let first: [ClosedRange<UInt32>]
            if sign == "\\" {
                let (taken, isOpposite) = try escape()
                if isOpposite { throw error("an opposite does not go into brackets") }
                first = taken
            } else {
                first = [sign.value...sign.value]
                offset += 1
            }
            guard peek == "-", offset + 1 < text.count, text[offset + 1] != 0x5D else {
                ranges += first
                continue
            }
            offset += 1
            guard first.count == 1, first[0].count == 1, let last = peek else {
                throw error("a range begins with one character")
            }
            var end = last.value
            if last == "\\" {
                let (taken, isOpposite) = try escape()
                guard !isOpposite, taken.count == 1, taken[0].count == 1 else {
                    throw error("a range ends with one character")
                }
                end = taken[0].lowerBound
            } else {
                offset += 1
            }
            if end < first[0].lowerBound { throw error("this range runs backwards") }
            ranges.append(first[0].lowerBound...end)
        }
        guard peek == "]" else { throw TextPatternError(offset: start, problem: "a '[' without its ']'") }
        if ranges.isEmpty { throw TextPatternError(offset: start, problem: "these brackets are empty") }
        offset += 1
        return set(CharacterRanges(ranges, isNegated: isNegated, isCaseless: isCaseless))
    }

    /// What a backslash and the sign behind it stand for.
    private mutating func escape() throws(TextPatternError) -> (ranges: [ClosedRange<UInt32>], isNegated: Bool) {
        offset += 1
        guard let sign = peek else { throw error("nothing follows the backslash") }
        offset += 1
        switch sign {
        case "d": return (CharacterRanges.digits, false)
        case "D": return (CharacterRanges.digits, true)
        case "w": return (CharacterRanges.wordLetters, false)
        case "W": return (CharacterRanges.wordLetters, true)
        case "s": return (CharacterRanges.spaces, false)
        case "S": return (CharacterRanges.spaces, true)
        case "n": return ([0x0A...0x0A], false)
        case "r": return ([0x0D...0x0D], false)
        case "t": return ([0x09...0x09], false)
        case "u": return ([try hexadecimal()], false)
        default:
            let isSign = sign.isASCII && !sign.properties.isAlphabetic && !("0"..."9").contains(sign)
            guard isSign else {
                offset -= 1
                throw error("'\\\(sign)' means nothing here")
            }
            return ([sign.value...sign.value], false)
        }
    }

    /// `{1F600}` behind `\u`.
    private mutating func hexadecimal() throws(TextPatternError) -> ClosedRange<UInt32> {
        guard peek == "{" else { throw error("expected '{', as in \\u{e9}") }
        offset += 1
        var value: UInt32 = 0
        var count = 0
        while let sign = peek, let digit = UInt32(String(sign), radix: 16), count < 6 {
            value = value << 4 | digit
            count += 1
            offset += 1
        }
        guard count > 0, peek == "}", value <= 0x10_FFFF else { throw error("expected one to six digits in braces") }
        offset += 1
        return value...value
    }
}
