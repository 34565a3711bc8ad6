/// What is due when: a heap, the earliest in front.
///
/// An entry is never taken out before its time; who entered it knows whether it still counts.
struct DeadlineQueue {
    private var entries: [(dueNS: UInt64, connection: UInt64)] = []

    mutating func insert(_ dueNS: UInt64, _ connection: UInt64) {
        entries.append((dueNS, connection))
        var index = entries.count - 1
        while index > 0, entries[index].dueNS < entries[(index - 1) / 2].dueNS {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes out the earliest entry that is due by a time.
    mutating func popDue(byNS nowNS: UInt64) -> (dueNS: UInt64, connection: UInt64)? {
        guard let first = entries.first, first.dueNS <= nowNS else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < entries.count && entries[child].dueNS < entries[least].dueNS {
                least = child
            }
            guard least != index else { return first }
            entries.swapAt(index, least)
            index = least
        }
    }
}
