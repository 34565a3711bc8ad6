import Geography
import Inspection
import RuleEngine
import Settings
import TestSupport
import Testing
import WireBytes

@testable import DataPlane

@Suite("Where clients are from, on the simulated network")
struct OriginTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    /// Of the test databases: in Great Britain, in the United States with operator 209, and nowhere.
    private let british = "2.125.160.216"
    private let american = "216.160.83.56"
    private let nowhere = "203.0.113.1"

    private func atlas(_ hosting: [UInt32]? = [209]) throws -> Atlas {
        func database(_ name: String) throws -> GeoDatabase {
            try GeoDatabase(PackageFiles.bytes("Tests/Fixtures/geo/\(name).mmdb"))
        }
        return Atlas(
            country: try database("country"), asn: try database("asn"), hosting: hosting.map { HostingOperators($0) })
    }

    private func countries(_ texts: String..., hasUnknown: Bool = false) -> CountryChoice {
        CountryChoice(texts.compactMap { CountryCode($0) }, hasUnknown: hasUnknown)
    }

    private func header(_ address: String) -> [UInt8] {
        Array("PROXY TCP4 \(address) 192.0.2.1 4711 7801\r\n".utf8)
    }

    private func reasons(
        _ atlas: Atlas, isBehindBalancer: Bool = false, rules: [RuleDefinition] = [],
        _ change: (inout ListenerSettings) -> Void
    ) throws -> (reasons: [Termination.Reason?], names: [String?], servers: Int) {
        let settings = Game.settings(isBehindBalancer: isBehindBalancer) {
            $0.reputation.allow = [IPNetwork("81.2.69.160")].compactMap { $0 }
            change(&$0.listeners[0])
        }
        let world = try World(settings: settings, rulesets: [Game.ruleset(rules)], atlas: atlas)
        // The last one is allowed, and British.
        let clients = [british, american, nowhere, "81.2.69.160"].map { address in
            isBehindBalancer
                ? world.addClient([.send(header(address) + request), .finish, .awaitEnd], from: Game.balancer)
                : world.addClient([.send(request), .finish, .awaitEnd], from: address)
        }
        world.run()
        #expect(world.network.violations == [])
        let records = clients.map { world.record(of: $0) }
        for record in records {
            guard let record, record.termination.reason != .finished else { continue }
            #expect(record.termination.cause == .ban || record.termination.cause == .rule)
        }
        return (records.map { $0?.termination.reason }, records.map { $0?.ruleName }, world.servers.count)
    }

    @Test("a listener lets in the countries it names, and unknown ones when it says so", arguments: [false, true])
    func allowsCountries(isBehindBalancer: Bool) throws {
        let some = try reasons(atlas(), isBehindBalancer: isBehindBalancer) {
            $0.country = OriginGate(.allow, countries("US", "DE"))
        }
        #expect(some.reasons == [.countryRefused, .finished, .countryRefused, .finished])
        #expect(some.names[0] == "GB" && some.names[2] == "unknown" && some.servers == 2)
        let unknown = try reasons(atlas(), isBehindBalancer: isBehindBalancer) {
            $0.country = OriginGate(.allow, countries("US", hasUnknown: true))
        }
        #expect(unknown.reasons == [.countryRefused, .finished, .finished, .finished])
    }

    @Test("a listener refuses the countries it names, and unknown ones only when it says so")
    func deniesCountries() throws {
        let some = try reasons(atlas()) { $0.country = OriginGate(.deny, countries("GB")) }
        #expect(some.reasons == [.countryRefused, .finished, .finished, .finished])
        let unknown = try reasons(atlas()) { $0.country = OriginGate(.deny, countries("GB", hasUnknown: true)) }
        #expect(unknown.reasons == [.countryRefused, .finished, .countryRefused, .finished])
    }

    @Test("a listener refuses network operators by number, and those that rent out servers")
    func operators() throws {
        let number = try reasons(atlas()) { $0.asn = OriginGate(.deny, OperatorChoice([209])) }
        #expect(number.reasons == [.finished, .networkRefused, .finished, .finished])
        #expect(number.names[1] == "AS209")
        let hosting = try reasons(atlas()) { $0.asn = OriginGate(.deny, OperatorChoice([], hasHosting: true)) }
        #expect(hosting.reasons == number.reasons)
    }

    @Test("what is missing lets everybody pass, listeners and rules alike")
    func missing() throws {
        var condition = OriginCondition()
        condition.countriesNot = countries("DE")
        let rule = RuleDefinition(
            id: 100, name: "r", packets: PerDirection(both: nil), origin: condition, action: .close)
        let none = try reasons(Atlas(), rules: [rule]) {
            $0.country = OriginGate(.allow, countries("DE"))
            $0.asn = OriginGate(.allow, OperatorChoice([1]))
        }
        #expect(none.reasons == [.finished, .finished, .finished, .finished])
        let half = try reasons(atlas(nil)) { $0.asn = OriginGate(.deny, OperatorChoice([209], hasHosting: true)) }
        #expect(half.reasons == none.reasons)
    }

    @Test("a rule on a country closes its connections when they open, but for allowed addresses")
    func rules() throws {
        var condition = OriginCondition()
        condition.countries = countries("GB")
        let rule = RuleDefinition(
            id: 100, name: "british", packets: PerDirection(both: nil), origin: condition, action: .close)
        for isBehindBalancer in [false, true] {
            let outcome = try reasons(atlas(), isBehindBalancer: isBehindBalancer, rules: [rule]) { _ in }
            #expect(outcome.reasons == [.rule, .finished, .finished, .finished])
            #expect(outcome.names[0] == "british")
        }
    }

    @Test("databases that are replaced hold for new connections, and leave open ones alone")
    func replaced() throws {
        let settings = Game.settings { $0.listeners[0].country = OriginGate(.deny, countries("GB")) }
        let world = try World(settings: settings, rulesets: [Game.ruleset()])
        let script: [Peer.Step] = [.send(request), .pause(3 * Game.secondNS), .send(request), .finish, .awaitEnd]
        let early = world.addClient(script, from: british)
        world.run(forNS: Game.secondNS)
        world.shared.broadcast(.survey(try atlas()))
        let late = world.addClient(script, from: british)
        world.run()
        #expect(world.record(of: early)?.termination.reason == .finished)
        #expect(world.record(of: late)?.termination.reason == .countryRefused)
    }
}
