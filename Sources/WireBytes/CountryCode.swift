/// The two letters of a country.
public struct CountryCode: Hashable, Sendable, BitwiseCopyable {
    /// The letters in ASCII, the first in the higher byte.
    public let rawValue: UInt16

    /// - Parameter rawValue: two letters `A` to `Z`; `nil` for anything else.
    public init?(rawValue: UInt16) {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard letters.contains(UInt8(rawValue >> 8)), letters.contains(UInt8(rawValue & 0xFF)) else { return nil }
        self.rawValue = rawValue
    }

    /// - Parameter text: two capital letters; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 2 else { return nil }
        self.init(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
    }

    /// All codes that are in use: those of ISO 3166-1, and `XK`, which databases say for Kosovo.
    public static let known: [CountryCode] = """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
        CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
        FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
        JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
        MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
        PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
        TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
        """.split { $0 == " " || $0 == "\n" }.compactMap { CountryCode($0) }
}

extension CountryCode: CustomStringConvertible {
    /// The two letters.
    public var description: String {
        String(decoding: [UInt8(rawValue >> 8), UInt8(rawValue & 0xFF)], as: UTF8.self)
    }
}

extension CountryCode: Comparable {
    /// In alphabetical order.
    public static func < (left: CountryCode, right: CountryCode) -> Bool { left.rawValue < right.rawValue }
}
