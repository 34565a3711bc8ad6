import Glibc
import KernelBans
import TestSupport
import WireBytes

/// How long the kernel takes to be told of bans, in a network namespace of this program's own.
enum KernelScenario {
    /// One JSON object a row; none where such a namespace cannot be had.
    static func rows(roundCount: Int) -> [String] {
        guard enterOwnNetwork() else {
            tell("the scenario kernel needs root; it is left out")
            return []
        }
        let filter = Nftables()
        var rows: [String] = []
        for (count, isIPv6) in [(1, false), (10_000, false), (10_000, true), (100_000, false)] {
            do {
                rows.append(try row(count: count, isIPv6: isIPv6, filter, roundCount: count > 10_000 ? 5 : roundCount))
            } catch {
                tell("the scenario kernel is left out: \(error)")
                return []
            }
        }
        return rows
    }

    private static func row(
        count: Int, isIPv6: Bool, _ filter: Nftables, roundCount: Int
    ) throws(KernelBanError) -> String {
        let crowd = AddressCrowd(isIPv6: isIPv6, count: count, networkCount: 0, seed: 7)
        // What is banned of IPv6 is a /64.
        let networks = crowd.networks.map { IPNetwork(holding: $0.base, prefixLength: isIPv6 ? 64 : 128) }
        let (bans, lifts) = (
            networks.map { KernelChange(.banned, $0, untilNS: 3_600_000_000_000) },
            networks.map { KernelChange(.banned, $0, untilNS: nil) }
        )
        let wanted = networks.map { KernelEntry($0, untilNS: 3_600_000_000_000) }
        var (ban, mend, lift) = ([Double](), [Double](), [Double]())
        // The first one warms up and is not kept.
        for _ in 0...roundCount {
            var table = KernelBanTable(
                KernelTableSettings(name: "portcullis_benchmark", binds: [Endpoint(IPAddress(ipv4: 0), port: 7_801)]),
                filter: filter)
            _ = try table.reconcile(banned: [], allowed: [], nowNS: 0)
            ban.append(try milliseconds { () throws(KernelBanError) in try table.apply(bans, nowNS: 0) })
            precondition(table.entryCount == Set(networks).count, "\(table.entryCount) of \(count) are banned")
            try filter.run("flush ruleset\n")
            mend.append(
                try milliseconds { () throws(KernelBanError) in
                    let found = try table.reconcile(banned: wanted, allowed: [], nowNS: 0)
                    precondition(found.isTableLost, "the table was flushed")
                })
            lift.append(try milliseconds { () throws(KernelBanError) in try table.apply(lifts, nowNS: 0) })
            precondition(table.entryCount == 0, "\(table.entryCount) are left")
            try table.remove()
        }
        return """
            {"bans": \(count), "of": "\(isIPv6 ? "IPv6" : "IPv4")", "ban_ms": \(json(ban)), \
            "restore_ms": \(json(mend)), "lift_ms": \(json(lift))}
            """
    }

    private static func json(_ values: [Double]) -> String {
        var rest = values.dropFirst().makeIterator()
        // The first value is taken twice, because a sample leaves its first one out.
        var isFirst = true
        return Sample(roundCount: values.count - 1) {
            defer { isFirst = false }
            return isFirst ? values[0] : rest.next() ?? 0
        }.json
    }

    /// Of the wall clock: the kernel's part is not this thread's alone.
    private static func milliseconds(_ body: () throws(KernelBanError) -> Void) throws(KernelBanError) -> Double {
        let start = wallNS()
        try body()
        return (wallNS() - start) / 1e6
    }

    private static func wallNS() -> Double {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) * 1e9 + Double(now.tv_nsec)
    }

    private static func tell(_ text: String) {
        let line = Array("inspection-benchmark: \(text)\n".utf8)
        // Safe: the array's own count bounds the call.
        _ = unsafe write(STDERR_FILENO, line, line.count)
    }

    /// From here on this process has a network of its own, and nobody else's rules are touched.
    private static func enterOwnNetwork() -> Bool {
        // The module of the C library leaves it out.
        typealias Call = @convention(c) (Int32) -> Int32
        guard let symbol = unsafe dlsym(nil, "unshare") else { return false }
        let network: Int32 = 0x4000_0000
        // Safe: this is the function's type in C.
        return unsafe unsafeBitCast(symbol, to: Call.self)(network) == 0
    }
}
