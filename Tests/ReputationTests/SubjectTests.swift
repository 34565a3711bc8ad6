import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

@Suite("Networks, accounts and shared addresses")
struct SubjectTests {
    private func networks(_ adjust: (inout ReputationSettings.NetworkLevel) -> Void = { _ in }) -> ReputationBook {
        var level = ReputationSettings.NetworkLevel(prefixIPv4: 24, prefixIPv6: 48)
        level.weight = 0.5
        level.addressCountMin = 3
        level.ladder = [.init(at: 10, baseNS: hour, kind: .soft)]
        adjust(&level)
        return makeBook { $0.networks = [level] }
    }

    private func add(_ book: ReputationBook, _ points: Double, _ address: IPAddress, nowNS: UInt64)
        -> [ReputationChange]
    {
        book.add(points, to: Offender(address: address), cause: cause, nowNS: nowNS)
    }

    @Test("points of enough addresses ban their network softly, and not one address before", arguments: [false, true])
    func network(isIPv6: Bool) throws {
        let book = networks()
        let all = (1...4).map { isIPv6 ? address6(subnet: UInt64($0), host: 1) : address(UInt32($0)) }
        // One address alone has enough points for the network, and bans nobody but itself.
        for _ in 0..<3 { #expect(add(book, 12, all[0], nowNS: 0).allSatisfy { $0.ban?.subject != nil }) }
        #expect(book.standing(of: all[3], nowNS: 0) == .clear)
        #expect(add(book, 1, all[1], nowNS: 1) == [])
        let change = try #require(add(book, 1, all[2], nowNS: 2).first)
        let ban = try #require(change.ban)
        #expect(ban.cause.origin == .network && ban.kind == .soft)
        #expect(ban.network?.prefixLength == (isIPv6 ? 48 : 120))
        #expect(book.check(all[3], nowNS: 3) == .banned(.soft))
        #expect(book.standing(of: isIPv6 ? address(1) : address6(subnet: 1, host: 1), nowNS: 3) == .clear)
    }

    @Test("addresses count for their network for four half-lives", arguments: [false, true])
    func forgetsContributors(isLater: Bool) {
        let book = networks { $0.ladder = [.init(at: 0.001, baseNS: hour)] }
        let limit = 40 * minute + (isLater ? 1 : 0)
        #expect(add(book, 1, address(1), nowNS: 0) == [])
        #expect(add(book, 1, address(2), nowNS: limit) == [])
        #expect(add(book, 1, address(3), nowNS: limit).isEmpty == isLater)
    }

    @Test("on a shared address bans are soft, and who has told his account answers for himself")
    func shared() throws {
        let book = makeBook { $0.shared = [IPNetwork(holding: address(1), prefixLength: 120)] }
        let bob = try #require(AccountName("bob"))
        let known = Offender(address: address(1), account: bob)
        let ban = try #require(book.add(25, to: known, cause: cause, nowNS: 0).first?.ban)
        #expect(ban.subject == .account(bob) && ban.kind == .hard && ban.network == nil)
        #expect(book.isBanned(bob, nowNS: 1))
        #expect(book.standing(of: address(1), nowNS: 1) == .clear)
        let unknown = try #require(book.add(25, to: Offender(address: address(2)), cause: cause, nowNS: 0).first?.ban)
        #expect(unknown.kind == .soft && unknown.network?.base == address(2))
        let rule = book.ban(known, on: .address, baseNS: hour, kind: .hard, cause: cause, nowNS: 2).ban
        #expect(rule?.subject == .account(bob))
    }

    @Test("a rule bans the account where it is known, and else the address; or the network")
    func targets() throws {
        let book = makeBook()
        let bob = try #require(AccountName("bob"))
        let offender = Offender(address: address(1), account: bob)
        func ban(_ offender: Offender, _ target: BanTarget) -> Subject? {
            book.ban(offender, on: target, baseNS: hour, cause: cause, nowNS: 0).ban?.subject
        }
        #expect(ban(offender, .account) == .account(bob))
        #expect(
            ban(Offender(address: address(2)), .account) == .network(IPNetwork(holding: address(2), prefixLength: 128)))
        #expect(ban(offender, .network) == .network(IPNetwork(holding: address(1), prefixLength: 120)))
    }

    @Test("a hard ban on top of a soft one makes it hard, and a soft one on a hard one changes nothing")
    func hardens() throws {
        let book = makeBook()
        let offender = Offender(address: address(1))
        let soft = book.ban(offender, baseNS: hour, kind: .soft, cause: cause, nowNS: 0)
        #expect(soft.isNewBan && book.check(address(1), nowNS: 1) == .banned(.soft))
        let hard = book.ban(offender, baseNS: minute, kind: .hard, cause: cause, nowNS: 1)
        #expect(hard.isExtension && hard.ban?.untilNS == hour)
        #expect(book.check(address(1), nowNS: 2) == .banned(.hard))
        #expect(book.ban(offender, baseNS: minute, kind: .soft, cause: cause, nowNS: 2) == .none)
    }

    @Test("what a list gives an address makes a step nearer, and bans nobody alone", arguments: [14.9, 15])
    func basis(points: Double) {
        let book = makeBook()
        let changes = book.add(points, to: Offender(address: address(1)), basis: 5, cause: cause, nowNS: 0)
        #expect(changes.isEmpty == (points < 15))
        #expect(book.score(of: address(1), nowNS: 0) == (points < 15 ? points : 0))
    }
}
