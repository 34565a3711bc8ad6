import Synchronization

/// Who may come in through a gate: who has succeeded elsewhere, as long as he is on and for a time after.
///
/// A pass is held by every connection that earned it or came in with it. While anybody holds it, it is good; when the
/// last one lets go, it is good until a time.
///
/// When there are too many, the pass that nobody has held for longest makes room, and then the oldest that is held.
///
/// Thread safety: all workers share one, under a lock of its own; touched when a connection opens or ends on a listener
/// that opens the gate or stands behind it, and when somebody succeeds.
public final class GatePasses<Key: Hashable & Sendable>: Sendable {
    private struct Pass: Sendable {
        var holderCount: UInt32
        var untilNS: UInt64
    }

    private let passes: Mutex<AgedTable<Key, Pass>>
    private let countMax: Int

    /// Nobody may come in yet.
    public init(countMax: Int) {
        passes = Mutex(AgedTable(levelCount: 2))
        self.countMax = countMax
    }

    /// Bytes that so many passes take at most.
    public static func byteCountMax(passCount: Int) -> Int { passCount * AgedTable<Key, Pass>.entryByteCountMax }

    /// Passes that are remembered now, those among them whose time is over and that nobody has noticed yet.
    public var count: Int { passes.withLock { $0.count } }

    /// A connection has earned a pass, and holds it.
    public func grant(_ key: Key, nowNS: UInt64) {
        passes.withLock { passes in
            Self.forgetExpired(&passes, nowNS: nowNS)
            var pass = passes[key] ?? Pass(holderCount: 0, untilNS: 0)
            if passes[key] == nil, passes.count >= countMax, let first = passes.first { _ = passes.remove(first.key) }
            pass.holderCount &+= 1
            passes.set(key, to: pass, level: 1)
        }
    }

    /// Whether a connection would be let in.
    public func has(_ key: Key, nowNS: UInt64) -> Bool {
        passes.withLock { $0[key].map { $0.holderCount > 0 || $0.untilNS > nowNS } ?? false }
    }

    /// A connection wants to come in; if it may, it holds the pass as well.
    public func enter(_ key: Key, nowNS: UInt64) -> Bool {
        passes.withLock { passes in
            guard var pass = passes[key], pass.holderCount > 0 || pass.untilNS > nowNS else { return false }
            pass.holderCount &+= 1
            passes.set(key, to: pass, level: 1)
            return true
        }
    }

    /// A connection that holds a pass lets it go.
    ///
    /// - Parameter forNS: how long the pass is good when nobody holds it any more.
    public func leave(_ key: Key, forNS: UInt64, nowNS: UInt64) {
        passes.withLock { passes in
            // It may have made room, and then there is nothing to let go.
            guard var pass = passes[key], pass.holderCount > 0 else { return }
            pass.holderCount -= 1
            pass.untilNS = max(pass.untilNS, nowNS &+ forNS)
            passes.set(key, to: pass, level: pass.holderCount > 0 ? 1 : 0)
        }
    }

    /// A few at a time: who let go first is at the front.
    private static func forgetExpired(_ passes: inout AgedTable<Key, Pass>, nowNS: UInt64) {
        for _ in 0..<2 {
            guard let oldest = passes.oldest(level: 0), oldest.value.untilNS <= nowNS else { return }
            _ = passes.remove(oldest.key)
        }
    }
}
