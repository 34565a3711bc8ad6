/// The next deadline of every connection, the earliest first.
///
/// Shape: a binary heap of slots with each slot's place beside it, so that a slot stands in it once at most and an
/// attacker who moves deadlines about cannot make it grow.
/// Cost: O(log n) to set or remove, O(1) to look at the earliest.
struct DeadlineHeap {
    private struct Entry {
        var deadlineNS: UInt64
        var slot: Int32
    }

    private var entries: [Entry] = []
    /// The place of each slot in `entries`, -1 when it has none.
    private var places: [Int32] = []

    /// The earliest deadline in monotonic nanoseconds; `nil` when there is none.
    var earliestNS: UInt64? { entries.first?.deadlineNS }

    /// The deadline a slot is entered with.
    func deadlineNS(of slot: Int) -> UInt64? {
        guard slot < places.count, places[slot] >= 0 else { return nil }
        return entries[Int(places[slot])].deadlineNS
    }

    /// Enters a slot, or moves it.
    mutating func set(_ slot: Int, to deadlineNS: UInt64) {
        while places.count <= slot { places.append(-1) }
        if places[slot] < 0 {
            places[slot] = Int32(entries.count)
            entries.append(Entry(deadlineNS: deadlineNS, slot: Int32(slot)))
            siftUp(entries.count - 1)
        } else {
            let place = Int(places[slot])
            let old = entries[place].deadlineNS
            entries[place].deadlineNS = deadlineNS
            if deadlineNS < old { siftUp(place) } else { siftDown(place) }
        }
    }

    /// Takes a slot out; nothing happens when it is not in.
    mutating func remove(_ slot: Int) {
        guard slot < places.count, places[slot] >= 0 else { return }
        let place = Int(places[slot])
        places[slot] = -1
        let last = entries.removeLast()
        guard place < entries.count else { return }
        entries[place] = last
        places[Int(last.slot)] = Int32(place)
        siftUp(place)
        siftDown(Int(places[Int(last.slot)]))
    }

    /// Takes out the slot with the earliest deadline, if that has come.
    mutating func popDue(nowNS: UInt64) -> Int? {
        guard let first = entries.first, first.deadlineNS <= nowNS else { return nil }
        remove(Int(first.slot))
        return Int(first.slot)
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        let entry = entries[place]
        while place > 0 {
            let parent = (place - 1) / 2
            guard entry.deadlineNS < entries[parent].deadlineNS else { break }
            put(entries[parent], at: place)
            place = parent
        }
        put(entry, at: place)
    }

    private mutating func siftDown(_ start: Int) {
        var place = start
        let entry = entries[place]
        while true {
            var child = 2 * place + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].deadlineNS < entries[child].deadlineNS { child += 1 }
            guard entries[child].deadlineNS < entry.deadlineNS else { break }
            put(entries[child], at: place)
            place = child
        }
        put(entry, at: place)
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        entries[place] = entry
        places[Int(entry.slot)] = Int32(place)
    }
}
