import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite("Scenarios: files and their mistakes")
struct ScenarioFileTests {
    private func outcome(_ text: String) throws -> ScenarioTest.Outcome {
        let files = try GameFiles()
        return ScenarioTest.run(try files.write("policies/game.test", text))
    }

    private func mistakes(_ text: String) throws -> [String] {
        try outcome(text).mistakes.map { "\($0.line):\($0.column): \($0.message)" }
    }

    private let head = "protocol game\npolicies rules\nscenario \"a\"\n"

    @Test(
        "each mistake is told with its line and column",
        arguments: [
            ("client send SAY", "4:8: expected 'sends', 'closes' or 'resets', found 'send'"),
            ("clinet sends SAY", "4:1: 'clinet' is no step"),
            ("client sends", "4:13: expected a packet's name, 'hex' or 'text' here"),
            ("client sends LOGIN much", "4:20: 'much' says nothing about a packet"),
            ("client sends LOGIN size", "4:24: expected a number of bytes here"),
            ("client sends LOGIN size 0", "4:25: a packet has 1 to 1048576 bytes, not '0'"),
            ("client sends LOGIN size -1", "4:25: a packet has 1 to 1048576 bytes, not '-1'"),
            ("client sends LOGIN body \"x", "4:25: this quote has no end"),
            ("client sends LOGIN body \"\\q\"", "4:26: '\\q' means nothing"),
            ("client sends LOGIN body hex \"0\"", "4:29: these are no bytes"),
            ("client sends hex \"zz\"", "4:18: these are no bytes"),
            ("client sends hex \"00*0\"", "4:18: these are no bytes"),
            ("client sends hex \"00*9999999999999999999\"", "4:18: these are no bytes"),
            ("client sends hex \"+f\"", "4:18: these are no bytes"),
            ("client sends hex \"\"", "4:18: these are no bytes"),
            ("0 times client sends LOGIN", "4:1: something happens 1 to 100000 times, not 0"),
            ("100001 times client sends LOGIN", "4:1: something happens 1 to 100000 times, not 100001"),
            ("3 times bob sends LOGIN", "4:9: expected 'client' or 'server', found 'bob'"),
            ("after 5", "4:7: '5' is no time"), ("after 5w", "4:7: '5w' is no time"),
            ("after 101d", "4:7: '101d' is no time"), ("after 1.5.2s", "4:7: '1.5.2s' is no time"),
            ("from nowhere", "4:6: 'nowhere' is no address"),
            ("from 192.0.2.1 soon", "4:16: 'soon' is too much here"),
            ("expect pass", "4:1: nothing has happened of which something could be expected"),
            ("connect\nexpect", "5:7: expected what is expected here"),
            ("connect\nexpect dorp", "5:8: 'dorp' is nothing that can be expected"),
            ("connect\nexpect drop by flod", "5:1: there is no rule 'flod'"),
            ("connect\nexpect drop by 99999", "5:1: there is no rule '99999'"),
            ("connect\nexpect pass by flood", "5:8: what passes does so by no rule"),
            ("connect\nexpect phase paly", "5:1: there is no phase 'paly'"),
            ("connect\nexpect end tired", "5:1: there is no reason 'tired'"),
            ("connect\nexpect score many", "5:14: 'many' is no score"),
            ("connect\nexpect server receives", "5:23: expected 'hex', 'text' or 'nothing' here"),
            ("connect\nexpect no drop", "5:11: expected 'log' or 'account', found 'drop'"),
            ("client sends LOGON", "4:14: the client has no packet 'LOGON'"),
            ("client sends LOGIN size 300", "4:14: no packet 'LOGIN' of 300 bytes can be made in the phase 'login'"),
            ("client sends LOGIN name=\"x\"", "4:20: the packet 'LOGIN' has no fields in its protocol"),
            ("scenario \"a\"", "4:10: there is a scenario of this name already"),
            ("scenario a", "4:10: a scenario's name stands in quotes"),
            ("protocol game", "4:1: 'protocol' stands before the first scenario, for all of them"),
        ])
    func steps(steps: String, mistake: String) throws {
        #expect(try mistakes(head + steps) == [mistake])
    }

    @Test(
        "a head that does not say what is tested, or says it twice, is refused",
        arguments: [
            ("scenario \"a\"", "1:1: this file does not say what it tests"),
            ("client sends X", "1:1: 'client' stands before the first scenario"),
            ("protocol game\nprotocol game", "2:1: 'protocol' is there already"),
            ("protocol", "1:1: 'protocol' takes one name"), ("policies", "1:9: expected names of policies here"),
            ("listener front\nprotocol game", "1:1: 'listener' needs 'service' before it"),
            (
                "service ../portcullis.yaml\nprotocol game",
                "2:1: a file tests a service, or a protocol and policies, and not both"
            ),
            ("service ../portcullis.yaml\nlistener back", "2:1: there is no listener 'back'"),
            ("protocol gaem\npolicies rules", "2:1: there is no protocol 'gaem'"),
            ("protocol game\npolicies ruels", "2:1: there is no policy 'ruels'"),
        ])
    func heads(text: String, mistake: String) throws {
        #expect(try mistakes(text).first == mistake)
    }

    @Test("all mistakes of a file are told, and the nearest name with them")
    func many() throws {
        let outcome = try outcome(head + "client sends\nafter 5\nexpect dorp\n")
        #expect(outcome.mistakes.map(\.line) == [4, 5, 6])
        #expect(!outcome.isValid && !outcome.isPassed)
        #expect(try self.outcome(head + "connect\nexpect drop by flod").mistakes.first?.help == "did you mean 'flood'?")
    }

    @Test("a packet in a phase that only has a preamble is refused with whose bytes come first")
    func preamble() throws {
        let game = GameFiles.game.replacingOccurrences(
            of: "phases:\n", with: "phases:\n  - { name: hello, preamble: [{ from: server, bytes: 4 }] }\n")
        let files = try GameFiles(game: game)
        let outcome = ScenarioTest.run(try files.write("policies/game.test", head + "client sends LOGIN"))
        #expect(outcome.mistakes.map(\.message) == ["the client sends no packets in the phase 'hello'"])
        #expect(outcome.mistakes.first?.help == "its preamble comes first: server sends hex \"…\"")
    }

    @Test("comments, quotes and spaces may stand as they like")
    func layout() throws {
        let text = """
            # A file.
              protocol   game   # the game
            policies "rules",

            \tscenario "with # in it"   # and behind
               client sends LOGIN   body "a\\n\\x41\\"\\\\"  # there
               expect server receives hex "0008 01 61 0a 41 22 5c"\r
            """
        let outcome = try outcome(text)
        #expect(outcome.mistakes == [])
        #expect(outcome.scenarios.map(\.name) == ["with # in it"])
        #expect(outcome.isPassed)
    }

    @Test("a mistake in the files that are tested is told as check tells it")
    func configuration() throws {
        let files = try GameFiles(policy: "version: 1\npolicy: rules\nrules: [{ id: 1, name: x }]\n")
        let outcome = ScenarioTest.run(
            try files.write("policies/game.test", "protocol game\npolicies rules\nscenario \"a\"\n"))
        #expect(outcome.configurationErrors.contains("rules.yaml:3:"), "\(outcome.configurationErrors)")
        #expect(!outcome.isPassed)
    }

    @Test("what is no text, or not there, is refused; a folder gives its .test files and those of folders in it")
    func files() throws {
        let files = try GameFiles()
        #expect(ScenarioTest.run(files.path + "/none.test").mistakes.first?.message == "no such file")
        #expect(ScenarioTest.run(files.path).mistakes.first?.message == "this is a directory, not a file")
        try files.write("policies/b.test", "")
        try files.write("a.test", "")
        try files.write("c.txt", "")
        #expect(
            ScenarioTest.files(below: files.path).map { $0.dropFirst(files.path.count) } == [
                "/a.test", "/policies/b.test",
            ])
        #expect(ScenarioTest.files(below: files.path + "/c.txt") == [files.path + "/c.txt"])
    }

    @Test("a file has at most 1,000 scenarios, a scenario 1,000 steps, and a file 1 MiB")
    func bounds() throws {
        let scenarios = (1...1_000).map { "scenario \"\($0)\"\n" }.joined()
        #expect(try outcome("policies rules\nprotocol game\n" + scenarios).scenarios.count == 1_000)
        let last = "scenario \"one more\"\n"
        #expect(
            try mistakes("policies rules\nprotocol game\n" + scenarios + last) == [
                "1003:1: a file has at most 1000 scenarios"
            ])
        let steps = String(repeating: "after 1ms\n", count: 1_000)
        #expect(try mistakes(head + steps) == [])
        #expect(try mistakes(head + steps + "after 1ms\n") == ["1004:1: a scenario has at most 1000 steps"])
        let room = String(repeating: "#", count: 1_048_576 - head.utf8.count)
        #expect(try mistakes(head + room) == [])
        #expect(try mistakes(head + room + "#") == ["0:0: this file is larger than 1 MiB"])
    }

    @Test("changed and random files never trap")
    func hostile() throws {
        let files = try GameFiles()
        let good = Array(
            (head + """
                from 192.0.2.7
                5 times every 10ms client sends SAY size 20
                expect 3 drop by flood
                server sends hex "0003 01 00*4"
                expect client receives text "a\\n"
                after 5s
                expect score 3
                client sends LOGIN body "x" name="y" key=hex"00"
                """).utf8)
        var generator = SplitMix64(seed: 31)
        for round in 0..<150 {
            var bytes = good
            for _ in 0...(round % 6) {
                let index = Int.random(in: bytes.indices, using: &generator)
                if generator.chance(1, in: 3) {
                    bytes.remove(at: index)
                } else {
                    bytes[index] = UInt8.random(in: 9...126, using: &generator)
                }
            }
            let path = "\(files.path)/policies/x.test"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            _ = ScenarioTest.run(path)
        }
    }
}
