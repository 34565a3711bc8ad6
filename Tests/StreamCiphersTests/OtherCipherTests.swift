import StreamCiphers
import Testing

@Suite("RC4 and a repeated key")
struct OtherCipherTests {
    /// RFC 6229, keys of 40 and of 128 bits: the keystream at its beginning, and further on.
    @Test(
        "RC4 gives the keystream of RFC 6229, from the start and after bytes that are dropped",
        arguments: [
            ("0102030405", 0, "b2396305f03dc027ccc3524a0a1118a8"),
            ("0102030405", 768, "eb62638d4f0ba1fe9fca20e05bf8ff2b"),
            ("0102030405", 1_024, "30abbcc7c20b01609f23ee2d5f6bb7df"),
            ("0102030405060708090a0b0c0d0e0f10", 0, "9ac7cc9a609d1ef7b2932899cde41b97"),
            ("0102030405060708090a0b0c0d0e0f10", 1_024, "bdf0324e6083dcc6d3cedd3ca8c53c16"),
        ])
    func rc4(_ key: String, _ droppedByteCount: Int, _ keystream: String) throws {
        let pair = try #require(CipherScheme.rc4(droppedByteCount: droppedByteCount).makePair(keys: [bytes(key)]))
        var (inbound, outbound) = pair
        #expect(hex(inbound.keystream(16)) == keystream)
        #expect(hex(outbound.keystream(16)) == keystream, "one key is for both directions")
    }

    @Test("RC4 enciphers a text as is widely known")
    func text() throws {
        var cipher = try #require(CipherScheme.rc4(droppedByteCount: 0).makePair(keys: [Array("Key".utf8)])).inbound
        #expect(hex(cipher.applied(to: Array("Plaintext".utf8))) == "bbf316e8d940af0ad3")
    }

    @Test("a repeated key begins anew behind its end, and a second key is the server's")
    func xor() throws {
        var (inbound, outbound) = try #require(CipherScheme.xor.makePair(keys: [bytes("010203"), bytes("f0")]))
        #expect(inbound.applied(to: bytes("0000000000")) == bytes("0102030102"))
        #expect(inbound.applied(to: bytes("1010")) == bytes("1311"))
        inbound.skip(3_001)
        #expect(inbound.applied(to: bytes("00")) == bytes("03"))
        #expect(outbound.applied(to: bytes("0f0e")) == bytes("fffe"))
    }
}
