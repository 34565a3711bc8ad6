import Reputation
import Settings
import Testing
import WireBytes

@Suite("What operators order")
struct OrderTests {
    private let order = BanCause(
        origin: .operator, ruleID: 0, ruleName: "a botnet", packet: "-", connection: "-", who: "root")

    private func single(_ number: UInt32) -> Subject {
        .network(IPNetwork(holding: address(number), prefixLength: 128))
    }

    private func ban(
        _ book: ReputationBook, _ subject: Subject, _ durationNS: UInt64?, kind: Ban.Kind = .hard, nowNS: UInt64
    ) -> ManualBanOutcome {
        book.order(ManualBan(subject: subject, durationNS: durationNS, kind: kind, cause: order), nowNS: nowNS)
    }

    @Test("an order holds to the letter, the same again changes nothing, another one makes it shorter")
    func letter() throws {
        let book = makeBook { $0.repeatJitter = 0.5 }
        guard case .banned(let ban) = ban(book, single(1), hour, nowNS: 5) else { throw Unexpected() }
        #expect(ban.untilNS == hour + 5 && ban.cause.who == "root")
        #expect(self.ban(book, single(1), hour, nowNS: 5 + second - 1) == .unchanged(ban))
        guard case .changed(let shorter) = self.ban(book, single(1), minute, nowNS: 6) else { throw Unexpected() }
        #expect(shorter.untilNS == minute + 6 && shorter.startedNS == 5)
        guard case .changed(let forever) = self.ban(book, single(1), nil, nowNS: 7) else { throw Unexpected() }
        #expect(forever.isForever && forever.remainingSeconds(nowNS: 7) == nil)
        #expect(book.standing(of: address(1), nowNS: 9_000 * day).isBanned)
        #expect(self.ban(book, single(1), .max, nowNS: 8) != .unchanged(forever))
    }

    @Test("who is allowed cannot be banned, and allowing lifts the bans of those it covers")
    func allowed() throws {
        let book = makeBook { $0.allow = [IPNetwork(holding: address(1), prefixLength: 128)] }
        #expect(ban(book, single(1), hour, nowNS: 0) == .allowed(IPNetwork(holding: address(1), prefixLength: 128)))
        _ = ban(book, single(2), hour, nowNS: 0)
        _ = ban(book, .network(IPNetwork(holding: address(0), prefixLength: 116)), hour, nowNS: 0)
        let entry = AllowEntry(
            network: IPNetwork(holding: address(0), prefixLength: 120), untilWallUS: AllowEntry.foreverWallUS,
            addedWallUS: 0, who: "root", comment: "")
        let lifted = try #require(book.allow(entry, nowNS: 1))
        #expect(lifted.map(\.subject) == [single(2)])
        // The wider ban stays, and those who are allowed pass.
        #expect(book.check(address(2), nowNS: 2) == .allowed)
        #expect(book.check(address(300), nowNS: 2) == .banned(.hard))
        #expect(book.disallow(entry.network) == entry && book.disallow(entry.network) == nil)
        #expect(book.check(address(2), nowNS: 3) == .banned(.hard))
    }

    @Test("an allowance ends at its time, not before")
    func expiry() throws {
        let book = makeBook()
        book.synchronise(nowNS: 0, wallUS: 1_000)
        let network = IPNetwork(holding: address(1), prefixLength: 128)
        let entry = AllowEntry(network: network, untilWallUS: 5_000, addedWallUS: 1_000, who: "a", comment: "b")
        _ = book.allow(entry, nowNS: 0)
        #expect(book.takeExpiredAllowances(wallUS: 4_999).isEmpty && book.check(address(1), nowNS: 0) == .allowed)
        #expect(book.takeExpiredAllowances(wallUS: 5_000) == [entry] && book.check(address(1), nowNS: 0) == .clear)
    }

    @Test("lifting a network lifts what lies in it, the ladder forgets a lifted ban, and the score is 0")
    func lifts() {
        let book = makeBook()
        for number: UInt32 in [1, 2, 300] { _ = book.banSeconds(address(number), nowNS: 0) }
        _ = book.add(5, to: address(2), cause: cause, nowNS: 0)
        let lifted = book.lift(.network(IPNetwork(holding: address(1), prefixLength: 120)), nowNS: second)
        #expect(Set(lifted.compactMap(\.address)) == [address(1), address(2)])
        #expect(lifted.allSatisfy { $0.untilNS == second })
        #expect(book.score(of: address(2), nowNS: second) == 0)
        #expect(book.banSeconds(address(1), nowNS: 2 * second) == 600)
        #expect(book.lift(single(7), nowNS: 3 * second).isEmpty)
        #expect(book.liftAll(nowNS: 3 * second).count == 2)
        #expect(book.bans(nowNS: 3 * second).isEmpty)
    }

    private struct Unexpected: Error {}
}
