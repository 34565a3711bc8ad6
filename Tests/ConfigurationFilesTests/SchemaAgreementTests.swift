import Foundation
import TestSupport
import Testing

@testable import ConfigurationFiles

/// A file for both the parser and an independent validator of the published schemas.
private struct Sample {
    let title: String
    let kind: ConfigurationLanguage.FileKind
    let text: String
    /// The value that was put in the place of an example.
    var value: String?
    /// The mapping that is looked at alone, and its name; the whole file otherwise.
    var part: (text: String, name: String)?

    init(_ title: String, _ kind: ConfigurationLanguage.FileKind, _ text: String) {
        self.title = title
        self.kind = kind
        self.text = text
    }

    /// A file with a value in the place of a key's example.
    init(_ place: LanguageExamples.Place, value: String? = nil) {
        self.init(
            "\(place): \(value ?? place.key.example)", LanguageExamples.kind(place.mapping.file),
            LanguageExamples.text(place, value: value))
        self.value = value
        // A frame with another length is another form of frame.
        if value != nil, !place.mapping.name.hasSuffix("_frame") {
            part = (LanguageExamples.part(place, value: value), place.mapping.name)
        }
    }

    /// As the validator is told.
    var question: [String: String] {
        var question = ["kind": kind.rawValue, "text": part?.text ?? text]
        question["definition"] = part?.name
        return question
    }
}

@Suite("the published schemas")
struct SchemaAgreementTests {
    static let interpreter = PackageFiles.root + "/.build/python/bin/python"
    /// An environment that was made before the validator was needed does not have it.
    static let hasValidator: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = ["-c", "import jsonschema, yaml"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
    static let withoutValidator: Comment = "packaging/install-packages test has not been run"

    @Test("an independent validator accepts every example of a key", .enabled(if: hasValidator, withoutValidator))
    func examples() throws {
        try hold(LanguageExamples.places.map { Sample($0) })
    }

    @Test("it accepts every file that is shipped", .enabled(if: hasValidator, withoutValidator))
    func shipped() throws {
        let samples = try PackageFiles.files(below: "rules").filter { $0.hasSuffix(".yaml") }.map { path in
            Sample(path, Self.kind(ofPath: path), try PackageFiles.text(path))
        }
        #expect(samples.count > 30)
        let answers = try Self.validate(samples.map(\.question))
        for (sample, answer) in zip(samples, answers) { #expect(answer == [nil, nil], "\(sample.title)") }
    }

    @Test("every file that is shipped names its schema, for editors")
    func named() throws {
        for path in PackageFiles.files(below: "rules") where path.hasSuffix(".yaml") {
            let line = try PackageFiles.text(path).prefix { $0 != "\n" }
            let schema = try #require(line.wholeMatch(of: /# yaml-language-server: \$schema=(.*)/), "\(path)").1
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            let text = try PackageFiles.text("\(folder)/\(schema)")
            #expect(text == ConfigurationLanguage.schema(of: Self.kind(ofPath: path)), "\(path)")
        }
    }

    @Test("it accepts every block of the manual", .enabled(if: hasValidator, withoutValidator))
    func manual() throws {
        var samples: [Sample] = []
        for path in Manual.paths {
            let page = try ManualPage(path)
            for block in page.blocks where block.fileName?.hasSuffix(".yaml") != false {
                let (name, text) = try block.fileName.map { ($0, block.text) } ?? page.completed(block)
                samples.append(Sample("\(path):\(block.line)", Self.kind(ofPath: "/" + name), text))
            }
        }
        #expect(samples.count > 40)
        let answers = try Self.validate(samples.map(\.question))
        for (sample, answer) in zip(samples, answers) { #expect(answer == [nil, nil], "\(sample.title)") }
    }

    private static func kind(ofPath path: String) -> ConfigurationLanguage.FileKind {
        path.contains("/protocols/") ? .protocol : path.contains("/policies/") ? .policy : .service
    }

    @Test("it refuses what is no value of a key, as the program does", .enabled(if: hasValidator, withoutValidator))
    func values() throws {
        var seen: Set<String> = []
        try hold(
            LanguageExamples.places.flatMap { place in
                let isNew = seen.insert(place.key.form.json.compact).inserted
                return (isNew ? Self.values : Self.fewValues).map { Sample(place, value: $0) }
            })
    }

    @Test("it refuses a mapping without a key that it needs", .enabled(if: hasValidator, withoutValidator))
    func missing() throws {
        try hold(
            LanguageExamples.mappings.flatMap { mapping in
                mapping.keys.compactMap { key in
                    guard case .required = key.standard, mapping.name != "varint_frame" else { return nil }
                    let text = LanguageExamples.text(mapping, without: key.name)
                    return Sample("\(mapping.name) without \(key.name)", LanguageExamples.kind(mapping.file), text)
                }
            })
    }

    @Test("it refuses a key that is not there", .enabled(if: hasValidator, withoutValidator))
    func unknown() throws {
        try hold(
            LanguageExamples.mappings.filter { $0.others == nil }.map { mapping in
                let text = LanguageExamples.text(mapping, and: [("zzzzzzzz", "1")])
                return Sample("\(mapping.name) with zzzzzzzz", LanguageExamples.kind(mapping.file), text)
            })
    }

    @Test("it agrees about every file in these tests' own source", .enabled(if: hasValidator, withoutValidator))
    func sources() throws {
        var samples: [Sample] = []
        for path in PackageFiles.files(below: "Tests/ConfigurationFilesTests") where path.hasSuffix(".swift") {
            for text in try Self.literals(in: PackageFiles.text(path)) where text.hasPrefix("version: 1\n") {
                let kind: ConfigurationLanguage.FileKind =
                    text.contains("\npolicy:") ? .policy : text.contains("\nprotocol:") ? .protocol : .service
                samples.append(Sample("\(path): \(text)", kind, text))
            }
        }
        #expect(samples.count > 100)
        try hold(samples)
    }

    /// Gives files to both, and expects that they agree wherever one of them only looks at forms.
    private func hold(_ samples: [Sample]) throws {
        let folder = try LanguageExamples.folder()
        let answers = try Self.validate(samples.map(\.question))
        try #require(answers.count == samples.count)
        for (sample, answer) in zip(samples, answers) {
            let path = try folder.write(LanguageExamples.fileName(sample.kind), sample.text)
            let found = ConfigurationLoader.check(path).diagnostics.filter { $0.severity == .error }
            if found.isEmpty {
                #expect(answer == [nil, nil], "\(sample.title)")
            } else if found.contains(where: { Self.isAboutForm($0, sample) }) {
                #expect(answer[0] != nil, "\(sample.title): \(found.map(\.message))")
            } else if found.allSatisfy({ Self.isAboutMeaning($0.code) }) {
                #expect(answer[0] == nil, "\(sample.title): \(found.map(\.message))")
            }
        }
    }

    /// Mistakes in the form of a value or in the keys of a mapping: a schema must find them.
    private static let aboutForm: Set<DiagnosticCode> = [
        .unknownKey, .missingKey, .wrongType, .badValue, .outOfRange, .notSupported, .badName, .reservedRuleID,
        .unknownCountry,
    ]

    /// Mistakes that need other parts of the files to be known, so that a schema never finds them.
    private static func isAboutMeaning(_ code: DiagnosticCode) -> Bool {
        // A field that is not there hides what is wrong behind it, and some sizes and actions are bounded by forms.
        let others: Set<DiagnosticCode> = [
            .reservedRuleID, .tooMany, .impossibleAction, .unknownField, .impossibleSize, .unknownCountry,
        ]
        return code.rawValue >= DiagnosticCode.unknownPacket.rawValue && !others.contains(code)
    }

    private static func isAboutForm(_ diagnostic: Diagnostic, _ sample: Sample) -> Bool {
        guard aboutForm.contains(diagnostic.code) else { return false }
        return !beyond.contains { one in
            diagnostic.message.contains(one.message) && sample.title.hasPrefix(one.key)
                && (one.isValue == nil || one.isValue?(sample.value ?? "") == true)
        }
    }

    /// What a schema cannot say of a value's form.
    private struct Beyond: Sendable {
        let message: String
        var key = ""
        var isValue: (@Sendable (String) -> Bool)?
    }

    private static let beyond = [
        // Bounds of values with a unit.
        Beyond(message: "bytes are outside"), Beyond(message: "this is shorter than"),
        Beyond(message: "this is longer than"), Beyond(message: "a rate is"),
        // An editor reads digits without quotes as a number, whatever their count, and hex as the same number.
        Beyond(message: "expected bytes in hex", isValue: { $0.allSatisfy(\.isNumber) }),
        Beyond(message: "expected ", isValue: { $0 == "0x11" }),
        // What stands elsewhere, in the file or in others.
        Beyond(message: "but is named for"), Beyond(message: "this list needs a 'name'"), Beyond(message: "is never"),
        Beyond(message: "has no version"),
        Beyond(message: "expected a whole number", key: "packet.opcode"),
        Beyond(message: "found '10.0.0.5/8'"),
        // Sums.
        Beyond(message: "is no power of two"), Beyond(message: "the two links of an element"),
    ]

    private static let fewValues = [
        "", "a b", "-1", "1", "70000", "10s", "64KiB", "80/s", "[a]", "{ zz: 1 }",
    ]
    private static let values =
        fewValues + [
            "a", "true", "1.5", "u8@0", "\"de ad\"", "no", "false", "none", "017", "1e3", "22:30", "0", "2", "33",
            "129", "0x11", "99999999999999999999999",
            "0s",
            "10 s", "5h", "64 KiB", "5/10m", "32KiB/s", "10%", "101%", "8..128", "\"> 1000\"", "4..", "..-2", "[]",
            "[1]", "[[1]]", "[{}]", "{}", "u16le@-2", "varint(3)@0", "varint@after-length", "word@0", "utf8z@4",
            "\"de ad ?? ef\"", "\"d\"", "10.0.0.0/8", "\"::/0\"", "127.0.0.1:80", "client", "drop", "shadow", "\"\"",
        ]

    /// The texts between triple quotes, without those that something is put into.
    private static func literals(in source: String) -> [String] {
        var texts: [String] = []
        var open: [Substring]?
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == " " }
            if let lines = open, bare.hasPrefix("\"\"\"") {
                let indent = line.count - bare.count
                let text = lines.map { String($0.dropFirst(indent)) }.joined(separator: "\n")
                if !text.contains("\\") { texts.append(text + (lines.last?.isEmpty == true ? "" : "\n")) }
                open = nil
            } else if open != nil {
                open?.append(line)
            } else if bare.hasSuffix("\"\"\"") {
                open = []
            }
        }
        return texts
    }

    /// What the validator says about files, read as an editor does and as the program does.
    static func validate(_ files: [[String: String]]) throws -> [[String?]] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = [
            PackageFiles.root + "/Tests/acceptance/validate.py", PackageFiles.root + "/packaging/schema",
        ]
        let folder = try ScratchFolder()
        let input = try folder.write("files.json", bytes: Array(try JSONEncoder().encode(files)))
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([[String?]].self, from: said)
    }
}
