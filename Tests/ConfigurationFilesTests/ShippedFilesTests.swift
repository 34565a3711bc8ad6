import ConfigurationFiles
import GameProtocol
import Settings
import TestSupport
import Testing
import WireBytes

@Suite("the files that are shipped")
struct ShippedFilesTests {
    static let root = PackageFiles.root + "/rules"

    @Test("all of them are free of errors and warnings")
    func clean() throws {
        let result = ConfigurationLoader.check(Self.root)
        #expect(result.text == "")
        let shipped = PackageFiles.files(below: "rules").filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".map") }
        #expect(result.sources.count == shipped.count && shipped.count > 30)
        #expect(result.configuration != nil)
    }

    @Test("the service loads into settings and rulesets")
    func service() throws {
        let result = ConfigurationLoader.load(Self.root + "/portcullis.yaml")
        #expect(result.text == "")
        let configuration = try #require(result.configuration)
        #expect(configuration.settings.listeners.map(\.name) == ["crossfire"])
        #expect(configuration.settings.listeners.first?.bind == Endpoint("127.0.0.1:13328"))
        #expect(configuration.settings.pools.first?.servers == [try #require(Endpoint("127.0.0.1:13327"))])
        #expect(configuration.settings.reputation == ReputationSettings())
        let listener = try #require(configuration.listeners.first)
        #expect(listener.policyNames == ["baseline", "crossfire"])
        #expect(listener.ruleset.descriptor.phases.map(\.name) == ["login", "world"])
        #expect(listener.ruleset.policy.rules.map(\.id).contains(1001))
        #expect(listener.ruleset.policy.rules.map(\.id).contains(101))
    }
}
