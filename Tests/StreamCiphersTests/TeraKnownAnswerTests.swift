import Testing

@testable import StreamCiphers

@Suite("TERA's cipher gives the published answers")
struct TeraKnownAnswerTests {
    @Test(
        "SHA-0 of nothing and of three letters",
        arguments: [
            ("", "f96cea198ad1dd5617ac084a3d92c6107708c0ef"), ("abc", "0164b8a914cd2a5e74c4f7ff082c4d97f1edf880"),
        ])
    func hash(_ text: String, _ digest: String) {
        let words = SHA0.digest(of: Array(text.utf8)).words
        #expect(hex(words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }) == digest)
    }

    @Test("SHA-0 that goes on from hashed blocks is that of the whole, for every length around a block's")
    func hashGoesOn() {
        for count in 64...200 {
            let message = (0..<count).map { UInt8($0) }
            var state = SHA0.State()
            SHA0.take(message, 0, into: &state)
            let whole = SHA0.digest(of: message).words
            #expect(SHA0.digest(of: message, hashedByteCount: 64, in: state).words == whole)
        }
    }

    @Test("the key of the client's stream, what it expands to, and the same for the server's")
    func expansion() {
        let keys = TeraVector.rising.keys
        let inboundKey = TeraKeys.combined(
            TeraKeys.combined(keys[0], TeraKeys.rotatedRight(keys[1], 67)), TeraKeys.rotatedRight(keys[2], 128 - 29))
        #expect(
            inboundKey
                == bytes(
                    """
                    5f5e5d1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201003f3e3d7c7b7a7978777675747372717
                    06f6e6d6c6b6a696867666564636261601f1e1d5c5b5a595857565554535251504f4e4d4c4b4a494847464544434241
                    407f7e7d3c3b3a393837363534333231302f2e2d2c2b2a29282726252423222120
                    """))
        let expanded = TeraTable.expand(inboundKey)
        #expect(
            hex(expanded[..<40]) == "4b2ef4b1436a1b4c6765b8fac7e077dfe4aabf7effe78cac8d2dc714ee0623802c7215a1d13a3c85"
        )
        #expect(hex(expanded[660...]) == "874a1dedf753f95c4f855b78e0ffef1e1671ae03")
        #expect(
            hex(SHA256.digest(expanded)) == "0143eacf1a40f60cc4baaa629155b516edd3124b53cfa79b2754d70fd2f4e2d0")

        let outboundKey = bytes(
            """
            a7204e55de47b67eb8c5878b778c84db0215195fb0b02c4fb97a96b5ac37356de15cf2a0f57f1301a9506fc168998f156d7a870d
            49c1365bcef83a41138c4684a0c8468127ab65e18ab3d8accf1d148567318f07e668e4836c96f67bef7f879bcc5883b17abaa314
            0387151ddff3c9d748a7ceb7cc764334cff492ea090b268a
            """)
        let expandedOutbound = TeraTable.expand(outboundKey)
        #expect(
            hex(expandedOutbound[..<40])
                == "5ede6c4f9eb6d226fc50c86ecf5c15ed58c8cb811038fd4fb263d64dbf5c345bd298415620252ad3")
        #expect(hex(expandedOutbound[660...]) == "83d2aa4276a778c1303d4f69da368fc9c2c5f2db")
        #expect(
            hex(SHA256.digest(expandedOutbound))
                == "2d27dd9a79b1ce602b7c1c1f87f611895fc9b2c326db75522926aadbf5fca335")
        var direct = StreamCipher.tera(TeraCipher(key: outboundKey))
        #expect(
            direct.keystream(64) == TeraVector.rising.outbound, "the pair makes the same key of the four")
    }

    @Test("the expansion of a key of zeros")
    func zeroExpansion() {
        let expanded = TeraTable.expand([UInt8](repeating: 0, count: 128))
        #expect(
            hex(expanded[..<40]) == "b97a572eb9c1a3144d6394232f190c48efdb8a22d5dfa182a244264260a77a1668ce1097f164f796"
        )
        #expect(
            hex(SHA256.digest(expanded)) == "6ee86167e036793ff5780defd70eb708be2f76c0e1b7faa4d080b2938c2cd211")
        let outboundKey = bytes(
            """
            c8b0c1a00473449af5b46188bea994301f9cc62bd2bfdaa72acf836fd36b3722c14d5731ce2c242cbdfe0b291e0c1c733b4e75ac1
            bf7039d8d44520af1a45c78b245d77b9d184d99195ec6cd1fd39fac4a6e24418de866e31cd2ca2c167ca201fe1c905fa45aa7ed6c
            953ad9d86d3ebf114861077cdc88aa3aaa7f7b46c9b891
            """)
        #expect(
            hex(SHA256.digest(TeraTable.expand(outboundKey)))
                == "9185a26d19e752a65181f1c59753e07ec61cad377c05a5d2ea6bff825513a707")
        var direct = StreamCipher.tera(TeraCipher(key: outboundKey))
        #expect(direct.keystream(64) == TeraVector.zero.outbound)
    }

    @Test("the keystreams of four keys, with the constants of now and of before patch 45", arguments: TeraVector.all)
    func keystreams(_ vector: TeraVector) {
        var (inbound, outbound) = vector.pair
        #expect(hex(inbound.keystream(64)) == hex(vector.inbound))
        #expect(hex(outbound.keystream(64)) == hex(vector.outbound))
    }

    @Test(
        "a megabyte of keystream",
        arguments: [
            (
                TeraVector.rising, "1896a9ad743abe5ed84dd66303b930d7c19806e3115c32c1b99d8a1f228934b7",
                "7605ea02c6561e620bedc5e32abdbcfa131113692500fee7520e76f753110897"
            ),
            (
                TeraVector.zero, "4496451cafe644e745239a319ab135b5673ea6bbbbce8b8aae75bb4808471701",
                "0511fd590aab78688454ae2560ddbfcaa81bb810a15ca73cb29d3b918bc5c98d"
            ),
        ])
    func megabyte(_ vector: TeraVector, _ inboundDigest: String, _ outboundDigest: String) {
        var (inbound, outbound) = vector.pair
        let streams = (inbound.keystream(1 << 20), outbound.keystream(1 << 20))
        #expect(hex(SHA256.digest(streams.0)) == inboundDigest)
        #expect(hex(SHA256.digest(streams.1)) == outboundDigest)
        if vector.name == TeraVector.rising.name {
            #expect(hex(streams.0.suffix(16)) == "bfcfa3282e2b4370cc8b36495694e158")
            #expect(hex(streams.1.suffix(16)) == "2733a31166ce28baa75aa7f92b7ef0c2")
        }
    }

    @Test("the generator alone, on a table that no key was expanded to")
    func generator() {
        let table = TeraTable(expanded: (0..<680).map { UInt8((13 * $0 + 5) % 256) })
        var cipher = StreamCipher.tera(TeraCipher(table))
        #expect(
            cipher.keystream(64)
                == bytes(
                    """
                    aa459fb93a457e88a2cdc6f1928d27e172ada7c1325cb640fa84de082ac59e389e38d2ad46e1bb558621da54e6011b35
                    e6011b35d6f06a25de7872ec1e39536c
                    """))
    }

    @Test("where the generators stand after the derivation, and after one, three, six and 64 bytes")
    func states() {
        guard case .tera(var inbound) = TeraVector.rising.pair.inbound else { return }
        guard case .tera(var outbound) = TeraVector.rising.pair.outbound else { return }
        #expect(inbound.summary == "22,53 880abd9a 0 | 28,21 ef003d77 0 | 26,7 b07ac4ac 0  L=0")
        inbound.skip(1)
        #expect(inbound.summary == "23,54 f69c7699 0 | 29,22 fccad4be 0 | 27,8 c1f10502 0  L=3")
        inbound.skip(2)
        #expect(inbound.summary == "23,54 f69c7699 0 | 29,22 fccad4be 0 | 27,8 c1f10502 0  L=1")
        inbound.skip(3)
        #expect(inbound.summary == "24,0 19cecb6a 1 | 30,23 9a8c236e 1 | 28,9 aac11033 1  L=2")
        inbound.skip(58)
        #expect(inbound.summary == "33,9 b071854e 0 | 41,34 c03dcbff 0 | 38,19 874e75d3 1  L=0")
        #expect(outbound.summary == "0,31 0 0 | 0,50 0 0 | 0,39 0 0  L=0")
        outbound.skip(64)
        #expect(outbound.summary == "9,40 f979c0be 0 | 14,7 9e21be5c 0 | 14,53 c4f675c 1  L=0")
    }

    @Test("five packets of one connection, of which one begins inside a word")
    func transcript() {
        var (inbound, outbound) = TeraVector.rising.pair
        let fromClient = [
            (
                "2000bc4d020008000800140000000000e9990500140000000100000000000000",
                "05a71b8635f88b2945aa330bea35b1e4add58ce3c8fd13229a1da10acf199bc7"
            ),
            ("10001cc20a0000000000680069000000", "4a890dd088784293a4e2baa427ad7b50"), ("040001c7", "c3e18540"),
        ]
        for (clear, wire) in fromClient { #expect(hex(inbound.applied(to: bytes(clear))) == wire) }
        for (clear, wire) in [("0500bd4d01", "9e3e5b966b"), ("0400ed53", "dd663a02")] {
            #expect(hex(outbound.applied(to: bytes(clear))) == wire)
        }
    }
}

extension TeraCipher {
    /// The state as the vectors write it: of each generator both places, sum and carry, and the bytes left over.
    fileprivate var summary: String {
        let lags = [31, 50, 39]
        let generators = [place1, place2, place3].enumerated().map { generator, place in
            let period = TeraTable.periods[generator]
            let first = Int(place) % period
            let sum = table[generator * TeraTable.sumStride + Int(place)]
            let carry = table[TeraTable.firstCarries + generator * TeraTable.carryStride + Int(place)] & 1
            return "\(first),\((first + lags[generator]) % period) \(String(sum, radix: 16)) \(carry)"
        }
        return generators.joined(separator: " | ") + "  L=\(unusedCount)"
    }
}
