import Geography
import RuleEngine
import Settings
import TestSupport
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("where clients are from, in files")
struct OriginReaderTests {
    private static let geo = "geo: { country: c.mmdb, asn: a.mmdb, hosting: h.txt }\n"

    private static func folder() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("c.mmdb", bytes: PackageFiles.bytes("Tests/Fixtures/geo/country.mmdb"))
        try folder.write("a.mmdb", bytes: PackageFiles.bytes("Tests/Fixtures/geo/asn.mmdb"))
        try folder.write("h.txt", "64496\n")
        return folder
    }

    private static func service(_ listener: String, policies: String = "") -> String {
        "version: 1\nlisteners:\n  - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2\(policies)\(listener) }\n"
    }

    private static func policy(_ rule: String) -> String {
        "version: 1\npolicy: p\nrules:\n  - { id: 100, name: r, \(rule) }\n"
    }

    private func rule(_ text: String) throws -> RuleStatement {
        let bag = DiagnosticBag()
        let node = try #require(DocumentReader.parse(path: "p.yaml", bytes: Array(Self.policy(text).utf8), bag))
        let policy = try #require(PolicyReader(diagnostics: bag).read(node, expectedName: nil))
        #expect(!bag.hasErrors)
        return try #require(policy.rules.first)
    }

    @Test("a listener's gates and the databases are read")
    func gates() throws {
        let folder = try Self.folder()
        let text = Self.service(", country: { allow: [DE, unknown] }, asn: { deny: [64496, AS1, hosting] }") + Self.geo
        try folder.write("s.yaml", text)
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.text == "")
        let configuration = try #require(result.configuration)
        let listener = configuration.settings.listeners[0]
        #expect(
            listener.country
                == OriginGate(.allow, CountryChoice([CountryCode("DE")].compactMap { $0 }, hasUnknown: true)))
        #expect(listener.asn == OriginGate(.deny, OperatorChoice([1, 64496], hasHosting: true)))
        #expect(configuration.atlas.sources == [.country, .asn, .hosting])
        #expect(configuration.watched.paths == ["c.mmdb", "a.mmdb", "h.txt"].map { "\(folder.path)/\($0)" })
    }

    @Test("a missing and a broken file are warnings, and the service is there without them")
    func unusable() throws {
        let folder = try Self.folder()
        try folder.write("broken.mmdb", bytes: PackageFiles.bytes("Tests/Fixtures/geo/broken-tree.mmdb"))
        try folder.write("h.txt", "64496\nnobody\n")
        try folder.write(
            "s.yaml", Self.service("") + "geo: { country: none.mmdb, asn: broken.mmdb, hosting: h.txt }\n")
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.isValid && result.warningCount == 3)
        #expect(result.configuration?.atlas.sources == [])
        let said = folder.check("s.yaml")
        #expect(said.contains("s.yaml:4:17: warning[C056]: none.mmdb: no such file\n"))
        #expect(said.contains("warning[C056]: broken.mmdb: this "))
        #expect(said.contains("warning[C056]: h.txt: line 2: expected a number such as 64496 or AS64496"))
    }

    @Test("a list is named in a rule, and one that is not there is an error with the nearest name")
    func lists() throws {
        let folder = try Self.folder()
        try folder.write("a.txt", "192.0.2.1\n")
        try folder.write("b.txt", "192.0.2.2\n")
        let service =
            Self.service("", policies: ", policies: p")
            + "reputation: { lists: [{ file: a.txt, action: log }, { file: b.txt, name: proxies, action: log }] }\n"
        try folder.write("s.yaml", service)
        try folder.write(
            "policies/p.yaml", Self.policy("where: { list: proxies }, where_not: { list: a }, action: close"))
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.text == "")
        #expect(result.configuration?.rulesets[0].policy.originSources == .lists)
        try folder.write("policies/p.yaml", Self.policy("where: { list: [proxys] }, action: close"))
        let said = folder.check("s.yaml")
        #expect(said.contains("error[C029]: there is no list 'proxys'") && said.contains("'proxies'"))
    }

    @Test("who asks for what no file tells is warned")
    func unanswered() throws {
        let folder = try Self.folder()
        try folder.write("policies/p.yaml", Self.policy("where: { hosting: true }, action: close"))
        try folder.write(
            "s.yaml", Self.service(", country: { deny: [DE] }", policies: ", policies: p") + "geo: { asn: a.mmdb }\n")
        let said = folder.check("s.yaml")
        #expect(said.contains("warning[C057]: 'a' asks for what nothing tells: 'geo' has no 'country'"))
        #expect(said.contains("p.yaml:4:11: warning[C057]: the rule 100 asks for what nothing tells"))
        #expect(said.contains("'geo' has no 'hosting'"))
        #expect(
            try ScratchFolder.check("s.yaml", Self.service("") + "geo: { hosting: h.txt }\n").contains("never found"))
    }

    @Test(
        "what is no country or operator is refused, with what was probably meant",
        arguments: [
            ("country: { allow: [UK] }", "there is no country 'UK'", "'GB'"),
            ("country: { allow: [de] }", "there is no country 'de'", "'DE'"),
            ("country: { allow: [ZZ] }", "there is no country 'ZZ'", ""),
            ("country: { allow: [unkown] }", "there is no country 'unkown'", "'unknown'"),
            ("asn: { deny: [0] }", "expected the number of a network operator", "1 to 4294967295"),
            ("asn: { deny: [4294967296] }", "expected the number of a network operator", ""),
            ("asn: { deny: [hostin] }", "expected the number of a network operator", "'hosting'"),
            ("country: { allow: [DE], deny: [FR] }", "'deny' does not go with 'allow'", ""),
            ("country: {}", "needs one of the keys allow, deny", ""),
            ("country: { allow: [] }", "this list is empty", ""),
            ("asn: { allow: DE }", "expected a list", ""),
        ])
    func mistakes(text: String, message: String, suggestion: String) throws {
        let said = try ScratchFolder.check("s.yaml", Self.service(", " + text))
        #expect(said.contains("s.yaml:3:") && said.contains("error[") && said.contains(message), "\(said)")
        #expect(suggestion.isEmpty || said.contains(suggestion), "\(said)")
    }

    @Test("a rule's conditions are read, from both sides")
    func conditions() throws {
        let first = try rule("where: { country: [DE, AT], asn: 64496 }, where_not: { hosting: true }, action: close")
        #expect(first.origin.countries?.codes.map(\.description) == ["AT", "DE"])
        #expect(first.origin.operators == OperatorChoice([64496]) && first.origin.isHosting == false)
        #expect(first.asksOnlyOrigin && first.isAtOpen && !first.endsAlways)
        let second = try rule("where_not: { country: unknown, asn: hosting }")
        #expect(second.origin.countriesNot == CountryChoice([], hasUnknown: true))
        #expect(second.origin.operatorsNot == OperatorChoice([], hasHosting: true) && second.isAtOpen)
    }

    @Test(
        "whatever else a rule asks for makes it one on packets",
        arguments: [
            "from: client", "where_not: { size: 5 }", "limit: { rate: 1/s }", "bytes: { hex: \"01\" }",
            "repeats: { count: 2, in: 1s }",
        ])
    func onPackets(text: String) throws {
        #expect(try !rule("where: { country: DE }, action: drop, \(text)").isAtOpen)
    }

    @Test("a limit on connections may ask where they are from, and nothing about packets")
    func connections() throws {
        let limit = "limit: { count: connections, per: address, rate: 1/s }, action: close"
        #expect(try rule("where: { country: DE }, \(limit)").isAtOpen)
        let said = try ScratchFolder.check("p.yaml", Self.policy("where: { country: DE, size: 5 }, \(limit)"))
        #expect(said.contains("error[C044]") && said.contains("'where' is about packets"))
    }

    @Test("what needs a packet is refused where there is none", arguments: ["drop", "delay"])
    func impossible(action: String) throws {
        let said = try ScratchFolder.check("p.yaml", Self.policy("where: { country: DE }, action: \(action)"))
        #expect(said.contains("error[C043]") && said.contains("where there is no packet to \(action)"))
    }

    @Test("sixty-four questions of a listener are taken, and one more is refused")
    func bounds() throws {
        for count in [Policy.originCountMax, Policy.originCountMax + 1] {
            let folder = try Self.folder()
            let rules = (0..<count).map {
                "  - { id: \(1_000 + $0), name: r, from: client, where: { asn: \($0 + 1) } }\n"
            }.joined()
            try folder.write("policies/p.yaml", "version: 1\npolicy: p\nrules:\n" + rules)
            try folder.write("s.yaml", Self.service("", policies: ", policies: p") + Self.geo)
            let said = folder.check("s.yaml")
            #expect(said.isEmpty == (count == Policy.originCountMax), "\(said)")
            #expect(said.isEmpty || said.contains("ask 65 different questions about where clients are from"))
        }
    }

    @Test("the list of operators that is shipped can be read")
    func shipped() throws {
        var atlas = Atlas()
        try atlas.read(AtlasFile(part: .hosting, path: PackageFiles.root + "/rules/lists/hosting-asn.txt"))
        #expect((atlas.hosting?.count ?? 0) > 50)
    }

    @Test("a file that is read anew and cannot be leaves what was known before")
    func rereading() throws {
        let folder = try Self.folder()
        var atlas = Atlas()
        let file = AtlasFile(part: .country, path: folder.path + "/c.mmdb")
        try atlas.read(file)
        try folder.write("c.mmdb", "nothing")
        #expect(throws: AtlasFailure.self) { try atlas.read(file) }
        #expect(atlas.sources == .country)
    }
}
