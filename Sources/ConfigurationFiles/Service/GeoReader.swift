import Settings

/// What the service's file says of where addresses are from.
struct GeoStatement {
    var settings = GeoSettings()
    /// Where the files are named.
    var places: [String: Place] = [:]
}

/// Reads which files tell where addresses are from.
struct GeoReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("'geo'", keys: ["country", "asn", "hosting"])

    func statement(_ node: Node) -> GeoStatement {
        var geo = GeoStatement()
        guard let fields = Fields(node, Self.shape, diagnostics) else { return geo }
        fields.fill(&geo.settings.country, "country", .path)
        fields.fill(&geo.settings.asn, "asn", .path)
        fields.fill(&geo.settings.hosting, "hosting", .path)
        for key in Self.shape.keys { geo.places[key] = fields[key]?.place }
        if geo.settings.hosting != nil, !fields.has("asn") {
            diagnostics.warning(
                .missingDatabase, at: fields.keyPlace("hosting"), "these operators are never found",
                help: "add asn: with a database that tells whose address it is")
        }
        return geo
    }
}
