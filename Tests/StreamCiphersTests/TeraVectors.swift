import StreamCiphers
import Testing

/// Keys, and what another implementation of the cipher made of them.
struct TeraVector {
    let name: String
    let scheme: CipherScheme
    let keys: [[UInt8]]
    /// The first 64 bytes of each direction's keystream.
    let inbound: [UInt8]
    let outbound: [UInt8]
}

extension TeraVector {
    private static let risingKeys: [[UInt8]] = [
        (0..<128).map { UInt8($0) }, (0..<128).map { UInt8(($0 + 128) % 256) }, (0..<128).map { UInt8(255 - $0) },
        (0..<128).map { UInt8((7 * $0 + 3) % 256) },
    ]

    static let rising = TeraVector(
        name: "four different keys", scheme: .tera, keys: risingKeys,
        inbound: bytes(
            """
            25a7a7cb37f883294daa270bea35b1e4444c89e3dcfd13229b1da10acf199bc7
            5a89111282784293a4e2d2a44ead7b50c7e18487dcdc05449d8eba43623b02f7
            """),
        outbound: bytes(
            """
            9b3ee6db6ad966d751b714d772bdb323068c9f69cbfaacd10a6e23922441e4d1
            0ba1c3ce9518fbe537799b4a5e0292cc707f4850f7ff9fb12754dac2be19176b
            """))

    static let zero = TeraVector(
        name: "four keys of zeros", scheme: .tera,
        keys: [[UInt8]](repeating: [UInt8](repeating: 0, count: 128), count: 4),
        inbound: bytes(
            """
            3df1a9f69bd546a8c07a1e0b4ffdbf6394690cb001823ca35085d6cf91efc5d1
            e8b5e95c17c31203cb61b9703c14cea26873ca7eb423c50e4da18f05a5e3c034
            """),
        outbound: bytes(
            """
            bf8f6ffee1c8a998560adb213307de236de34a5477589ca0440ea49147cb82dc
            4079de28f68bd1f569e610cbcfcb0caa097ebacf93a33aaca4ac745663756a5e
            """))

    static let before45 = TeraVector(
        name: "four different keys, before patch 45", scheme: .teraBefore45, keys: risingKeys,
        inbound: bytes(
            """
            ab721ac55c7b5868ca563a6b7b264c5eb104288ff47c73fb3d73283b5391f7bb
            5f03bd8646bbfe63ddc58902ad000b22330a8211803930d61a6c29d2a970cf82
            """),
        outbound: bytes(
            """
            504c3777b5dc735e921f3eddf4af3ca84a3c9bfdbf156d7d83ae4209ce91199c
            4052c636e7e2f0ceb1178c5bb5c292364f67989f0c892ba2b2f83648048933e1
            """))

    static let all = [rising, zero, before45]

    /// Both ciphers where their streams begin.
    var pair: (inbound: StreamCipher, outbound: StreamCipher) {
        guard let pair = scheme.makePair(keys: keys) else { preconditionFailure("no ciphers of \(name)") }
        return pair
    }
}

extension TeraVector: CustomTestStringConvertible {
    var testDescription: String { name }
}
