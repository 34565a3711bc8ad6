import DataPlane
import Reputation
import WireBytes

/// Attacks, by hand.
extension Operations {
    /// Says that a listener is under attack, that it is not, or that it shall find out by itself; holds at once.
    ///
    /// - Parameter listener: its name; `nil` for all that have limits for an attack.
    public func setUnderAttack(listener: String?, to order: AttackOrder, who: String) throws(OperationError) {
        let wanted: UnderAttackOrder =
            switch order {
            case .on: .on
            case .off: .off
            case .automatic: .automatic
            }
        do throws(UnderAttackError) {
            try service.setUnderAttack(
                listener, to: wanted, who: who, nowNS: clock.monotonicNS(), wallUS: clock.wallUS())
        } catch {
            switch error {
            case .noListener(let name): throw .unknownListener(name)
            case .noLimits(let name): throw .noAttackLimits(name)
            case .nowhere: throw .noAttackLimits("*")
            }
        }
        tell(who, "under-attack", listener ?? "*", order.rawValue)
    }

    /// The listeners, in the file's order.
    var listenerReports: [StatusReport.Listener] {
        service.attackStatus.map { listener in
            let order: AttackOrder =
                switch listener.order {
                case .on: .on
                case .off: .off
                case .automatic: .automatic
                }
            return StatusReport.Listener(
                name: listener.listener, bind: listener.bind, openCount: listener.openCount,
                isUnderAttack: listener.sinceNS != nil, attackOrder: order)
        }
    }

    /// Until when an address is known to have played, in wall-clock microseconds; `nil` when it is not.
    func knownUntilWallUS(_ network: IPNetwork) -> Int64? {
        let nowNS = clock.monotonicNS()
        let key = book.key(of: network.base)
        guard key == network || network.prefixLength == 128 else { return nil }
        return service.shared.known.untilNS(key, nowNS: nowNS).map { untilNS in
            clock.wallUS() &+ Int64(clamping: (untilNS - nowNS) / 1_000)
        }
    }
}
