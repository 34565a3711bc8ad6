import WireBytes

/// `portcullis demo`: a small game world, Portcullis in front of it with the shipped rules, players and attackers.
///
/// Everything happens on loopback and in this process. Players and attackers connect from addresses of 127.0.0.0/8
/// that differ, so that Portcullis tells them apart as it does anywhere else.
public struct Demonstration {
    private let seconds: Int?
    private let isTerminal: Bool
    private let rulesFolder: String?
    private let keepsLogs: Bool

    /// By then every attacker is banned: the least to ask for, and from then on one that is not is a failure, even if
    /// somebody ends the demonstration.
    public static let leastSeconds = 12
    private static let drawNS: UInt64 = 200_000_000
    private static let sayNS: UInt64 = 5_000_000_000
    /// Bytes of a banned attacker may lie in the world's sockets for so long.
    private static let settleNS: UInt64 = 1_000_000_000

    /// - Parameters:
    ///   - seconds: when it ends by itself, `leastSeconds` or later; `nil` waits for Ctrl-C.
    ///   - isTerminal: whether stdout is one: then the view is drawn again and again, otherwise lines are added.
    ///   - rulesFolder: where the shipped rules are; `nil` looks beside the program and in the working directory.
    ///   - keepsLogs: leaves the folder with the logs when it is over.
    public init(seconds: Int?, isTerminal: Bool, rulesFolder: String? = nil, keepsLogs: Bool = false) {
        self.seconds = seconds
        self.isTerminal = isTerminal
        self.rulesFolder = rulesFolder
        self.keepsLogs = keepsLogs
    }

    /// Runs until the time is over, or Ctrl-C.
    ///
    /// - Returns: the exit code: 0 if every player was untouched and every attacker banned, 1 if not, 3 if the rules
    ///   cannot be used. Ended by hand before `leastSeconds`, attackers that are not banned yet are no failure.
    public func run() -> Int32 {
        Interruption.listen()
        var screen = Screen(isTerminal: isTerminal)
        do throws(SetupFailure) {
            let verdict = try play(on: &screen)
            for failure in verdict.failures { screen.say("FAILED  \(failure)") }
            screen.say(verdict.summary)
            return verdict.failures.isEmpty ? 0 : 1
        } catch {
            screen.finishDrawing()
            screen.complain("portcullis demo: \(error)")
            return error.exitCode
        }
    }

    private func play(on screen: inout Screen) throws(SetupFailure) -> Verdict {
        let rules = try RulesFolder.find(given: rulesFolder)
        let logs = try LogFolder(isKept: keepsLogs)
        let world = try World()
        let gate = try Gate(world: world.endpoint, rulesFolder: rules, logs: logs)
        try world.start()
        defer { world.stop() }
        var tail = try LogTail(path: "\(logs.path)/bans.log", lineCountMax: 8)
        defer { tail.finish() }
        let startNS = Clock.nowNS
        var stage = Stage(
            crowd: Crowd(gate: gate.endpoint, nowNS: startNS), gate: gate, world: world, logNote: logs.note,
            startNS: startNS)
        if !isTerminal { screen.say(stage.opening) }
        let endNS = seconds.map { startNS &+ UInt64(max(0, $0)) * 1_000_000_000 } ?? .max
        while Clock.nowNS < endNS, !Interruption.isAsked, !screen.isGone {
            step(&stage)
            show(&stage, &tail, on: &screen)
        }
        let isCutShort =
            (Interruption.isAsked || screen.isGone)
            && Clock.nowNS - startNS < UInt64(Self.leastSeconds) * 1_000_000_000
        stage.crowd.leave()
        let patienceNS = Clock.nowNS + Player.patienceNS
        while Clock.nowNS < patienceNS, !stage.isSettled { step(&stage) }
        if isTerminal { draw(stage, &tail, on: &screen) }
        screen.finishDrawing()
        if isTerminal { screen.say("") }
        stage.crowd.close()
        gate.stop()
        if keepsLogs { screen.say("the logs stay in \(logs.path)") }
        return stage.verdict(expectsAllBanned: !isCutShort)
    }

    private func step(_ stage: inout Stage) {
        stage.crowd.step(mostMS: 4)
        let nowNS = Clock.nowNS
        for address in stage.gate.record() {
            stage.news.append(address)
            stage.crowd.banned(address, nowNS: nowNS)
            stage.world.expectNothing(of: address, fromNS: nowNS + Self.settleNS)
        }
    }

    private func show(_ stage: inout Stage, _ tail: inout LogTail, on screen: inout Screen) {
        let nowNS = Clock.nowNS
        if !isTerminal {
            for line in stage.takeNews() { screen.say(line) }
        }
        guard nowNS >= stage.nextShowNS else { return }
        stage.nextShowNS = nowNS + (isTerminal ? Self.drawNS : Self.sayNS)
        if isTerminal {
            draw(stage, &tail, on: &screen)
        } else if nowNS - stage.startNS >= Self.sayNS {
            screen.say(stage.progress)
        }
    }

    private func draw(_ stage: Stage, _ tail: inout LogTail, on screen: inout Screen) {
        tail.read { $0.contains(" Ban ") || $0.contains(" Extend ") || $0.contains(" Unban ") }
        let size = screen.size
        let view = View(width: size.width, isColoured: screen.isColoured, height: size.height)
        screen.draw(view.lines(of: stage.scene(banLines: tail.lines.map(BanLine.abridged))))
    }
}
