import TestSupport
import Testing
import WireBytes

@testable import DataPlane

@Suite("Tokens, slots and the address index")
struct SlabTests {
    @Test("a token says what it was made of, and the waker's is nobody's")
    func tokensRoundTrip() {
        var random = SplitMix64(seed: 8)
        for _ in 0..<500 {
            let slot = Int.random(in: 0..<1 << 30, using: &random)
            let generation = UInt32.random(in: .min ... .max, using: &random)
            let tokens: [Token] = [
                .end(.client, slot: slot, generation: generation), .end(.server, slot: slot, generation: generation),
                .listener(slot),
            ]
            for token in tokens { #expect(Token(packed: token.packed) == token) }
        }
        #expect(Token(packed: .max) == nil)
        #expect(Token(packed: Token.end(.server, slot: 1 << 30 - 1, generation: .max).packed) != nil)
    }

    private func connection(_ number: UInt64) -> Connection {
        Connection(plan: 0, number: number, acceptedNS: 0, peer: Endpoint(IPAddress(ipv4: 1), port: 1))
    }

    @Test("slots keep their connections, and every new tenant has a generation of its own")
    func slotsKeep() {
        var random = SplitMix64(seed: 21)
        var slab = ConnectionSlab()
        var model: [Int: UInt64] = [:]
        var seen: Set<UInt64> = []
        for number in UInt64(0)..<2_000 {
            if random.chance(3, in: 5) || model.isEmpty {
                let slot = slab.insert(connection(number))
                #expect(model[slot] == nil)
                model[slot] = number
                let token = Token.end(.client, slot: slot, generation: slab.generation(of: slot)).packed
                #expect(seen.insert(token).inserted)
            } else if let slot = model.keys.sorted().randomElement(using: &random) {
                slab.remove(slot)
                model[slot] = nil
                let isHeld = slab.holds(slot)
                #expect(!isHeld)
            }
            let count = slab.count
            #expect(count == model.count)
        }
        for (slot, number) in model {
            let found = slab.holds(slot) ? slab[slot].number : 0
            #expect(found == number)
        }
        let isBeyondHeld = slab.holds(slab.capacity)
        #expect(!isBeyondHeld)
    }

    @Test("freeing a slot twice, and looking into a free one, are bugs that trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            var slab = ConnectionSlab()
            let slot = slab.insert(
                Connection(plan: 0, number: 1, acceptedNS: 0, peer: Endpoint(IPAddress(ipv4: 1), port: 1)))
            slab.remove(slot)
            slab.remove(slot)
        }
        await #expect(processExitsWith: .failure) {
            let slab = ConnectionSlab()
            _ = slab[0].number
        }
    }

    @Test("the index finds all connections of an address and no other, through any coming and going")
    func indexFinds() {
        var random = SplitMix64(seed: 34)
        var slab = ConnectionSlab()
        var index = AddressIndex()
        let keys = (0..<40).map { IPNetwork(holding: IPAddress(ipv4: UInt32($0)), prefixLength: 128) }
        var model: [Int: Int] = [:]
        for number in UInt64(0)..<2_000 {
            if random.chance(3, in: 5) {
                let slot = slab.insert(connection(number))
                let key = Int.random(in: 0..<keys.count, using: &random)
                slab[slot].client = Endpoint(keys[key].base, port: 1)
                index.insert(slot, prefixLength: 128, into: &slab)
                model[slot] = key
            } else if let slot = model.keys.sorted().randomElement(using: &random) {
                index.remove(slot, from: &slab)
                index.remove(slot, from: &slab)
                slab.remove(slot)
                model[slot] = nil
            }
            let asked = Int.random(in: 0..<keys.count, using: &random)
            var found: [Int] = []
            var next = index.first(of: keys[asked], in: slab)
            while let slot = next {
                found.append(slot)
                next = index.next(after: slot, in: slab)
            }
            let numbers = found.map { slab[$0].number }
            #expect(numbers == numbers.sorted(by: >), "the newest in front, through every growth")
            #expect(found.sorted() == model.filter { $0.value == asked }.map(\.key).sorted())
        }
    }
}
