/// What is going to happen at a known virtual time.
enum Happening {
    /// Bytes from a peer reach the relay's socket.
    case arrival(SimulatedSocket, [UInt8])
    /// A peer's FIN reaches the relay's socket.
    case arrivalOfFinish(SimulatedSocket)
    /// A peer's reset reaches the relay's socket.
    case arrivalOfReset(SimulatedSocket)
    /// Bytes from the relay reach a peer.
    case delivery(Peer, [UInt8])
    /// The relay's FIN reaches a peer.
    case deliveryOfFinish(Peer)
    /// The relay's reset reaches a peer.
    case deliveryOfReset(Peer)
    /// A server answers a connection attempt.
    case answer(SimulatedSocket, errorCode: Int32?)
    /// A client sets out.
    case knock(Peer)
    /// A peer's script goes on.
    case proceed(Peer)
    /// The run itself does something: a reload, a ban, a drain.
    case act(Int)
}

/// The happenings still to come, the earliest first; those of one instant in the order they were entered.
struct Timeline {
    private struct Entry {
        let timeNS: UInt64
        let number: Int
        let happening: Happening
    }

    private var entries: [Entry] = []
    private var count = 0

    var nextNS: UInt64? { entries.first?.timeNS }

    mutating func add(_ happening: Happening, atNS timeNS: UInt64) {
        count += 1
        entries.append(Entry(timeNS: timeNS, number: count, happening: happening))
        var place = entries.count - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes the first happening, if its time has come.
    mutating func popDue(nowNS: UInt64) -> Happening? {
        guard let first = entries.first, first.timeNS <= nowNS else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, isBefore(child + 1, child) { child += 1 }
            guard isBefore(child, place) else { break }
            entries.swapAt(child, place)
            place = child
        }
        return first.happening
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (entries[left], entries[right])
        return left.timeNS != right.timeNS ? left.timeNS < right.timeNS : left.number < right.number
    }
}
