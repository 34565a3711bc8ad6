/// Values of some of the slots of a ``SubjectTable``.
///
/// Shape: values stand side by side, and every slot has four bytes that say where; so a million of them are copied
/// seldom and hashed never.
struct SlotMap<Value> {
    private var values: [Value?] = []
    private var free: [Int32] = []
    /// Of each slot where its value stands; -1 for none.
    private var places: [Int32] = []

    /// Makes room for so many more values.
    mutating func reserve(_ newCount: Int) {
        values.reserveCapacity(values.count + newCount)
        places.reserveCapacity(places.count + newCount)
    }

    subscript(slot: SubjectTable.Slot) -> Value? {
        get {
            let index = Int(slot)
            guard index < places.count, places[index] >= 0 else { return nil }
            return values[Int(places[index])]
        }
        _modify {
            let place = enter(slot)
            yield &values[place]
            if values[place] == nil { leave(slot, place) }
        }
    }

    private mutating func enter(_ slot: SubjectTable.Slot) -> Int {
        let index = Int(slot)
        while places.count <= index { places.append(-1) }
        if places[index] >= 0 { return Int(places[index]) }
        let place: Int
        if let last = free.popLast() {
            place = Int(last)
        } else {
            place = values.count
            values.append(nil)
        }
        places[index] = Int32(place)
        return place
    }

    private mutating func leave(_ slot: SubjectTable.Slot, _ place: Int) {
        places[Int(slot)] = -1
        free.append(Int32(place))
    }
}
