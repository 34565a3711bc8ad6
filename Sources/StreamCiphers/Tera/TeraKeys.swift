/// How the two ciphers of a TERA session come from the four keys that its ends exchange in clear.
enum TeraKeys {
    /// By how many bytes the keys are turned; the game changed these numbers once.
    struct Turns {
        let server1Right: Int
        let client2Left: Int
        let server2Right: Int

        static let current = Turns(server1Right: 67, client2Left: 29, server2Right: 41)
        static let before45 = Turns(server1Right: 31, client2Left: 17, server2Right: 79)
    }

    /// The ciphers of both directions, each where its stream begins; keys of 128 bytes each.
    static func pair(
        client1: [UInt8], server1: [UInt8], client2: [UInt8], server2: [UInt8], turns: Turns
    ) -> (inbound: TeraCipher, outbound: TeraCipher) {
        let inboundKey = combined(
            combined(client1, rotatedRight(server1, turns.server1Right)),
            rotatedRight(client2, TeraTable.keyByteCount - turns.client2Left))
        var inbound = TeraCipher(key: inboundKey)
        // The first 128 bytes of the client's keystream make the server's key, and are used up by it.
        var outboundKey = rotatedRight(server2, turns.server2Right)
        // Safe: the array's own bytes, changed in place while it is alive.
        unsafe outboundKey.withUnsafeMutableBytes { bytes in
            unsafe inbound.apply(from: UnsafeRawBufferPointer(bytes), into: bytes)
        }
        return (inbound, TeraCipher(key: outboundKey))
    }

    /// The key of the client's stream is this of three keys; exposed for the tests with known answers.
    static func combined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        zip(first, second).map { $0 ^ $1 }
    }

    static func rotatedRight(_ key: [UInt8], _ count: Int) -> [UInt8] {
        Array(key.suffix(count) + key.dropLast(count))
    }
}
