import RuleEngine
import Testing

@testable import ConfigurationFiles

@Suite("Rules about accounts")
struct AccountRuleTests {
    private func check(_ rule: String, account: String = "account: true", login: String = "") throws -> String {
        let folder = try ScratchFolder()
        try folder.write(
            "protocols/g.yaml",
            """
            version: 1
            protocol: g
            phases: [{ name: play, frame: { length: u16le@0, counts: packet, min: 4, max: 64 }, opcode: u16le@2 }]
            packets:
              client: { LOGIN: { opcode: 1, size: 8, fields: { name: { at: u32le@4, \(account) } } } }
              server: { WELCOME: { opcode: 1 } }
            \(login)

            """)
        try folder.write(
            "policies/p.yaml",
            "version: 1\npolicy: p\nprotocol: g\nrules: [{ id: 100, name: a, packet: LOGIN, \(rule) }]\n")
        return folder.check("policies/p.yaml")
    }

    private let login = "login: { success: WELCOME }"

    @Test(
        "a rule about accounts is accepted where a packet tells them",
        arguments: [
            "limit: { per: account, rate: 1/s }, action: drop",
            "limit: { per: [account, packet], rate: 1/s }, action: drop",
            "limit: { count: bytes, per: account, rate: 1KiB/s }, action: delay",
            "action: { ban: { for: 1h, on: account } }", "action: { ban: { on: account, kind: soft } }",
        ])
    func good(rule: String) throws {
        #expect(try check(rule, login: login) == "")
        #expect(try check(rule, account: "secret: true").contains("error[C060]: the rule 100 is about accounts"))
    }

    @Test("a ban of an account that nobody has checked is warned about, and a limit is not")
    func unchecked() throws {
        let text = try check("action: { ban: { on: account } }")
        #expect(text.contains("policies/p.yaml:4:15: warning[C016]: g does not say when a login has succeeded"))
        #expect(!text.contains("error"))
        #expect(try check("limit: { per: account, rate: 1/s }, action: drop") == "")
    }

    @Test(
        "a ban that says what it does not mean is refused in its place",
        arguments: [
            ("{ ban: { for: 0s } }", "error[C014]: this is shorter than 1s"),
            ("{ ban: { for: 900ms } }", "error[C014]: this is shorter than 1s"),
            ("{ ban: { kind: firm } }", "error[C013]: expected one of soft, hard, found 'firm'"),
            ("{ ban: { on: player } }", "error[C013]: expected one of address, account, network, found 'player'"),
            ("{ ban: { form: 1h } }", "error[C010]: a ban has no key 'form'"),
        ])
    func bad(action: String, expected: String) throws {
        let text = try check("action: \(action)", login: login)
        #expect(text.contains(expected), "\(text)")
    }

    @Test("a limit on connections cannot be per account", arguments: ["connections", "open"])
    func connections(count: String) throws {
        let text = try check(
            "limit: { count: \(count), per: account, rate: 1/s }".replacing("packet: LOGIN, ", with: ""))
        #expect(text.contains("error[C044]: when a connection opens, nobody knows whose account it is for"), "\(text)")
    }

    @Test("two owners of one bucket are refused")
    func twoScopes() throws {
        let text = try check("limit: { per: [account, address], rate: 1/s }", login: login)
        #expect(
            text.contains("error[C016]: a limit is per connection, address, network, account or listener"), "\(text)")
    }
}
