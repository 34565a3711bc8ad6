import WireBytes

/// The mappings about where clients are from.
extension Language {
    /// A country, or that none is known.
    static let country = Form.text(
        "country", CountryCode.known.map { "\($0)" }.joined(separator: "|") + "|unknown",
        expected: "a country such as DE, or unknown")

    /// A network operator, all that rent out servers, or that none is known.
    static let networkOperator = Form.text(
        "AS number, `hosting`, `unknown`", "(AS)?[1-9][0-9]{0,8}|hosting|unknown", types: ["string", "integer"],
        least: 1, most: Int(UInt32.max), expected: "the number of a network operator such as 64496, or hosting")

    static let geo: Mapping = Mapping(
        "geo", "'geo'", "Where clients are from", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\ngeo: <>\n",
        keys: [
            Key(
                "country", .path, .words("none"), "A database of MaxMind's format that tells countries.",
                example: "GeoLite2-Country.mmdb"),
            Key(
                "asn", .path, .words("none"), "A database of MaxMind's format that tells network operators.",
                example: "GeoLite2-ASN.mmdb"),
            Key(
                "hosting", .path, .words("none"), "The AS numbers of who rents out servers, one a line.",
                example: "lists/hosting-asn.txt", beside: [("asn", "GeoLite2-ASN.mmdb")]),
        ])

    static let countryGate = gate("country", "Countries of a listener", country, example: "[DE, AT]")
    static let asnGate = gate("asn", "Network operators of a listener", networkOperator, example: "[64496, hosting]")

    private static func gate(_ name: String, _ title: String, _ item: Form, example: String) -> Mapping {
        Mapping(
            name + "_gate", "'\(name)'", title, .service,
            around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, \(name): <> }]\n"
                + "geo: { country: GeoLite2-Country.mmdb, asn: GeoLite2-ASN.mmdb, hosting: lists/hosting-asn.txt }\n",
            keys: [
                Key("allow", item.list, .words("everybody"), "Only they may come in.", example: example),
                Key("deny", item.list, .words("nobody"), "They may not come in.", example: example),
            ], bonds: [.oneOf(["allow", "deny"])])
    }
}
