import PacketFields

/// Reads a packet's `checksum`.
struct ChecksumReader {
    let diagnostics: DiagnosticBag
    let layout: LayoutReader

    private static let shape = Shape("a checksum", keys: ["at", "hash", "over", "seed"])

    func checksum(_ node: Node) -> ChecksumField? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let place = fields.required("at", .integerPlace)
        let hashes: Kind<ChecksumField.Algorithm> = .choice([
            "adler32": .adler32, "crc32": .crc32, "xor": .xor, "sum": .sum,
            "tera-integrity": .teraIntegrity(seed: nil),
        ])
        let hash = fields.required("hash", hashes)
        let over = fields.optional("over", .stretch)
        guard let place, let hash, layout.fits(place, at: fields["at"]?.place ?? fields.place) else { return nil }
        if fields.has("over"), over == nil { return nil }
        guard case .teraIntegrity = hash else {
            if fields.has("seed") {
                diagnostics.error(.conflict, at: fields.keyPlace("seed"), "'seed' goes with tera-integrity only")
                return nil
            }
            return ChecksumField(place: place, algorithm: hash, start: over?.start ?? 0, end: over?.end ?? 0)
        }
        if fields.has("over") {
            diagnostics.error(
                .conflict, at: fields.keyPlace("over"), "tera-integrity is over the whole packet but its own bytes")
            return nil
        }
        if place != IntegerPlace(offset: 8, byteCount: 4, isLittleEndian: true) {
            fields.error(.impossibleField, at: "at", "tera-integrity stands at u32le@8")
            return nil
        }
        let seed = fields.optional("seed", .signed(in: Int(Int32.min)...Int(Int32.max)))
        if fields.has("seed"), seed == nil { return nil }
        return ChecksumField(
            place: place, algorithm: .teraIntegrity(seed: seed.map { Int32(truncatingIfNeeded: $0) }), start: 0, end: 0)
    }
}

/// The part of a packet that a checksum covers.
struct Stretch {
    let start: Int
    /// From the packet's end: 0, or negative.
    let end: Int
}

extension Kind where Value == Stretch {
    /// `4..`, `..-2`, `4..-2` or `-8..`.
    fileprivate static var stretch: Kind {
        .text("a part of the packet such as 4..", help: "write 4.., ..-2 or 4..-2; the end counts from the end") {
            text in
            guard let dots = text.firstRange(of: "..") else { return nil }
            let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
            guard let start = first.isEmpty ? 0 : FieldText.offset(first) else { return nil }
            guard let end = last.isEmpty ? 0 : FieldText.offset(last), last.isEmpty || end < 0 else { return nil }
            if start < 0, end <= start { return nil }
            return Stretch(start: start, end: end)
        }
    }
}
