import TestSupport
import WireBytes

/// Packets of the game of `DifferentialTests`; most are right, some break what its descriptor says.
struct DifferentialTraffic {
    private var random: SplitMix64
    private var counter: UInt8 = 0

    init(random: SplitMix64) {
        self.random = random
    }

    mutating func packet(_ direction: Direction) -> [UInt8] {
        let (opcode, body) = direction == .inbound ? clientPacket() : serverPacket()
        let size = body.count + 3
        return [UInt8(size & 0xFF), UInt8(size >> 8), opcode] + body
    }

    private mutating func clientPacket() -> (UInt8, [UInt8]) {
        switch below(7) {
        case 0: return (1, [UInt8](repeating: UInt8(below(2)), count: below(3)))
        case 1:
            let offset = below(10) == 0 ? UInt8(below(256)) : 5
            return (2, [offset, 9] + text(40) + (below(8) == 0 ? [] : [0]) + text(5))
        case 2: return (5, counted())
        case 3: return (6, [UInt8(below(3))])
        case 4: return (7, linked())
        case let other: return (UInt8(other - 2), [UInt8](repeating: 3, count: below(60)))
        }
    }

    private mutating func serverPacket() -> (UInt8, [UInt8]) {
        guard below(4) > 0 else { return (2, [UInt8(below(8) == 0 ? below(60) : 4)] + text(40) + [0]) }
        return ([1, 1, 3, 4, 6, 7][below(6)], [UInt8](repeating: 3, count: below(80)))
    }

    /// A counter that sometimes jumps, in a packet that is sometimes too long.
    private mutating func counted() -> [UInt8] {
        defer { counter &+= 1 }
        let number = below(10) == 0 ? UInt8(below(256)) : counter
        return [number, 1, 2] + (below(12) == 0 ? [UInt8](repeating: 1, count: 20) : [])
    }

    /// An array of links and a text, before or behind it; sometimes one byte of it is another.
    private mutating func linked() -> [UInt8] {
        let count = below(4)
        let text = text(10) + [0]
        let isTextFirst = below(2) == 0
        let first = 6 + (isTextFirst ? text.count : 0)
        var elements: [UInt8] = []
        for index in 0..<count {
            elements += [UInt8(first + 3 * index), index == count - 1 ? 0 : UInt8(first + 3 * index + 3), 7]
        }
        var body = [UInt8(count), count == 0 ? 0 : UInt8(first), UInt8(isTextFirst ? 6 : 6 + elements.count)]
        body += isTextFirst ? text + elements : elements + text
        if below(6) == 0 { body[below(body.count)] = UInt8(below(40)) }
        return body
    }

    private mutating func text(_ most: Int) -> [UInt8] {
        let letters = Array("ab<>b/ ".utf8)
        return (0..<below(most)).map { _ in letters[below(letters.count)] }
    }

    private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
}
