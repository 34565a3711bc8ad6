import StreamCiphers

/// What the ciphers take: for a packet, for a byte of it, and for the keys of a connection.
enum CiphersScenario {
    private static let byteCounts = [16, 43, 128, 1_024, 32_768]
    private static let byteCountOfRound = 4_194_304
    private static let pairCount = 100

    /// One JSON object a row.
    static func rows(roundCount: Int) -> [String] {
        CipherScheme.all.flatMap { scheme in
            let keys = (0..<scheme.keyCounts.upperBound).map { key in
                (0..<min(128, scheme.keyByteCounts.upperBound)).map { UInt8(truncatingIfNeeded: $0 * 31 + key * 7) }
            }
            let keysUS = Sample(roundCount: roundCount) {
                measure(pairCount) { precondition(scheme.makePair(keys: keys) != nil, "no ciphers of \(scheme)") } / 1e3
            }
            return byteCounts.map { byteCount in
                guard var cipher = scheme.makePair(keys: keys)?.inbound else { preconditionFailure("no \(scheme)") }
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
                defer { unsafe buffer.deallocate() }
                unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
                let packetCount = byteCountOfRound / byteCount
                let packetNS = Sample(roundCount: roundCount) {
                    // Safe: the buffer is this row's own.
                    measure(packetCount) { unsafe cipher.apply(buffer) }
                }
                let byteNS = packetNS.median / Double(byteCount)
                return """
                    {"cipher": "\(scheme.name)", "bytes": \(byteCount), "ns": \(packetNS.json), \
                    "ns_per_byte": \((byteNS * 1_000).rounded() / 1_000), "keys_us": \(keysUS.json)}
                    """
            }
        }
    }

    /// Nanoseconds of CPU each time.
    @inline(__always)
    private static func measure(_ count: Int, _ body: () -> Void) -> Double {
        let start = threadNS()
        for _ in 0..<count { body() }
        return (threadNS() - start) / Double(count)
    }
}
