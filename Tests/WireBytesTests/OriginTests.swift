import Testing
import WireBytes

@Suite("Origins")
struct OriginTests {
    private func origin(_ country: String? = nil, asn: UInt32? = nil, isHosting: Bool = false) -> Origin {
        var origin = Origin()
        origin.country = country.flatMap { CountryCode($0) }
        origin.asn = asn
        origin.isHosting = isHosting
        origin.sources = [.country, .asn, .hosting]
        return origin
    }

    @Test("a country is two capital letters")
    func code() {
        #expect(CountryCode("DE")?.description == "DE")
        for text in ["", "D", "DEU", "de", "D1", "ÄÖ", "[A", "@Z"] { #expect(CountryCode(text) == nil, "\(text)") }
        #expect(CountryCode(rawValue: 0) == nil && CountryCode(rawValue: 0x4445)?.description == "DE")
        #expect(CountryCode.known.count == 250 && CountryCode.known == Set(CountryCode.known).sorted())
    }

    @Test("a choice of countries has what it names, and what is unknown only when it says so")
    func countries() throws {
        let some = CountryChoice([try #require(CountryCode("DE")), try #require(CountryCode("AT"))])
        #expect(some.contains(origin("DE")) == true && some.contains(origin("FR")) == false)
        #expect(some.contains(origin()) == false)
        let unknown = CountryChoice([], hasUnknown: true)
        #expect(unknown.contains(origin()) == true && unknown.contains(origin("DE")) == false)
        #expect(some.contains(Origin()) == nil && unknown.contains(Origin()) == nil)
    }

    @Test("a choice of operators has numbers, those that rent out servers, and what is unknown")
    func operators() {
        let numbers = OperatorChoice([64496, 64499])
        #expect(numbers.contains(origin(asn: 64496)) == true && numbers.contains(origin(asn: 64497)) == false)
        #expect(numbers.contains(origin(asn: 64497, isHosting: true)) == false)
        #expect(numbers.contains(origin()) == false)
        let hosting = OperatorChoice([64496], hasHosting: true)
        #expect(hosting.contains(origin(asn: 64497, isHosting: true)) == true)
        #expect(hosting.contains(origin(asn: 64496)) == true && hosting.contains(origin(asn: 64497)) == false)
        #expect(OperatorChoice([], hasUnknown: true).contains(origin()) == true)
    }

    @Test("without the file of those who rent out servers, only choices that name them cannot be answered")
    func missing() {
        var half = origin(asn: 64496)
        half.sources = [.country, .asn]
        #expect(OperatorChoice([64496]).contains(half) == true)
        #expect(OperatorChoice([64496], hasHosting: true).contains(half) == nil)
        #expect(OperatorChoice([64496]).contains(Origin()) == nil)
    }
}
