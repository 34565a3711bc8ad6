import Testing

@testable import Demonstration

@Suite("The verdict")
struct VerdictTests {
    private let player = Verdict.PlayerFacts(
        name: "thief", complaint: nil, answeredCount: 50, droppedCount: 0, hitCount: 0)
    private let attacker = Verdict.AttackerFacts(
        title: "flood", isBanned: true, refusedCount: 3, servedCount: 0, lateByteCount: 0)

    private func verdict(
        _ players: [Verdict.PlayerFacts], _ attackers: [Verdict.AttackerFacts], expectsAllBanned: Bool = true,
        leftOutCount: UInt64 = 0
    ) -> Verdict {
        Verdict(
            players: players, attackers: attackers, expectsAllBanned: expectsAllBanned, leftOutCount: leftOutCount)
    }

    @Test("all is well when every player was untouched and every attacker banned")
    func good() {
        let verdict = verdict([player, player], [attacker])
        #expect(verdict.failures.isEmpty)
        #expect(verdict.summary == "2 players untouched, 1 attackers banned")
    }

    @Test("a player who noticed something, lost a packet, met a rule or never played fails, by name")
    func players() {
        var players = Array(repeating: player, count: 4)
        players[0].complaint = "lost its connection"
        players[1].droppedCount = 1
        players[2].hitCount = 2
        players[3].answeredCount = 0
        let verdict = verdict(players + [player], [attacker])
        #expect(
            verdict.failures == [
                "thief: lost its connection", "thief: 1 packets were dropped", "thief: 2 packets were met by a rule",
                "thief: never played",
            ])
        #expect(verdict.summary == "1 of 5 players untouched, 1 attackers banned")
    }

    @Test("an attacker who is not banned, was served or reached the world afterwards fails, by name")
    func attackers() {
        var attackers = Array(repeating: attacker, count: 4)
        attackers[0].isBanned = false
        attackers[1].servedCount = 1
        attackers[2].lateByteCount = 7
        attackers[3].refusedCount = 0
        let verdict = verdict([player], attackers)
        #expect(
            verdict.failures == [
                "flood: was not banned", "flood: was served 1 times after the ban",
                "flood: 7 bytes reached the world after the ban", "flood: never came back to be refused",
            ])
        #expect(verdict.summary == "1 players untouched, 3 of 4 attackers banned")
    }

    @Test("whoever ends it early does not hold it against attackers that they had no time")
    func early() {
        var young = attacker
        young.isBanned = false
        #expect(verdict([player], [young], expectsAllBanned: false).failures.isEmpty)
        young.isBanned = true
        young.servedCount = 1
        #expect(!verdict([player], [young], expectsAllBanned: false).failures.isEmpty)
    }

    @Test("lost events prove nothing")
    func leftOut() {
        #expect(!verdict([player], [attacker], leftOutCount: 1).failures.isEmpty)
    }
}
