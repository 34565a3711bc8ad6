import Testing

@testable import Demonstration

@Suite("The view")
struct ViewTests {
    private let scene = Scene(
        elapsedS: 12, gate: "127.0.0.1:40001", world: "127.0.0.1:40002",
        players: [
            .init(
                name: "knight", address: "127.0.10.1", state: .playing, commandCount: 143, roundTripUS: 314,
                droppedCount: 0),
            .init(
                name: "ranger", address: "127.0.10.2", state: .loggingIn, commandCount: 0, roundTripUS: nil,
                droppedCount: 0),
            .init(
                name: "wizard", address: "127.0.10.3", state: .disturbed("lost its connection"), commandCount: 7,
                roundTripUS: 12_345, droppedCount: 2),
        ],
        attackers: [
            .init(
                title: "flood", address: "127.0.66.1", sentCount: 412, ruleName: "command-flood",
                state: .banned(seconds: 600, refusedCount: 14)),
            .init(title: "slow header", address: "127.0.66.5", sentCount: 6, ruleName: nil, state: .attacking),
            .init(title: "cheating module", address: "127.0.66.6", sentCount: 0, ruleName: nil, state: .waiting),
            .init(
                title: "connection flood", address: "127.0.66.7", sentCount: 60, ruleName: "connection-flood",
                state: .leaking),
        ],
        banLines: [
            "10:00:01 [rule-1005] Ban 127.0.66.1 for=600s count=1 packet=ncom reason=\"command-flood\" by=ladder"
        ], lateByteCount: 0, logNote: "logs in /tmp/portcullis-abcdef until it ends (--keep keeps them)")

    private let expected = """
         portcullis demo   12 s   players ─► 127.0.0.1:40001 ─► world 127.0.0.1:40002

         PLAYER           ADDRESS     COMMANDS  ROUND TRIP  DROPPED  STATE
         knight           127.0.10.1       143     0.31 ms        0  playing
         ranger           127.0.10.2         0           -        0  logging in
         wizard           127.0.10.3         7    12.35 ms        2  lost its connection

         ATTACK           ADDRESS       SENT  STOPPED BY           STATE         REFUSED
         flood            127.0.66.1     412  command-flood        banned 10 min     14×
         slow header      127.0.66.5       6  -                    attacking           -
         cheating module  127.0.66.6       0  -                    not yet             -
         connection flood 127.0.66.7      60  connection-flood     still served!       -

         BANS                                 bytes that reached the world afterwards: 0
         10:00:01 [rule-1005] Ban 127.0.66.1 for=600s count=1 packet=ncom reason="comma…

         logs in /tmp/portcullis-abcdef until it ends (--keep keeps them)   Ctrl-C ends
        """

    @Test("shows everybody in columns of 80, without a code where no colours are wanted")
    func text() {
        let lines = View(width: 80, isColoured: false).lines(of: scene)
        #expect(lines.joined(separator: "\n") == expected)
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test("shows the same with colours, once the codes are taken out")
    func colours() {
        let lines = View(width: 80, isColoured: true).lines(of: scene)
        #expect(lines[3].contains("\u{1B}[32mplaying\u{1B}[0m"))
        #expect(lines[8].contains("\u{1B}[31mbanned 10 min\u{1B}[0m"))
        let plain = lines.map { line in
            var text = line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
        #expect(plain.joined(separator: "\n") == expected)
    }

    @Test("never writes wider than the terminal is", arguments: [0, 1, 20, 79, 80, 81, 200])
    func width(_ width: Int) {
        for line in View(width: width, isColoured: false).lines(of: scene) { #expect(line.count <= width) }
    }

    @Test("gives up the addresses before anything else is cut", arguments: [68, 79])
    func narrow(_ width: Int) {
        let lines = View(width: width, isColoured: false).lines(of: scene)
        #expect(!lines.contains { $0.contains("ADDRESS") || $0.hasPrefix(" flood            127") })
        let ends = [
            "  STATE", "lost its connection", "REFUSED", "banned 10 min     14×", "afterwards: 0", " Ctrl-C ends",
        ]
        for end in ends {
            #expect(lines.contains { $0.hasSuffix(end) }, "\(end)")
        }
    }

    @Test("leaves a line of the terminal free, and gives up the bans first", arguments: 1...25)
    func height(_ height: Int) {
        let lines = View(width: 80, isColoured: false, height: height).lines(of: scene)
        #expect(lines.count <= max(1, height - 1))
        #expect(lines.contains { $0.contains("Ban 127") } == (height >= 18))
    }

    @Test("writes times so that they can be read")
    func numbers() {
        #expect(View.milliseconds(0) == "0.00 ms")
        #expect(View.milliseconds(94) == "0.09 ms")
        #expect(View.milliseconds(95) == "0.10 ms")
        #expect(View.milliseconds(1_000_004) == "1000.00 ms")
        #expect(View.duration(59) == "59 s")
        #expect(View.duration(60) == "1 min")
        #expect(View.duration(61) == "61 s")
        #expect(View.duration(86_400) == "1 d")
    }

    @Test("shows a line of the ban log without what is the same in every line")
    func banLine() {
        let line =
            "2026-11-21 10:00:01,123 portcullis.actions [4711]: NOTICE [rule-1] Ban 127.0.66.2 for=600s count=1"
        #expect(BanLine.abridged(line) == "10:00:01 [rule-1] Ban 127.0.66.2 for=600s count=1")
        #expect(BanLine.abridged("something else") == "something else")
    }
}
