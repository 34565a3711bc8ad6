import Testing
import WireBytes

@testable import RuleEngine

@Suite("Rules on where clients are from")
struct OriginTests {
    private static func code(_ text: String) -> CountryCode { CountryCode(text) ?? CountryCode.known[0] }

    private static func origin(
        _ country: String?, asn: UInt32? = nil, isHosting: Bool = false,
        sources: Origin.Sources = [.country, .asn, .hosting]
    ) -> Origin {
        var origin = Origin()
        origin.country = country.map { code($0) }
        origin.asn = asn
        origin.isHosting = isHosting
        origin.sources = sources
        return origin
    }

    private static func keys(_ origin: Origin, isExempt: Bool = false) -> BucketKeys {
        var keys = makeKeys(isExempt: isExempt)
        keys.origin = origin
        return keys
    }

    private static let german: OriginCondition = {
        var condition = OriginCondition()
        condition.countries = CountryChoice([code("DE")])
        return condition
    }()
    private static let notGerman: OriginCondition = {
        var condition = OriginCondition()
        condition.countriesNot = CountryChoice([code("DE")])
        return condition
    }()

    private func rule(
        _ id: UInt32, _ origin: OriginCondition, packets: [UInt16]? = nil, atOpen: Bool = false, limit: Limit? = nil,
        sizes: [ClosedRange<Int>] = [], action: RuleAction = .drop
    ) -> RuleDefinition {
        let choice = packets.map { PacketChoice.only($0) } ?? .all
        return RuleDefinition(
            id: id, name: "rule-\(id)", packets: PerDirection(inbound: atOpen ? nil : choice, outbound: nil),
            byteCounts: sizes, origin: origin, limit: limit, action: action)
    }

    @Test("what is not known is no answer, whichever way it is asked")
    func unknown() {
        #expect(Self.german.holds(Self.origin("DE")) && !Self.notGerman.holds(Self.origin("DE")))
        #expect(!Self.german.holds(Self.origin("FR")) && Self.notGerman.holds(Self.origin("FR")))
        // The database has nothing about the address.
        #expect(!Self.german.holds(Self.origin(nil)) && Self.notGerman.holds(Self.origin(nil)))
        // There is no database, or nobody says who it is.
        for origin in [Self.origin("DE", sources: []), Self.origin("FR", sources: .asn), Origin()] {
            #expect(!Self.german.holds(origin) && !Self.notGerman.holds(origin))
        }
    }

    @Test("all that is asked must hold, and of lists one")
    func parts() {
        var condition = Self.german
        condition.operators = OperatorChoice([1])
        condition.isHosting = false
        #expect(condition.holds(Self.origin("DE", asn: 1)))
        #expect(!condition.holds(Self.origin("DE", asn: 2)) && !condition.holds(Self.origin("FR", asn: 1)))
        #expect(!condition.holds(Self.origin("DE", asn: 1, isHosting: true)))
        var lists = OriginCondition()
        lists.lists = 0b110
        lists.listsNot = 1 << 127
        var origin = Self.origin(nil, sources: .lists)
        for (held, isMeant) in [(0, false), (0b1, false), (0b10, true), (0b111, true), (0b10 | 1 << 127, false)]
            as [(UInt128, Bool)]
        {
            origin.lists = held
            #expect(lists.holds(origin) == isMeant)
        }
        origin.sources = []
        #expect(!lists.holds(origin))
    }

    @Test("a rule that asks for nothing else is judged once, when a connection opens")
    func atOpen() {
        let policy = makePolicy([rule(100, Self.german, atOpen: true, action: .close), .rule(101)])
        #expect(policy.originSources == .country)
        var german = Line(policy, keys: Self.keys(Self.origin("DE")))
        #expect(german.open() == .close(index(0)))
        #expect(german.fired() == [index(0)])
        #expect(german.send() == .forward)
        #expect(german.fired() == [index(1)])
        for origin in [Self.origin("FR"), Self.origin(nil), Origin()] {
            var other = Line(policy, keys: Self.keys(origin))
            #expect(other.open() == .forward)
            #expect(other.fired() == [])
        }
        var allowed = Line(policy, keys: Self.keys(Self.origin("DE"), isExempt: true))
        #expect(allowed.open() == .forward)
    }

    @Test("a rule that names packets holds for those of connections from there, allowed ones too")
    func packets() {
        let policy = makePolicy([rule(100, Self.german, packets: [1], sizes: [5...10, 20...30])])
        for isExempt in [false, true] {
            var german = Line(policy, keys: Self.keys(Self.origin("DE"), isExempt: isExempt))
            #expect(german.open() == .forward)
            #expect(german.send(1, size: 10) == .drop(index(0)) && german.send(1, size: 11) == .forward)
            #expect(german.send(2, size: 10) == .forward)
        }
        var other = Line(policy, keys: Self.keys(Self.origin("FR")))
        #expect(other.send(1, size: 10) == .forward)
    }

    @Test("limits count only packets and connections from there")
    func limits() {
        let packets = rule(100, Self.german, limit: .perSecond(1, burst: 2))
        let opening = rule(
            101, Self.german, atOpen: true, limit: .perSecond(1, burst: 1, .listener, count: .connections),
            action: .close)
        let policy = makePolicy([packets, opening])
        let shared = SharedBuckets(capacity: 64)
        var german = Line(policy, keys: Self.keys(Self.origin("DE")), shared: shared)
        #expect(german.open() == .forward)
        #expect(german.forwarded(5) == 2)
        for _ in 0..<3 {
            var other = Line(policy, keys: Self.keys(Self.origin("FR")), shared: shared)
            #expect(other.open() == .forward)
            #expect(other.forwarded(5) == 5)
        }
        var second = Line(policy, keys: Self.keys(Self.origin("DE")), shared: shared)
        #expect(second.open() == .close(index(1)))
    }

    @Test("rules that ask the same share a bit, and there are as many bits as a word has")
    func bits() {
        func condition(_ number: Int) -> OriginCondition {
            var condition = OriginCondition()
            condition.operators = OperatorChoice([UInt32(number + 1)])
            return condition
        }
        let count = Policy.originCountMax
        let rules = (0..<2 * count).map { rule(UInt32(100 + $0), condition($0 % count), action: .log) }
        let policy = makePolicy(rules)
        for number in [0, 1, count - 1] {
            var line = Line(policy, keys: Self.keys(Self.origin(nil, asn: UInt32(number + 1))))
            #expect(line.send() == .forward)
            #expect(line.fired() == [index(number), index(number + count)])
        }
        #expect(policy.bucketByteCountMax == 16)
    }

    @Test("a policy that asks nothing takes nothing, and one that asks takes a word beside its buckets")
    func memory() {
        let limited = RuleDefinition.rule(100, limit: .perSecond(1, burst: 1))
        #expect(makePolicy([.rule(100)]).bucketByteCountMax == 0)
        let without = makePolicy([limited]).bucketByteCountMax
        #expect(makePolicy([limited, rule(101, Self.german)]).bucketByteCountMax == without + 8)
    }

    @Test("buckets that get their place late keep where the client is from")
    func holding() {
        let policy = makePolicy([
            .rule(100, packets: [3], limit: .perSecond(1, burst: 1), action: .drop),
            rule(101, Self.german, packets: [1]),
        ])
        var line = Line(policy, keys: Self.keys(Self.origin("DE")))
        #expect(line.send(1) == .drop(index(1)))
        #expect(line.forwarded(3, packet: 3) == 1)
        #expect(line.send(1) == .drop(index(1)))
    }

    @Test("a reload asks anew, and a connection that keeps its policy keeps the answer")
    func reload() {
        let old = makePolicy([rule(100, Self.german)])
        let shared = SharedBuckets(capacity: 64)
        var line = Line(old, keys: Self.keys(Self.origin("DE")), shared: shared)
        line.buckets.carry(from: old, to: old, keys: Self.keys(Self.origin("FR")), nowNS: 0)
        #expect(line.send() == .drop(index(0)))
        let new = makePolicy([.rule(99, action: .log), rule(100, Self.german)])
        line.buckets.carry(from: old, to: new, keys: Self.keys(Self.origin("FR")), nowNS: 0)
        line.policy = new
        #expect(line.send() == .forward)
        line.buckets.carry(from: new, to: old, keys: Self.keys(Self.origin("DE")), nowNS: 0)
        line.policy = old
        #expect(line.send() == .drop(index(0)))
        let plain = makePolicy([.rule(100)])
        line.buckets.carry(from: old, to: plain, keys: Self.keys(Self.origin("DE")), nowNS: 0)
        line.policy = plain
        #expect(line.send() == .forward)
    }
}
