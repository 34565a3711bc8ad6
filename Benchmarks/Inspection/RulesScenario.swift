import Inspection
import RuleEngine
import WireBytes

/// What the session alone takes for a packet: framing, name, size, phase, and every rule.
enum RulesScenario {
    private static let cases: [(rules: Int, opcodes: Int)] = [(0, 32), (50, 32), (1_000, 500), (10_000, 500)]
    private static let signatureCounts = [0, 100, 1_000]
    private static let byteCounts = [32, 128, 1_024]
    private static let packetCount = 131_072
    /// So few that they stay in the cache, as what the kernel has just copied does.
    private static let bodyCount = 16

    /// One JSON object a row.
    static func rows(roundCount: Int) -> [String] {
        var rows: [String] = []
        for byteCount in byteCounts {
            for (rules, opcodes) in cases {
                let game = BenchmarkGame(opcodeCount: opcodes)
                let traffic = Traffic(
                    bodies: game.packets(count: bodyCount, byteCount: byteCount), byteCount: byteCount,
                    opcodes: game.opcodes(count: packetCount))
                var variants = signatureCounts.map { ($0, true) }
                // None of these packets can have them: searching must not cost what it cannot find.
                if rules == 50 { variants.append((1_000, false)) }
                for (signatures, isSearched) in variants {
                    let ruleset = game.ruleset(
                        ruleCount: rules, signatureCount: signatures, isSearched: isSearched)
                    let sample = Sample(roundCount: roundCount) { measure(ruleset, traffic) }
                    rows.append(
                        """
                        {"rules": \(rules), "opcodes": \(opcodes), "signatures": \(signatures), \
                        "of": "\(isSearched ? "these packets" : "others")", "bytes": \(byteCount), "ns": \(sample.json)}
                        """)
                }
            }
        }
        return rows
    }

    /// Nanoseconds of CPU a packet, each handed to the session alone, as most reads hold one.
    ///
    /// Each is put into one read buffer first, where the kernel would have put it; what that takes is measured by
    /// itself and taken off.
    private static func measure(_ ruleset: Ruleset, _ traffic: Traffic) -> Double {
        let shared = SharedBuckets(capacity: 1_024, hashSeed: 1)
        let address = IPNetwork(holding: IPAddress(high: 0, low: 0xFFFF_0A00_0001), prefixLength: 128)
        let keys = BucketKeys(address: address, network: address, listener: 0, isExempt: false)
        var nowNS: UInt64 = 1_000_000_000
        var findings: [Finding] = []
        let buckets = BucketSet(policy: ruleset.policy, keys: keys, shared: shared, nowNS: nowNS)
        var session = Session(ruleset: ruleset, buckets: buckets, nowNS: nowNS)
        let limits = SessionLimits(packetNS: .max / 2, idleNS: .max / 2, delayNS: .max / 2)
        var forwarded = 0
        let judging = traffic.eachPacket { packet in
            nowNS &+= 1_000
            let action = session.receive(
                packet, .inbound, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
            if case .forward(let count) = action { forwarded += count }
        }
        precondition(
            forwarded == packetCount * traffic.byteCount && findings.isEmpty,
            "a rule fired: \(findings.first as Any)")
        var read = 0
        let copying = traffic.eachPacket { packet in
            nowNS &+= 1_000
            // Safe: a packet has at least two bytes, and any bits are a number.
            read &+= unsafe Int(packet.unsafeLoadUnaligned(as: UInt16.self))
        }
        precondition(read > 0 && nowNS > 0, "nothing was read")
        return (judging - copying) / Double(packetCount)
    }
}

/// The packets of one measurement.
private struct Traffic {
    /// Packets one behind the other, which take turns.
    let bodies: [UInt8]
    let byteCount: Int
    /// What each packet's opcode is made to be.
    let opcodes: [UInt16]

    /// Nanoseconds of CPU that it takes to put every packet into a read buffer and do something with it.
    @inline(__always)
    func eachPacket(_ body: (RawSpan) -> Void) -> Double {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        defer { unsafe buffer.deallocate() }
        let bodyCount = bodies.count / byteCount
        return unsafe bodies.withUnsafeBytes { bodies in
            let start = threadNS()
            for packet in opcodes.indices {
                let first = packet % bodyCount * byteCount
                // In bounds: the buffer holds one packet, and a packet is longer than its header of four bytes.
                unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bodies[first..<first + byteCount]))
                unsafe buffer.storeBytes(of: opcodes[packet].littleEndian, toByteOffset: 2, as: UInt16.self)
                body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)))
            }
            return threadNS() - start
        }
    }
}
