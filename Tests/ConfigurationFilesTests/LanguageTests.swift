import Foundation
import TestSupport
import Testing

@testable import ConfigurationFiles

@Suite("the language as editors and people are told it")
struct LanguageTests {
    @Test("every example of a key passes the check without a word", arguments: LanguageExamples.places)
    func examples(place: LanguageExamples.Place) throws {
        let folder = try LanguageExamples.folder()
        let name = LanguageExamples.fileName(LanguageExamples.kind(place.mapping.file))
        try folder.write(name, LanguageExamples.text(place))
        #expect(folder.check(name) == "")
    }

    @Test("a key that is left out means its default, and its example means something else", arguments: defaults)
    func standards(place: LanguageExamples.Place) throws {
        guard case .value(let standard) = place.key.standard else { return }
        let folder = try LanguageExamples.folder()
        let left = try Self.meaning(LanguageExamples.text(place, leavesOut: true), place, folder)
        #expect(try Self.meaning(LanguageExamples.text(place, value: standard), place, folder) == left)
        // Which names a map has decides what a prefix changes.
        if place.key.example != standard, place.mapping.name != "prefix" {
            #expect(try Self.meaning(LanguageExamples.text(place), place, folder) != left)
        }
    }

    private static let defaults = LanguageExamples.places.filter { place in
        if case .value = place.key.standard { true } else { false }
    }

    /// All that is said of a file: of a service's, and of one with this protocol or policy.
    private static func meaning(
        _ text: String, _ place: LanguageExamples.Place, _ folder: ScratchFolder
    ) throws -> String {
        let kind = LanguageExamples.kind(place.mapping.file)
        try folder.write(LanguageExamples.fileName(kind), text)
        let listener = kind == .protocol ? "protocol: part" : "protocol: example, policies: part"
        let service = "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, \(listener) }]\n"
        if kind != .service { try folder.write("portcullis.yaml", service) }
        let (result, explanation) = ConfigurationLoader.explain(folder.path + "/portcullis.yaml")
        return try #require(explanation, "\(place): \(result.text)").json
    }

    @Test(
        "every mapping has the keys that its reader knows, and no others", arguments: LanguageExamples.mappings.indices)
    func keys(index: Int) throws {
        let mapping = LanguageExamples.mappings[index]
        // What is no key of a condition is the name of a field.
        if mapping.name == "condition" {
            #expect(mapping.keys.map(\.name) == PolicyReader.whereShape.keys)
            return
        }
        let folder = try LanguageExamples.folder()
        let name = LanguageExamples.fileName(LanguageExamples.kind(mapping.file))
        try folder.write(name, LanguageExamples.text(mapping, and: [("zzzzzzzzzzzz", "1")]))
        let said = folder.check(name)
        #expect(said.contains("error[C010]: \(mapping.noun) has no key 'zzzzzzzzzzzz'\n"), "\(said)")
        let known = try #require(said.firstMatch(of: /its keys are ([^\n]*)/), "\(mapping.name): \(said)").1
        // The reader of a frame knows the keys of its other forms, to say which one was meant.
        let others = mapping.name == "length_frame" ? ["table", "starts", "ends", "until", "select"] : []
        #expect(Set(mapping.keys.map(\.name) + others) == Set(known.split(separator: ", ").map(String.init)))
    }

    @Test("every mapping that a reader knows is there")
    func shapes() throws {
        var nouns: Set<String> = []
        for path in PackageFiles.files(below: "Sources/ConfigurationFiles") where !path.contains("/Language/") {
            for match in try PackageFiles.text(path).matches(of: /\bShape\(\s*"([^"]+)"/) {
                nouns.insert(String(match.1))
            }
        }
        #expect(nouns.count > 40)
        // What stands by sides is written out where it is used.
        nouns.subtract(["a pair of directions"])
        #expect(nouns.subtracting(LanguageExamples.mappings.map(\.noun)).sorted() == [])
    }

    @Test("the reference lists every key with its example, as this program writes it")
    func reference() throws {
        let page = try PackageFiles.text("docs/manual/reference.md")
        #expect(page == ConfigurationLanguage.referencePage, "make manual writes it anew")
        for place in LanguageExamples.places {
            let line = "| `\(place.key.name)` |"
            #expect(page.contains(line), "\(place)")
        }
    }

    @Test("the published schemas are those of this program", arguments: ConfigurationLanguage.FileKind.allCases)
    func published(kind: ConfigurationLanguage.FileKind) throws {
        let path = "packaging/schema/\(kind.rawValue).schema.json"
        #expect(try PackageFiles.text(path) == ConfigurationLanguage.schema(of: kind), "make manual writes it anew")
    }
}
