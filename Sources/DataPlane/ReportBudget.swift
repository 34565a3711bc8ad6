import Events
import NetworkDriver

/// How much a worker still reports in this second: under attack its own reports must not become the attack.
struct ReportBudget {
    private var secondStartNS: UInt64 = 0
    private var spent = 0
    private var starvedNS: UInt64?

    /// Whether one more report may be made; one that may not is counted.
    mutating func spend(nowNS: UInt64, perSecond: Int, leftOutTo events: EventQueue) -> Bool {
        if nowNS &- secondStartNS >= 1_000_000_000 {
            secondStartNS = nowNS
            spent = 0
        }
        guard spent < perSecond else {
            events.leaveOut(1)
            return false
        }
        spent += 1
        return true
    }

    /// Says that connections wait because the host has no descriptor left, once a minute at most.
    mutating func starve(nowNS: UInt64, wallUS: Int64, to events: EventQueue) {
        if let starvedNS, nowNS &- starvedNS < 60_000_000_000 { return }
        starvedNS = nowNS
        events.post(
            .notice(
                Notice(
                    wallUS: wallUS, level: .warning, name: "out-of-descriptors",
                    text: "connections wait: no descriptor or memory is left; raise LimitNOFILE")))
    }
}

extension NetworkError {
    /// EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EAGAIN: this host has no descriptor, port or memory left, so
    /// another server would not help.
    var isExhaustion: Bool { [24, 23, 105, 12, 99, 11].contains(code) }
}
