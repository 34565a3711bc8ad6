import Rehearsal
import TestSupport
import Testing

@Suite("Scenarios: what is expected and what happens")
struct ScenarioTests {
    /// What a file of these scenarios comes to, each failure as `line: text`.
    private func run(_ text: String, files: GameFiles? = nil) throws -> (mistakes: [String], failures: [String]) {
        let files = try files ?? GameFiles()
        let path = try files.write("policies/game.test", text)
        let outcome = ScenarioTest.run(path)
        #expect(outcome.configurationErrors == "")
        return (
            outcome.mistakes.map { "\($0.line):\($0.column): \($0.message)" },
            outcome.scenarios.compactMap { scenario in scenario.failure.map { "\($0.line): \($0.message)" } }
        )
    }

    private func failures(_ steps: String, files: GameFiles? = nil) throws -> [String] {
        let text = "protocol game\npolicies rules\nscenario \"a\"\n" + steps
        let (mistakes, failures) = try run(text, files: files)
        #expect(mistakes == [])
        return failures
    }

    private let login = "client sends LOGIN\nserver sends WELCOME\n"

    @Test("every kind of expectation that is met passes")
    func met() throws {
        let steps = """
            from 192.0.2.7
            client sends LOGIN body "me"
            expect nothing
            expect server receives hex "0005 01 6d65"
            expect phase login
            server sends WELCOME
            expect phase play
            expect client receives hex "000301"
            5 times client sends SAY size 20
            expect 3 pass
            expect 2 drop
            expect 2 drop by flood
            expect 0 close
            expect score 4
            expect log "Found 192.0.2.7 action=drop score=2 packet=SAY bytes=20"
            expect no log "WouldDrop"
            after 10s
            client sends SAY body "damn you"
            expect pass
            expect would close by 102
            expect 1 would close by swearing
            expect log "WouldClose"
            client sends MOVE
            expect log by seen
            client sends SAY body "rude"
            expect close by 104
            expect end rule
            expect server receives nothing
            """
        #expect(try failures(steps) == [])
    }

    /// Three steps that put the connection into the phase `play`; they are lines 4 to 6.
    private static let play = "connect\nclient sends LOGIN\nserver sends WELCOME\n"

    @Test(
        "what goes another way is told with its line, what was expected and what happened",
        arguments: [
            ("expect drop", "7: expected drop, but it passed"),
            ("expect would drop", "7: expected would drop, but it passed"),
            ("expect score 3", "7: expected the score 3, but it is 0"),
            ("expect phase login", "7: expected the phase login, but it is play"),
            ("expect end", "7: expected an end, but it passed"),
            ("expect refused", "7: expected it to be refused, but it was let in"),
            (
                "expect client receives nothing",
                "7: expected the client to receive nothing, but it received hex \"00 03 01\""
            ),
            (
                "expect client receives text \"hello\"",
                "7: expected the client to receive \"hello\", but it received hex \"00 03 01\""
            ),
            ("as bob", "7: there is no connection 'bob' here"),
            ("client sends MOVE\nexpect nothing", "8: expected nothing, but it passed (log by 103 seen)"),
            ("client sends MOVE\nexpect drop by seen", "8: expected drop by seen, but it passed (log by 103 seen)"),
            (
                "5 times client sends SAY\nexpect 4 pass",
                "8: expected 4 pass, but 3 passed, 2 were dropped (drop by 101 flood)"
            ),
            (
                "client sends SAY body \"cheat\"\nexpect close by cheat",
                "8: expected close by cheat, but it was banned (ban by 100 cheat); the connection ended: banned"
            ),
            ("client sends SAY body \"cheat\"\nexpect ban\nclient sends SAY", "9: the connection is over: banned"),
            ("client closes\nexpect end reset", "8: expected the end reset, but it is finished"),
        ])
    func unmet(steps: String, failure: String) throws {
        #expect(try failures(Self.play + steps) == [failure])
    }

    @Test("a step without an expectation may not be touched, and shadow and log touch nothing")
    func implicit() throws {
        #expect(try failures(login + "client sends SAY body \"damn\"\nclient sends MOVE") == [])
        #expect(
            try failures(login + "4 times client sends SAY").first?.hasPrefix("6: expected nothing to be done") == true)
        #expect(try failures("after 30s") == [])
        let late = try failures("connect\nafter 30s").first ?? ""
        #expect(late.hasPrefix("5: expected nothing to be done, but it was closed (close by 5 timeout)"), "\(late)")
        #expect(late.hasSuffix("; the connection ended: phase-timeout"))
        #expect(try failures("connect\nafter 30s\nexpect end phase-timeout\nexpect close by timeout") == [])
    }

    @Test("connections have names and addresses; a ban shuts the address out and no other")
    func connections() throws {
        let files = try GameFiles(service: "reputation: { repeat: { jitter: 0% } }")
        let text = """
            service ../portcullis.yaml
            scenario "two players"
              connect ann from 192.0.2.7
              client sends LOGIN
              server sends WELCOME
              connect bob from 192.0.2.8
              client sends LOGIN
              server sends WELCOME
              as ann
              client sends SAY body "cheat"
              expect ban by 100
              expect log "Ban 192.0.2.7 for=600s"
              as bob
              client sends SAY
              from 192.0.2.7
              expect refused banned
              after 599s
              from 192.0.2.7
              expect refused
              after 2s
              expect log "Unban 192.0.2.7"
              from 192.0.2.7
              client sends LOGIN
              client closes
              expect end finished
            """
        let (mistakes, failures) = try run(text, files: files)
        #expect(mistakes == [] && failures == [])
    }

    @Test("time passes between packets that are sent every so often, and delayed packets arrive in theirs")
    func time() throws {
        #expect(try failures(login + "10 times every 1s client sends SAY\nexpect pass") == [])
        let files = try GameFiles(
            policy: """
                version: 1
                policy: rules
                protocol: game
                rules:
                  - { id: 100, name: slow, packet: SAY, limit: { rate: 1/s, burst: 1 }, action: delay }
                """)
        let steps = """
            client sends SAY body "a"
            client sends SAY body "b"
            expect delay by slow
            expect server receives nothing
            after 990ms
            expect server receives nothing
            after 10ms
            expect server receives hex "0004 02 62"
            """
        #expect(try failures(login + steps, files: files) == [])
    }

    @Test("each scenario begins anew")
    func fresh() throws {
        let text = """
            protocol game
            policies rules
            scenario "one"
              \(login.replacing("\n", with: "\n  "))
              3 times client sends SAY
            scenario "two"
              \(login.replacing("\n", with: "\n  "))
              3 times client sends SAY
              expect score 0
            """
        let (mistakes, failures) = try run(text)
        #expect(mistakes == [] && failures == [])
    }
}
