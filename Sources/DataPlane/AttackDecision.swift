import Events
import Settings

/// Who decides whether a listener is under attack.
public enum UnderAttackOrder: String, Sendable, CaseIterable {
    /// The listener itself, by its thresholds.
    case automatic
    /// An operator: it is.
    case on
    /// An operator: it is not.
    case off
}

/// What a listener's thresholds are held against.
struct AttackReadings: Equatable {
    var new: UInt64 = 0
    var unfinished: UInt64 = 0
    var failures: UInt64 = 0
}

/// Whether a listener is under attack: a decision from readings and time alone.
///
/// It begins as soon as a reading is above its threshold. It is over when every reading has been below the calm share
/// of its threshold for as long as the settings say without a break, so that it does not come and go with an attack
/// that comes in waves.
struct AttackDecision: Equatable {
    /// What came of a look.
    enum Change: Equatable {
        case began(UnderAttackRecord.Measure, count: UInt64, threshold: UInt64)
        case ended(afterNS: UInt64)
    }

    private(set) var order = UnderAttackOrder.automatic
    /// Since when it is under attack; `nil` while it is not.
    private(set) var sinceNS: UInt64?
    /// Why it is.
    private(set) var measure: UnderAttackRecord.Measure?
    /// Since when every reading is calm; `nil` while one is not.
    private(set) var calmSinceNS: UInt64?

    /// Looks at the readings.
    ///
    /// - Parameter nowNS: monotonic; one that is a little behind an earlier one counts as no time passed.
    mutating func judge(_ readings: AttackReadings, _ settings: UnderAttackSettings, nowNS: UInt64) -> Change? {
        guard order == .automatic else { return nil }
        guard let sinceNS else {
            guard let passed = readings.passed(settings) else { return nil }
            begin(passed.measure, nowNS: nowNS)
            return .began(passed.measure, count: passed.count, threshold: passed.threshold)
        }
        guard readings.isCalm(settings) else {
            calmSinceNS = nil
            return nil
        }
        let calmSinceNS = calmSinceNS ?? nowNS
        self.calmSinceNS = calmSinceNS
        guard nowNS >= calmSinceNS, nowNS - calmSinceNS >= settings.leastNS else { return nil }
        return end(sinceNS, nowNS: nowNS)
    }

    /// Does what an operator says.
    ///
    /// Back from `on` to `automatic` it stays as it is until it has been calm for as long as after an attack.
    mutating func obey(_ order: UnderAttackOrder, nowNS: UInt64) -> Change? {
        self.order = order
        switch (order, sinceNS) {
        case (.on, nil):
            begin(.operator, nowNS: nowNS)
            return .began(.operator, count: 0, threshold: 0)
        case (.off, .some(let sinceNS)): return end(sinceNS, nowNS: nowNS)
        case (.automatic, _):
            calmSinceNS = nil
            return nil
        case (.on, _), (.off, nil): return nil
        }
    }

    private mutating func begin(_ measure: UnderAttackRecord.Measure, nowNS: UInt64) {
        sinceNS = nowNS
        self.measure = measure
        calmSinceNS = nil
    }

    private mutating func end(_ sinceNS: UInt64, nowNS: UInt64) -> Change {
        self.sinceNS = nil
        measure = nil
        calmSinceNS = nil
        return .ended(afterNS: nowNS - min(sinceNS, nowNS))
    }
}

extension AttackReadings {
    private static let measures: [UnderAttackRecord.Measure] = [.new, .unfinished, .failures]

    private func count(of measure: UnderAttackRecord.Measure) -> UInt64 {
        switch measure {
        case .new: new
        case .unfinished: unfinished
        case .failures: failures
        case .operator: 0
        }
    }

    /// The first reading that is above its threshold.
    func passed(_ settings: UnderAttackSettings)
        -> (measure: UnderAttackRecord.Measure, count: UInt64, threshold: UInt64)?
    {
        for measure in Self.measures {
            guard let threshold = settings.threshold(of: measure), count(of: measure) > threshold else { continue }
            return (measure, count(of: measure), threshold)
        }
        return nil
    }

    /// Whether every reading is below the calm share of its threshold.
    func isCalm(_ settings: UnderAttackSettings) -> Bool {
        Self.measures.allSatisfy { measure in
            guard let threshold = settings.threshold(of: measure) else { return true }
            return Double(count(of: measure)) < Double(threshold) * settings.calm
        }
    }
}

extension UnderAttackSettings {
    func threshold(of measure: UnderAttackRecord.Measure) -> UInt64? {
        switch measure {
        case .new: new?.count
        case .unfinished: unfinished.map { UInt64(clamping: $0) }
        case .failures: failures?.count
        case .operator: nil
        }
    }
}
