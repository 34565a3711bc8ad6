/// Whether every player was untouched and every attacker banned.
struct Verdict {
    /// What is known of a player in the end.
    struct PlayerFacts {
        var name: String
        /// What the player noticed itself.
        var complaint: String?
        var answeredCount: Int
        /// Packets that Portcullis says it dropped.
        var droppedCount: UInt64
        /// Findings that did something to the player.
        var hitCount: Int
    }

    /// What is known of an attacker in the end.
    struct AttackerFacts {
        var title: String
        var isBanned: Bool
        var refusedCount: Int
        /// Connections after the ban on which the world answered.
        var servedCount: Int
        /// Bytes that reached the world long after the ban.
        var lateByteCount: Int
    }

    /// Who failed, and why; empty when all is well.
    let failures: [String]
    /// The last line: how many of both.
    let summary: String

    /// - Parameter expectsAllBanned: false when the operator ended it before every attacker had its time: those that
    ///   are not banned yet are then no failure.
    init(players: [PlayerFacts], attackers: [AttackerFacts], expectsAllBanned: Bool, leftOutCount: UInt64) {
        var failures: [String] = []
        var untouchedCount = 0
        for player in players {
            if let failure = Self.failure(of: player) {
                failures.append("\(player.name): \(failure)")
            } else {
                untouchedCount += 1
            }
        }
        var bannedCount = 0
        for attacker in attackers {
            if attacker.isBanned { bannedCount += 1 }
            if !attacker.isBanned, !expectsAllBanned { continue }
            if let failure = Self.failure(of: attacker, expectsRefusal: expectsAllBanned) {
                failures.append("\(attacker.title): \(failure)")
            }
        }
        if leftOutCount > 0 { failures.append("\(leftOutCount) events were lost, so nothing is proven") }
        self.failures = failures
        let ofPlayers = untouchedCount == players.count ? "" : " of \(players.count)"
        let ofAttackers = bannedCount == attackers.count ? "" : " of \(attackers.count)"
        summary =
            "\(untouchedCount)\(ofPlayers) players untouched, \(bannedCount)\(ofAttackers) attackers banned"
    }

    private static func failure(of player: PlayerFacts) -> String? {
        if let complaint = player.complaint { return complaint }
        if player.droppedCount > 0 { return "\(player.droppedCount) packets were dropped" }
        if player.hitCount > 0 { return "\(player.hitCount) packets were met by a rule" }
        return player.answeredCount == 0 ? "never played" : nil
    }

    private static func failure(of attacker: AttackerFacts, expectsRefusal: Bool) -> String? {
        guard attacker.isBanned else { return "was not banned" }
        if attacker.servedCount > 0 { return "was served \(attacker.servedCount) times after the ban" }
        if attacker.lateByteCount > 0 { return "\(attacker.lateByteCount) bytes reached the world after the ban" }
        return attacker.refusedCount == 0 && expectsRefusal ? "never came back to be refused" : nil
    }
}
