import WireBytes

/// The kernel's own table of who is banned and who is allowed, kept as the program wants it.
///
/// It holds a copy of what it gave to the kernel. Whether somebody else changed the table shows in the number of the
/// ruleset; only when that is not as expected, the table is read back.
///
/// Not for several threads.
///
/// Cost: some bytes of a dictionary an entry; a transaction carries at most `batchCountMax` elements.
public struct KernelBanTable<Filter: PacketFilter> {
    private var filter: Filter
    private(set) var settings: KernelTableSettings
    /// Ends of what the kernel holds.
    private var held: [ElementPlace: UInt64] = [:]
    private var bannedCount = 0
    private var sets: Set<SetName> = []
    /// The table as it was listed after it was made, without elements; `nil` while it is to be made.
    private var shape: [UInt8]?
    /// The number of the ruleset after the last transaction; `nil` when others changed it before that.
    private var lastGeneration: Int64?
    /// Bans for which there was no room.
    public private(set) var leftOutCount = 0

    /// Nothing is made yet: the first reconciliation does.
    public init(_ settings: KernelTableSettings, filter: Filter) {
        self.settings = settings
        self.filter = filter
    }

    /// Whether the table was made, and changes can be applied to it.
    public var isMade: Bool { shape != nil }

    /// Entries that the kernel holds; a network of IPv6 that holds all of IPv4 counts twice.
    public var entryCount: Int { held.count }

    /// Takes other settings; the next reconciliation makes the table anew, and one of the old name is removed.
    public mutating func update(_ settings: KernelTableSettings) throws(KernelBanError) {
        guard settings != self.settings else { return }
        let old = self.settings
        self.settings = settings
        shape = nil
        if old.name != settings.name { try remove(old.name) }
    }

    /// Removes the table.
    public mutating func remove() throws(KernelBanError) {
        shape = nil
        try remove(settings.name)
    }

    private mutating func remove(_ name: String) throws(KernelBanError) {
        var script = TableScript(table: name)
        script.removeTable()
        try run(script)
    }

    /// Gives the kernel what has changed.
    ///
    /// - Throws: why it was not taken, in whole or in part; the next reconciliation finds out.
    public mutating func apply(_ changes: [KernelChange], nowNS: UInt64) throws(KernelBanError) {
        precondition(isMade, "changes are applied to a table that was made")
        var last: [ElementPlace: UInt64?] = [:]
        for change in changes {
            let untilNS = change.untilNS.map { Self.shown(untilNS: $0, nowNS: nowNS) }
            for place in ElementPlace.all(of: change.network, change.purpose) {
                last[place] = .some(untilNS.flatMap { $0 > nowNS ? $0 : nil })
            }
        }
        try write(difference(to: last), making: false, nowNS: nowNS)
    }

    /// Makes the table what the program wants it to be, whoever did whatever to it meanwhile.
    ///
    /// Of more bans than there is room for, those that end first are left out.
    public mutating func reconcile(
        banned: [KernelEntry], allowed: [KernelEntry], nowNS: UInt64
    ) throws(KernelBanError) -> Reconciliation {
        guard allowed.count <= KernelBounds.allowedCountMax else { throw .tooManyAllowed(allowed.count) }
        var result = Reconciliation()
        if isMade { try verify(&result, nowNS: nowNS) }
        let making = !isMade
        if making { (held, bannedCount, sets) = ([:], 0, []) }
        leftOutCount = max(0, banned.count - KernelBounds.bannedCountMax)
        let fitting = leftOutCount == 0 ? banned[...] : banned.sorted { $0.untilNS < $1.untilNS }[leftOutCount...]
        var wanted: [ElementPlace: UInt64?] = [:]
        for (entries, purpose) in [(allowed[...], KernelPurpose.allowed), (fitting, .banned)] {
            for entry in entries where entry.untilNS > nowNS {
                let untilNS = Self.shown(untilNS: entry.untilNS, nowNS: nowNS)
                for place in ElementPlace.all(of: entry.network, purpose) { wanted[place] = untilNS }
            }
        }
        for place in held.keys where wanted[place] == nil { wanted[place] = .some(nil) }
        try write(difference(to: wanted), making: making, nowNS: nowNS)
        return result
    }

    /// Looks whether the table is still what it was, if anybody changed anything.
    private mutating func verify(_ result: inout Reconciliation, nowNS: UInt64) throws(KernelBanError) {
        let generation = try filter.generation()
        guard generation != lastGeneration else { return }
        guard let found = try filter.list(settings.name, shapeOnly: true), found == shape,
            let text = try filter.list(settings.name, shapeOnly: false)
        else {
            result.isTableLost = true
            shape = nil
            return
        }
        let actual = TableListing(parsing: text, nowNS: nowNS).elements
        result.missingCount = held.count { place, untilNS in
            untilNS > nowNS &+ Self.toleranceNS && actual[place] == nil
        }
        result.strangerCount = actual.keys.count { held[$0] == nil }
        held = actual
        bannedCount = held.keys.count { $0.set.purpose == .banned }
        lastGeneration = generation
    }

    // MARK: Writing

    /// What the kernel need not be told: its own counting of a time differs by so much from ours.
    private static var toleranceNS: UInt64 { 2_000_000_000 }

    /// What has a longer time than a timeout can be stays until it is taken out.
    private static func shown(untilNS: UInt64, nowNS: UInt64) -> UInt64 {
        guard untilNS > nowNS else { return untilNS }
        return (untilNS - nowNS) / 1_000_000_000 >= KernelBounds.timeoutSecondsMax ? .max : untilNS
    }

    private struct Step {
        let place: ElementPlace
        /// It is there, and goes, or goes and comes with another time.
        let isOut: Bool
        /// `nil`: it does not come.
        let untilNS: UInt64?
    }

    /// What leads from what is held to what is wanted, in an order in which nobody who is allowed is shut out.
    private mutating func difference(to wanted: [ElementPlace: UInt64?]) -> [Step] {
        var steps: [Step] = []
        let goingCount = wanted.count { place, untilNS in
            place.set.purpose == .banned && untilNS == nil && held[place] != nil
        }
        var roomCount = KernelBounds.bannedCountMax - bannedCount + goingCount
        for (place, untilNS) in wanted {
            let heldUntilNS = held[place]
            guard let untilNS else {
                if heldUntilNS != nil { steps.append(Step(place: place, isOut: true, untilNS: nil)) }
                continue
            }
            if let heldUntilNS {
                let isNear = max(untilNS, heldUntilNS) - min(untilNS, heldUntilNS) <= Self.toleranceNS
                if !isNear { steps.append(Step(place: place, isOut: true, untilNS: untilNS)) }
                continue
            }
            if place.set.purpose == .banned {
                guard roomCount > 0 else {
                    leftOutCount += 1
                    continue
                }
                roomCount -= 1
            }
            steps.append(Step(place: place, isOut: false, untilNS: untilNS))
        }
        return steps.sorted { left, right in
            left.place.set != right.place.set
                ? left.place.set < right.place.set : left.place.address < right.place.address
        }
    }

    private mutating func write(_ steps: [Step], making: Bool, nowNS: UInt64) throws(KernelBanError) {
        var script = TableScript(table: settings.name)
        let newSets = Set(steps.lazy.filter { $0.untilNS != nil }.map(\.place.set)).subtracting(sets)
        if making {
            script.replaceTable()
            script.addChains(settings.binds)
        }
        for set in newSets.sorted() { script.addSet(set) }
        if !newSets.isEmpty { script.judge(by: sets.union(newSets)) }
        var rest = steps[...]
        while !rest.isEmpty || !script.text.isEmpty {
            let batch = rest.prefix(KernelBounds.batchCountMax)
            rest = rest.dropFirst(batch.count)
            Self.add(batch, to: &script, nowNS: nowNS)
            try run(script)
            sets.formUnion(newSets)
            hold(batch)
            script = TableScript(table: settings.name)
        }
        if making || !newSets.isEmpty { try rememberShape() }
    }

    private static func add(_ batch: ArraySlice<Step>, to script: inout TableScript, nowNS: UInt64) {
        var start = batch.startIndex
        while start < batch.endIndex {
            let set = batch[start].place.set
            let end = batch[start...].firstIndex { $0.place.set != set } ?? batch.endIndex
            let steps = batch[start..<end]
            script.change(
                set, out: steps.filter(\.isOut).map(\.place.address),
                into: steps.compactMap { step in step.untilNS.map { (step.place.address, $0) } }, nowNS: nowNS)
            start = end
        }
    }

    private mutating func hold(_ batch: ArraySlice<Step>) {
        for step in batch {
            let old = held.updateValue(step.untilNS ?? 0, forKey: step.place)
            if step.untilNS == nil { held[step.place] = nil }
            guard step.place.set.purpose == .banned else { continue }
            bannedCount += (step.untilNS == nil ? 0 : 1) - (old == nil ? 0 : 1)
        }
    }

    /// Runs a transaction, and knows afterwards whether anybody else's came between.
    private mutating func run(_ script: TableScript) throws(KernelBanError) {
        let before = try filter.generation()
        let isExpected = before == lastGeneration
        lastGeneration = nil
        try filter.run(script.text)
        let after = try filter.generation()
        if isExpected || shape == nil, after == before + 1 { lastGeneration = after }
    }

    /// Lists the table as it is when it was just made.
    ///
    /// Somebody may change it before it is listed; then it is made once more at the next reconciliation.
    private mutating func rememberShape() throws(KernelBanError) {
        shape = nil
        let expected = lastGeneration
        let listed = try filter.list(settings.name, shapeOnly: true)
        guard let expected, try filter.generation() == expected else { return }
        shape = listed
    }
}

/// What a reconciliation found that the program had not done.
public struct Reconciliation: Sendable, Equatable {
    /// The table was gone, or its chains and sets were others.
    public var isTableLost = false
    /// Entries that somebody took out.
    public var missingCount = 0
    /// Entries that somebody put in.
    public var strangerCount = 0

    /// Whether everything was as the program left it.
    public var isAsLeft: Bool { self == Reconciliation() }

    /// Nothing was found.
    public init() {}
}
