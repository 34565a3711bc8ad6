import WireBytes

/// Everything that takes part, while the demonstration runs.
struct Stage {
    var crowd: Crowd
    let gate: Gate
    let world: World
    let logNote: String
    let startNS: UInt64
    var nextShowNS: UInt64 = 0
    /// Addresses that were banned and not yet told of.
    var news: [IPAddress] = []

    init(crowd: Crowd, gate: Gate, world: World, logNote: String, startNS: UInt64) {
        self.crowd = crowd
        self.gate = gate
        self.world = world
        self.logNote = logNote
        self.startNS = startNS
    }

    private var elapsedS: Int { Int((Clock.nowNS - startNS) / 1_000_000_000) }

    /// Whether every answer has come, and every banned attacker was refused once.
    var isSettled: Bool {
        crowd.isSettled && crowd.attackers.allSatisfy { !$0.isBanned || $0.refusedCount + $0.servedCount > 0 }
    }

    func scene(banLines: [String]) -> Scene {
        Scene(
            crowd: crowd, gate: gate, world: world, elapsedS: elapsedS, banLines: banLines, logNote: logNote)
    }

    /// The first line where there is no terminal.
    var opening: String {
        "portcullis demo: players -> \(gate.endpoint) -> world \(world.endpoint); \(logNote)"
    }

    /// How it goes, in one line.
    var progress: String {
        let players = crowd.players
        let attackers = crowd.attackers
        let roundTrips = players.compactMap(\.roundTripUS)
        let mean = roundTrips.isEmpty ? 0 : roundTrips.reduce(0, +) / UInt64(roundTrips.count)
        return Self.line(
            elapsedS,
            "\(players.count { $0.state == .playing }) playing, "
                + "\(players.reduce(0) { $0 + $1.answeredCount }) commands answered, "
                + "round trip \(View.milliseconds(mean)); "
                + "\(attackers.count(where: \.isBanned)) of \(attackers.count) attackers banned, "
                + "refused \(attackers.reduce(0) { $0 + $1.refusedCount }) times since")
    }

    /// What happened since the last call, in lines.
    mutating func takeNews() -> [String] {
        defer { news = [] }
        return news.map { address in
            let who = crowd.attackers.first { $0.address == address }?.kind.title ?? "a player"
            let ban = gate.ledger[address].ban
            let lasts = View.duration(ban?.seconds ?? 0)
            return Self.line(elapsedS, "\(who) banned: \(address) for \(lasts), rule \(ban?.ruleName ?? "-")")
        }
    }

    func verdict(expectsAllBanned: Bool) -> Verdict {
        Verdict(
            players: crowd.players.map { player in
                let entry = gate.ledger[player.address]
                return Verdict.PlayerFacts(
                    name: player.name, complaint: player.complaint, answeredCount: player.answeredCount,
                    droppedCount: max(entry.droppedCount, entry.dropFindingCount), hitCount: entry.hitCount)
            },
            attackers: crowd.attackers.map { attacker in
                Verdict.AttackerFacts(
                    title: attacker.kind.title, isBanned: attacker.isBanned, refusedCount: attacker.refusedCount,
                    servedCount: attacker.servedCount, lateByteCount: world.lateByteCount(of: attacker.address))
            }, expectsAllBanned: expectsAllBanned, leftOutCount: gate.ledger.leftOutCount)
    }

    private static func line(_ elapsedS: Int, _ text: String) -> String {
        var line = StyledLine()
        line.add(right: "\(elapsedS) s", width: 6)
        line.add("  " + text)
        return line.rendered(width: 200, isColoured: false)
    }
}
