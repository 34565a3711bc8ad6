public import Settings
import Synchronization
public import WireBytes

/// How often each address has come lately.
///
/// When more addresses come than are remembered, the one that came longest ago is forgotten. Whoever comes from so many
/// addresses is held by limits on all of them together.
///
/// Thread safety: all workers share one, under a lock of its own; touched by connections that are opened by strangers
/// while a listener is under attack.
public final class AddressRates: Sendable {
    /// Addresses that are remembered at once.
    public static let countMax = 65_536

    private let buckets: Mutex<AgedTable<IPNetwork, UInt64>>
    private let countMax: Int

    /// Nobody has come yet.
    public init(countMax: Int = AddressRates.countMax) {
        buckets = Mutex(AgedTable(levelCount: 1))
        self.countMax = countMax
    }

    /// Bytes that it takes at most.
    public static var byteCountMax: Int { countMax * AgedTable<IPNetwork, UInt64>.entryByteCountMax }

    /// Counts one more of an address, unless it is one too many.
    public func charge(_ key: IPNetwork, _ rate: Frequency, nowNS: UInt64) -> Bool {
        buckets.withLock { buckets in
            let old = buckets[key]
            guard let fullAtNS = rate.charged(old ?? 0, nowNS: nowNS) else { return false }
            if old == nil, buckets.count >= countMax, let oldest = buckets.first { _ = buckets.remove(oldest.key) }
            buckets.set(key, to: fullAtNS, level: 0)
            return true
        }
    }
}
