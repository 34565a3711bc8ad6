import TestSupport

/// What may go wrong in one run, and how often.
///
/// Each run leaves some kinds out altogether.
struct Faults {
    /// Longest time on the way, nanoseconds.
    var latencyMostNS: UInt64 = 0
    /// Most bytes that travel together; larger sends are split.
    var segmentMost = Int.max
    /// Bytes a kernel holds for a receiver.
    var sendCapacity: ClosedRange<Int> = 65_536...65_536
    /// A worker wakes up so much too late at most, nanoseconds.
    var oversleepMostNS: UInt64 = 0
    /// Events of one batch at most.
    var batchMost = 256
    /// Of 1,000 waits, those that report sockets of which nothing changed.
    var spuriousPerMille: UInt64 = 0
    /// Of 1,000 operations, those during which the network goes on.
    var interleavePerMille: UInt64 = 0
    /// Of 1,000 accepts, those that find no descriptor.
    var acceptExhaustedPerMille: UInt64 = 0
    /// Of 1,000 connects, those that find no descriptor.
    var connectExhaustedPerMille: UInt64 = 0
    /// Of 1,000 watches, those that find no memory.
    var watchFailedPerMille: UInt64 = 0

    /// None at all: what a liveness phase runs on.
    static let none = Faults()

    /// A seed's own choice.
    static func chosen(using random: inout SplitMix64) -> Faults {
        var faults = Faults()
        if random.chance(3, in: 4) {
            faults.latencyMostNS = random.choice(50_000, 2_000_000, 80_000_000)
        }
        if random.chance(3, in: 4) { faults.segmentMost = random.choice(1, 3, 17, 200, 1_460) }
        if random.chance(1, in: 2) { faults.sendCapacity = random.choice(1...8, 16...64, 200...900) }
        if random.chance(1, in: 2) { faults.oversleepMostNS = 3_000_000 }
        if random.chance(1, in: 2) { faults.batchMost = Int.random(in: 1...4, using: &random) }
        if random.chance(1, in: 2) { faults.spuriousPerMille = 100 }
        if random.chance(1, in: 2) { faults.interleavePerMille = 100 }
        if random.chance(1, in: 8) { faults.acceptExhaustedPerMille = 300 }
        if random.chance(1, in: 16) { faults.connectExhaustedPerMille = 200 }
        if random.chance(1, in: 16) { faults.watchFailedPerMille = 100 }
        return faults
    }
}

extension SplitMix64 {
    /// One of several values.
    mutating func choice<Value>(_ first: Value, _ others: Value...) -> Value {
        let index = Int.random(in: 0...others.count, using: &self)
        return index == 0 ? first : others[index - 1]
    }
}
