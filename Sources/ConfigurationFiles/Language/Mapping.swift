/// What a key is when it is left out.
enum Standard: Sendable {
    /// It may not be left out.
    case required
    /// It has this value.
    case value(String)
    /// It means this, in words.
    case words(String)
}

/// A key of a mapping, as an operator sees it.
struct Key: Sendable {
    let name: String
    let form: Form
    let standard: Standard
    /// One sentence.
    let means: String
    /// A value that works.
    let example: String
    /// What must stand beside it in its example, beyond what always does.
    let beside: [(String, String)]
    /// What may not stand beside it of what otherwise does.
    let without: [String]
    /// Another file around its example than its mapping's.
    let around: String?

    init(
        _ name: String, _ form: Form, _ standard: Standard, _ means: String, example: String,
        beside: [(String, String)] = [], without: [String] = [], around: String? = nil
    ) {
        self.name = name
        self.form = form
        self.standard = standard
        self.means = means
        self.example = example
        self.beside = beside
        self.without = without
        self.around = around
    }
}

/// One kind of mapping: its keys, and what holds between them.
struct Mapping: Sendable {
    /// Between the keys of one mapping.
    enum Bond: Sendable {
        /// Exactly one of these is there.
        case oneOf([String])
        /// These are never there together.
        case notBoth(String, String)
        /// The first needs the second.
        case needs(String, String)
        /// Where a key has a value of this form, another one is needed.
        case needsWhere(String, like: String, String)
        /// Where a key has this value, others have these forms, and otherwise those.
        case when(String, String, then: [(String, Form)], otherwise: [(String, Form)])
        /// At least one of these is there.
        case anyOf([String])
    }

    /// The kinds of files.
    enum File: Sendable {
        case service
        case game
        case policy
    }

    /// As the schema calls it.
    let name: String
    /// As diagnostics call it: `a listener`.
    let noun: String
    /// As the reference calls it.
    let title: String
    let file: File
    /// A whole file with `<>` where this mapping stands.
    let around: String
    /// Keys that always stand in an example.
    let beside: [(String, String)]
    let keys: [Key]
    /// Keys with names that the operator chooses: their form, and a sentence about them.
    let others: (pattern: String, form: Form, means: String, example: String)?
    let bonds: [Bond]

    init(
        _ name: String, _ noun: String, _ title: String, _ file: File, around: String,
        beside: [(String, String)] = [], keys: [Key],
        others: (pattern: String, form: Form, means: String, example: String)? = nil, bonds: [Bond] = []
    ) {
        self.name = name
        self.noun = noun
        self.title = title
        self.file = file
        self.around = around
        self.beside = beside
        self.keys = keys
        self.others = others
        self.bonds = bonds
    }

    /// Where the reference has it, as links name it.
    var anchor: String {
        String(
            String.UnicodeScalarView(
                title.lowercased().unicodeScalars.compactMap { scalar in
                    scalar == " "
                        ? "-"
                        : scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-"
                            ? scalar : nil
                }))
    }
}
