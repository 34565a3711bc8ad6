import WireBytes

/// States of an automaton, each once.
private struct StateSet {
    /// Those that take a character.
    var takers = InlineArray<1024, UInt16>(repeating: 0)
    var count = 0
    /// All, one bit each.
    var marks = InlineArray<16, UInt64>(repeating: 0)

    mutating func clear() {
        count = 0
        marks = InlineArray<16, UInt64>(repeating: 0)
    }

    mutating func add(_ taker: Int) {
        takers[count] = UInt16(taker)
        count += 1
    }

    mutating func mark(_ state: Int) -> Bool {
        let bit: UInt64 = 1 << UInt64(state & 63)
        guard marks[state >> 6] & bit == 0 else { return false }
        marks[state >> 6] |= bit
        return true
    }

    /// Whether the text may end here: the end is the first state.
    var hasEnd: Bool { marks[0] & 1 == 1 }
}

extension TextPattern {
    /// Whether the pattern describes the whole text.
    ///
    /// Cost: for each character as much as there are states, 1,024 at most, and no more however the pattern repeats; no
    /// allocation.
    func matches(_ text: ScalarCursor, in packet: RawSpan) -> Bool {
        var cursor = text
        // The two take turns: each is half a page, too much to be moved for every character.
        var even = StateSet()
        var odd = StateSet()
        var waiting = InlineArray<1024, UInt16>(repeating: 0)
        enter(start, &even, &waiting)
        while let scalar = cursor.next(in: packet) {
            advance(even, over: scalar, to: &odd, &waiting)
            guard let scalar = cursor.next(in: packet) else { return odd.hasEnd }
            advance(odd, over: scalar, to: &even, &waiting)
            if even.count == 0 { return even.hasEnd && cursor.offset == cursor.end }
        }
        return even.hasEnd
    }

    private func advance(
        _ current: borrowing StateSet, over scalar: UInt32, to following: inout StateSet,
        _ waiting: inout InlineArray<1024, UInt16>
    ) {
        following.clear()
        for index in 0..<current.count {
            guard case .take(let set, let next) = states[Int(current.takers[index])] else { continue }
            if sets[set].contains(scalar) { enter(next, &following, &waiting) }
        }
    }

    /// Adds a state and all that can be reached from it without a character.
    ///
    /// - Parameter waiting: room for states whose successors are still to be added; what it holds does not matter.
    private func enter(_ state: Int, _ set: inout StateSet, _ waiting: inout InlineArray<1024, UInt16>) {
        guard set.mark(state) else { return }
        waiting[0] = UInt16(state)
        var count = 1
        while count > 0 {
            count -= 1
            let state = Int(waiting[count])
            switch states[state] {
            case .end: continue
            case .take: set.add(state)
            case .split(let one, let other):
                // Each state is marked once, so no more wait than there are.
                if set.mark(other) {
                    waiting[count] = UInt16(other)
                    count += 1
                }
                if set.mark(one) {
                    waiting[count] = UInt16(one)
                    count += 1
                }
            }
        }
    }
}
