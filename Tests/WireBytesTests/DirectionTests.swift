import Testing
import WireBytes

@Suite("Directions")
struct DirectionTests {
    @Test("the way back of the way back is the way")
    func opposite() {
        #expect(Direction.inbound.opposite == .outbound)
        for direction in Direction.allCases { #expect(direction.opposite.opposite == direction) }
    }

    @Test("the client sends inbound, the server outbound")
    func sender() {
        #expect(Direction.inbound.sender == "client")
        #expect(Direction.outbound.sender == "server")
    }

    @Test("a change to one direction leaves the other alone")
    func perDirection() {
        var pair = PerDirection(both: 1)
        pair[.outbound] += 1
        #expect(pair == PerDirection(inbound: 1, outbound: 2))
        #expect(pair[.inbound] == 1)
    }
}
