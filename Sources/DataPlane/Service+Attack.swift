public import Events
import Settings
public import WireBytes

/// How a listener stands, for an operator.
public struct AttackStatus: Sendable, Equatable {
    /// Name of the listener.
    public var listener: String
    /// Where it listens.
    public var bind: Endpoint
    /// Its open connections, over all workers.
    public var openCount: Int
    /// Those whose handshake is not over.
    public var unfinishedCount: Int
    /// Those of who had not played before; 0 where the listener is never under attack.
    public var strangerCount: Int
    /// Whether it has limits for an attack at all.
    public var canBeUnderAttack: Bool
    /// Who decides.
    public var order: UnderAttackOrder
    /// Since when it is under attack, in monotonic nanoseconds; `nil` while it is not.
    public var sinceNS: UInt64?
    /// What said that it is.
    public var measure: UnderAttackRecord.Measure?
}

/// An operator's word on attacks cannot be followed.
public enum UnderAttackError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no listener of that name.
    case noListener(String)
    /// It has no limits for an attack.
    case noLimits(String)
    /// No listener has.
    case nowhere

    /// For the operator.
    public var description: String {
        switch self {
        case .noListener(let name): "there is no listener '\(name)'"
        case .noLimits(let name): "the listener '\(name)' has no 'under_attack'"
        case .nowhere: "no listener has 'under_attack'"
        }
    }
}

extension ServicePlan {
    /// How its listeners stand, in their order.
    var attackStatus: [AttackStatus] {
        listeners.map { listener in
            let standing = listener.watch.standing
            return AttackStatus(
                listener: listener.settings.name, bind: listener.settings.bind, openCount: listener.openCount.value,
                unfinishedCount: listener.watch.unfinished.value, strangerCount: listener.watch.strangers.value,
                canBeUnderAttack: listener.settings.underAttack != nil, order: standing.order,
                sinceNS: standing.sinceNS, measure: standing.measure)
        }
    }

    /// Does what an operator says of attacks on one listener, or on all that can be under attack.
    ///
    /// - Returns: whether the mode of any has changed.
    func setUnderAttack(
        _ name: String?, to order: UnderAttackOrder, who: String, nowNS: UInt64, wallUS: Int64, shared: SharedState
    ) throws(UnderAttackError) -> Bool {
        if let name {
            guard let listener = listeners.first(where: { $0.settings.name == name }) else { throw .noListener(name) }
            guard listener.settings.underAttack != nil else { throw .noLimits(name) }
        } else if !listeners.contains(where: { $0.settings.underAttack != nil }) {
            throw .nowhere
        }
        var hasChanged = false
        for listener in listeners where name == nil || listener.settings.name == name {
            guard let settings = listener.settings.underAttack else { continue }
            if let change = listener.watch.obey(order, nowNS: nowNS) {
                hasChanged = true
                shared.events.post(
                    .underAttack(
                        change.record(
                            listener: listener.settings.name, limits: settings.limits.name, wallUS: wallUS, who: who)))
            }
            // Also where it only goes back to deciding by itself: somebody must look whether it is over.
            shared.broadcast(.attackChanged(listener: listener.settings.name))
        }
        return hasChanged
    }
}
