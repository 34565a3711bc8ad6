/// A ban that is no longer in force.
public struct EndedBan: Sendable, Equatable {
    /// As it was; `untilNS` is when it ended.
    public var ban: Ban
    /// Whether it ended before its time.
    public var isLifted: Bool
    /// Who lifted it; `nil` where nobody did or a reload allowed whom it shut out.
    public var who: String?
}

/// Bans that ended and wait to be logged, in the order of their ends.
///
/// Shape: an array with a head that is moved up as bans are taken; bounded, because nobody may take them.
struct EndedBans {
    private var waiting: [EndedBan] = []
    private var head = 0
    private(set) var leftOutCount: UInt64 = 0

    var count: Int { waiting.count - head }

    var first: EndedBan? { head < waiting.count ? waiting[head] : nil }

    /// Adds a ban, or counts it as left out when `countMax` wait.
    mutating func add(_ ban: EndedBan, countMax: Int) {
        guard count < countMax else {
            leftOutCount &+= 1
            return
        }
        // Ends come nearly in order, so the place is found from the back.
        var index = waiting.count
        while index > head, waiting[index - 1].ban.untilNS > ban.ban.untilNS { index -= 1 }
        waiting.insert(ban, at: index)
    }

    mutating func takeFirst() -> EndedBan? {
        guard let ban = first else { return nil }
        head += 1
        // Half of the array is behind the head: moving the rest costs no more than taking it did.
        if head * 2 > waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        return ban
    }
}
