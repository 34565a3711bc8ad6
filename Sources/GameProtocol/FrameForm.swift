import WireBytes

/// A `FrameRule` laid flat: one row for the rule itself and one for each case of a select.
///
/// Shape: no references; variable parts are runs in the arrays of `FrameForms`. Which of the fields count depends on
/// `kind`.
struct FrameForm: Sendable, BitwiseCopyable {
    enum Kind: UInt8, Sendable, BitwiseCopyable {
        case length, varint, table, marked, delimited, select
    }

    let kind: Kind
    /// Least and most bytes of a packet; those of a select also bound its cases.
    let least: Int
    let most: Int
    /// Sizes allowed outside the bounds.
    let also: TableRun
    /// `length` and `marked`: the field.
    var length = LengthField(field: IntegerField(offset: 0, byteCount: 1, isLittleEndian: true), adjust: 0)
    /// `length`: what replaces it.
    var escapes = TableRun.none
    /// `varint`: where it stands, how long it may be, whether it counts the bytes before its own end, and what to add.
    var varintOffset = 0
    var varintByteCountMax = 0
    var varintCountsPacket = false
    var varintAdjust = 0
    /// `marked`: the bytes a packet begins with.
    var starts = TableRun.none
    /// `marked`: the bytes a packet ends with; `delimited`: the delimiter.
    var ends = TableRun.none
    /// `select`: the field that chooses, its bits that count, and its cases in ascending order.
    var selector = IntegerField(offset: 0, byteCount: 1, isLittleEndian: true)
    var selectorMask = UInt64.max
    var selectorShift = 0
    var cases = TableRun.none
    /// `select`: index of the form for all other values; -1 when there is none.
    var otherwise = -1
}

/// One value of a select and the form it leads to.
struct FrameCase: Sendable, BitwiseCopyable {
    let value: UInt64
    /// Index of the form.
    let form: Int
}

/// The forms of frame rules, as flat tables.
struct FrameForms: Sendable {
    private(set) var forms: [FrameForm] = []
    private(set) var also: [Int] = []
    private(set) var escapes: [LengthEscape] = []
    private(set) var patterns: [PatternByte] = []
    private(set) var cases: [FrameCase] = []

    /// Adds the forms of a rule.
    ///
    /// - Returns: the index of the first, which is the rule's own.
    mutating func add(_ rule: FrameRule) -> Int {
        let index = forms.count
        add(rule, least: 1, most: .max, also: [])
        return index
    }

    /// Adds the row of `rule` and then those of its cases.
    ///
    /// - Parameters: the bounds of the selects around it.
    private mutating func add(_ rule: FrameRule, least: Int, most: Int, also outerAlso: [Int]) {
        let sizes = rule.also + outerAlso
        var form = FrameForm(
            kind: Self.kind(of: rule.frame), least: max(least, rule.byteCountMin), most: min(most, rule.byteCountMax),
            also: TableRun(start: also.count, count: sizes.count))
        also += sizes
        switch rule.frame {
        case .length(let field, let replacements):
            form.length = field
            form.escapes = TableRun(start: escapes.count, count: replacements.count)
            escapes += replacements
        case .varint(let offset, let byteCountMax, let countsPacket, let adjust):
            precondition(offset >= 0 && (1...10).contains(byteCountMax), "no varint has \(byteCountMax) bytes")
            form.varintOffset = offset
            form.varintByteCountMax = byteCountMax
            form.varintCountsPacket = countsPacket
            form.varintAdjust = adjust
        case .table:
            break
        case .marked(let starts, let field, let ends):
            form.starts = add(zip(starts.bytes, starts.masks).map { PatternByte(value: $0, mask: $1) })
            form.length = field
            form.ends = add(zip(ends.bytes, ends.masks).map { PatternByte(value: $0, mask: $1) })
        case .delimited(let delimiter):
            precondition(!delimiter.isEmpty, "a delimiter has at least one byte")
            form.ends = add(delimiter.map { PatternByte(value: $0, mask: 0xFF) })
        case .uncut:
            preconditionFailure("bytes that are not cut have no form")
        case .select(let field, let choices, let mask, let shift, let otherwise):
            precondition((0..<64).contains(shift), "a number of 64 bits is not shifted by \(shift)")
            form.selector = field
            form.selectorMask = mask
            form.selectorShift = shift
            form.cases = TableRun(start: cases.count, count: choices.count)
            let ascending = choices.sorted { $0.key < $1.key }
            let own = forms.count
            forms.append(form)
            // The row of a case is known when it is added, but the run must stay in one piece if a case is a select.
            cases += ascending.map { FrameCase(value: $0.key, form: 0) }
            for (position, choice) in ascending.enumerated() {
                cases[form.cases.start + position] = FrameCase(value: choice.key, form: forms.count)
                add(choice.value, least: form.least, most: form.most, also: sizes)
            }
            if let otherwise {
                forms[own].otherwise = forms.count
                add(otherwise, least: form.least, most: form.most, also: sizes)
            }
            return
        }
        forms.append(form)
    }

    private mutating func add(_ pattern: [PatternByte]) -> TableRun {
        defer { patterns += pattern }
        return TableRun(start: patterns.count, count: pattern.count)
    }

    private static func kind(of frame: Frame) -> FrameForm.Kind {
        switch frame {
        case .length: .length
        case .varint: .varint
        case .table: .table
        case .marked: .marked
        case .delimited: .delimited
        case .select: .select
        case .uncut: preconditionFailure("bytes that are not cut have no form")
        }
    }
}
