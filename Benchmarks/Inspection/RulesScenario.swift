import Inspection
import RuleEngine
import WireBytes

/// What the session alone takes for a packet: framing, name, size, phase, and every rule.
enum RulesScenario {
    private static let cases: [(rules: Int, opcodes: Int)] = [(0, 32), (50, 32), (1_000, 500), (10_000, 500)]
    private static let signatureCounts = [0]
    private static let byteCounts = [32, 128, 1_024]
    private static let packetCount = 131_072

    /// One JSON object a row.
    static func rows(roundCount: Int) -> [String] {
        var rows: [String] = []
        for byteCount in byteCounts {
            for (rules, opcodes) in cases {
                let game = BenchmarkGame(opcodeCount: opcodes)
                let bytes = game.packets(count: packetCount, byteCount: byteCount)
                for signatures in signatureCounts {
                    let ruleset = game.ruleset(ruleCount: rules, signatureCount: signatures)
                    let sample = Sample(roundCount: roundCount) { measure(ruleset, bytes, byteCount: byteCount) }
                    rows.append(
                        """
                        {"rules": \(rules), "opcodes": \(opcodes), "signatures": \(signatures), \
                        "bytes": \(byteCount), "ns": \(sample.json)}
                        """)
                }
            }
        }
        return rows
    }

    /// Nanoseconds of CPU a packet, each handed to the session alone, as most reads hold one.
    private static func measure(_ ruleset: Ruleset, _ bytes: [UInt8], byteCount: Int) -> Double {
        let shared = SharedBuckets(capacity: 1_024, hashSeed: 1)
        let address = IPNetwork(holding: IPAddress(high: 0, low: 0xFFFF_0A00_0001), prefixLength: 128)
        let keys = BucketKeys(address: address, network: address, listener: 0, isExempt: false)
        var nowNS: UInt64 = 1_000_000_000
        var findings: [Finding] = []
        let buckets = BucketSet(policy: ruleset.policy, keys: keys, shared: shared, nowNS: nowNS)
        var session = Session(ruleset: ruleset, buckets: buckets, nowNS: nowNS)
        let limits = SessionLimits(packetNS: .max / 2, idleNS: .max / 2, delayNS: .max / 2)
        // Safe: bytes of an array are initialized, and any bits are bytes.
        let span = unsafe bytes.span.bytes
        var forwarded = 0
        let start = threadNS()
        for packet in 0..<packetCount {
            nowNS &+= 1_000
            let action = session.receive(
                span.extracting(packet * byteCount..<(packet + 1) * byteCount), .inbound, nowNS: nowNS,
                ruleset: ruleset, limits: limits, findings: &findings)
            if case .forward(let count) = action { forwarded += count }
        }
        let took = threadNS() - start
        precondition(forwarded == bytes.count && findings.isEmpty, "a rule fired: \(findings.first as Any)")
        return took / Double(packetCount)
    }
}
