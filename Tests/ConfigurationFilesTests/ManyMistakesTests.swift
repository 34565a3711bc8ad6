import ConfigurationFiles
import TestSupport
import Testing

@Suite("many mistakes at once")
struct ManyMistakesTests {
    @Test("six mistakes of six kinds are all shown, in the order of their lines")
    func six() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bnd: 127.0.0.1:7801
                    to: arna
                    timeouts: { idle: 10 }
                    mode: on
                    mode: shadow
                pools:
                  arena: { servers: 127.0.0.1:7802 }
                """)
                    == """
                    s.yaml:3:5: error[C011]: a listener needs the key 'bind'
                        3 |   - name: world
                          |     ^
                       help: bind: an address with a port such as 192.0.2.1:7801
                    s.yaml:4:5: error[C010]: a listener has no key 'bnd'
                        4 |     bnd: 127.0.0.1:7801
                          |     ^~~ did you mean 'bind'?
                       help: its keys are name, bind, proxy_protocol, protocol, policies, to, mode, timeouts, limits, \
                    country, asn, under_attack, gate
                    s.yaml:5:9: error[C023]: there is no pool 'arna'
                        5 |     to: arna
                          |         ^~~~ did you mean 'arena'?
                       help: 'to' is the name of a pool, or one address with its port
                    s.yaml:6:23: error[C013]: expected a duration such as 10s, found '10'
                        6 |     timeouts: { idle: 10 }
                          |                       ^~
                       help: a duration carries a unit: ms, s, m, h or d
                    s.yaml:7:11: error[C013]: expected one of shadow, enforce, found 'on'
                        7 |     mode: on
                          |           ^~
                    s.yaml:8:5: error[C006]: 'mode' is given twice
                        8 |     mode: shadow
                          |     ^~~~
                       help: the first one stands at 7:5
                    s.yaml:10:21: error[C012]: expected a list, found '127.0.0.1:7802'
                       10 |   arena: { servers: 127.0.0.1:7802 }
                          |                     ^~~~~~~~~~~~~~
                       help: write [one, another], even for one

                    """)
    }

    @Test("what cuts the packets cannot be read: that is told once, and not again for each packet, map and phase")
    func brokenFrame() throws {
        let folder = try ScratchFolder()
        try folder.write("g.map", "C_MOVE 3\nS_WELCOME 4\n")
        try folder.write(
            "g.yaml",
            """
            version: 1
            protocol: g
            phases:
              - name: login
                frame: { length: u16le@0, count: packet }
                opcode: u16le@2
                next_on: { packet: S_WELCOME }
              - name: world
            opcodes: g.map
            packets:
              client:
                C_MOVE: { size: 20 }

            """)
        #expect(
            folder.check("g.yaml").split(separator: "\n").filter { $0.contains("error") } == [
                "g.yaml:5:12: error[C011]: a frame needs one of the keys counts, adjust",
                "g.yaml:5:31: error[C010]: a frame has no key 'count'",
            ])
    }

    @Test("mistakes of several files are shown in one go")
    func files() throws {
        let folder = try ScratchFolder()
        try folder.write(
            "s.yaml",
            """
            version: 1
            listeners:
              - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: g, policies: [p, q], mode: off }
            """)
        try folder.write("protocols/g.yaml", RuleFixture.game.replacing("C_CHAT:", with: "C_CHAT :"))
        try folder.write("policies/p.yaml", "version: 1\npolicy: p\nprotocol: h\nrules: []\n")
        try folder.write("policies/q.yaml", "version: 1\npolicy: q\nrules:\n  - { id: 5, name: a }\n")
        let text = folder.check("s.yaml")
        #expect(text.contains("s.yaml:3:89: error[C013]"))
        #expect(
            text.contains("s.yaml:3:76: error[C048]: the policy 'p' is for the protocol 'h', and the listener's is 'g'")
        )
        #expect(text.contains("policies/q.yaml:4:11: error[C040]"))
        #expect(folder.check() == ConfigurationLoader.check(folder.path).text.replacing(folder.path + "/", with: ""))
    }

    @Test("a rule id given in two files is reported with the other file")
    func idsOverFiles() throws {
        let folder = try ScratchFolder()
        try folder.write("a.yaml", "version: 1\npolicy: a\nrules:\n  - { id: 100, name: a }\n")
        try folder.write("b.yaml", "version: 1\npolicy: b\nrules:\n  - { id: 100, name: b }\n")
        #expect(
            folder.check()
                == """
                b.yaml:4:11: error[C041]: the rule id 100 is given twice
                    4 |   - { id: 100, name: b }
                      |           ^~~
                   help: the first one stands at a.yaml:4:11

                """)
    }

    @Test("two hundred mistakes are shown and the rest is counted")
    func bounded() throws {
        var text = "version: 1\nlisteners: []\n"
        for number in 0..<250 { text += "key\(number): 1\n" }
        let lines = try ScratchFolder.check("s.yaml", text).split(separator: "\n")
        #expect(lines.count { $0.contains("error[") } == 200)
        #expect(lines.last == "… and 51 more")
    }

    @Test("a file of nothing but mistakes is bounded in memory, and its mistakes are still counted")
    func kept() throws {
        var text = "version: 1\nlisteners: []\n"
        for number in 0..<6_000 { text += "key\(number): 1\n" }
        let folder = try ScratchFolder()
        let result = ConfigurationLoader.load(try folder.write("s.yaml", text))
        #expect(result.diagnostics.count == 5_000)
        #expect(result.errorCount == 6_001)
    }
}
