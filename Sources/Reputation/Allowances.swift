public import WireBytes

/// Whom operators allow, beside those in the service's file.
///
/// Shape: entries by network, and a set to ask, made anew when an entry comes or goes: operators are slow.
struct Allowances {
    /// Most entries.
    static let countMax = 100_000

    private(set) var entries: [IPNetwork: AllowEntry] = [:]
    private(set) var networks = NetworkSet([])
    /// Whose entries came or went since they were taken.
    private var changed: Set<IPNetwork> = []
    private(set) var earliestEndWallUS = AllowEntry.foreverWallUS

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ entry: AllowEntry) {
        entries[entry.network] = entry
        changed.insert(entry.network)
        refresh()
    }

    /// Adds many at once.
    mutating func restore(_ restored: [AllowEntry]) {
        for entry in restored.prefix(Self.countMax) where entries[entry.network] == nil {
            entries[entry.network] = entry
        }
        refresh()
    }

    mutating func remove(_ network: IPNetwork) -> AllowEntry? {
        guard let entry = entries.removeValue(forKey: network) else { return nil }
        changed.insert(network)
        refresh()
        return entry
    }

    /// Entries whose time is over, removed.
    mutating func takeExpired(wallUS: Int64) -> [AllowEntry] {
        guard earliestEndWallUS <= wallUS else { return [] }
        let expired = entries.values.filter { $0.untilWallUS <= wallUS }
        for entry in expired {
            entries[entry.network] = nil
            changed.insert(entry.network)
        }
        refresh()
        return expired.sorted { $0.untilWallUS < $1.untilWallUS }
    }

    mutating func takeChanged() -> [AllowanceChange] {
        defer { changed = [] }
        return changed.map { AllowanceChange(network: $0, entry: entries[$0]) }
    }

    private mutating func refresh() {
        networks = NetworkSet(Array(entries.keys))
        earliestEndWallUS = entries.values.map(\.untilWallUS).min() ?? AllowEntry.foreverWallUS
    }
}

/// An entry of the allowlist that came or went.
public struct AllowanceChange: Sendable, Equatable {
    /// Whom it is about.
    public var network: IPNetwork
    /// The entry; `nil` where it went.
    public var entry: AllowEntry?

    /// Puts the parts together.
    public init(network: IPNetwork, entry: AllowEntry?) {
        self.network = network
        self.entry = entry
    }
}
