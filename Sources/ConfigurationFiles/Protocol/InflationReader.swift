import GameProtocol
import Inflation
import WireBytes

/// Reads which part of a packet is compressed: `inflate: zlib`, or with where it begins and how long it may become.
struct InflationReader {
    let diagnostics: DiagnosticBag
    /// What a part may inflate to where nothing else is said.
    let byteCountMaxDefault: Int

    /// What `inflate_max` is where a file does not say it.
    static let byteCountMaxDefault = 262_144
    static let byteCountMaxMost = 16_777_216

    static let shape = Shape("a compressed part", keys: ["with", "at", "size", "max"])

    static func isNone(_ node: Node) -> Bool { node.text == "none" }

    func rule(_ node: Node) -> InflationRule? {
        if case .scalar = node.content {
            return Kind<InflationFormat>.inflationFormat.read(node, diagnostics).map {
                InflationRule(format: $0, start: .afterLength, hasSize: false, byteCountMax: byteCountMaxDefault)
            }
        }
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let format = fields.required("with", .inflationFormat)
        let start = fields.optional("at", .inflationStart)
        let hasSize = fields.optional("size", .choice(["varint": true]))
        let most = fields.optional("max", .size(in: 1...Self.byteCountMaxMost))
        guard let format, start != nil || !fields.has("at"), hasSize != nil || !fields.has("size") else { return nil }
        return InflationRule(
            format: format, start: start ?? .afterLength, hasSize: hasSize ?? false,
            byteCountMax: most ?? byteCountMaxDefault)
    }

    /// Reports packets that are too long to be kept until they are whole, or that cannot be cut without their opcode.
    func check(_ frame: FrameRule, at place: Place) {
        if frame.hasTable {
            diagnostics.error(
                .conflict, at: place, "a table frame finds sizes by opcode, and the opcode is in the compressed part")
        }
        let longest = max(frame.byteCountMax, frame.also.max() ?? 0)
        guard longest > PatternReader.inspectedByteCountMax else { return }
        diagnostics.error(
            .frameBounds, at: place,
            "a compressed packet waits until it is whole, so it has at most \(PatternReader.inspectedByteCountMax) "
                + "bytes, not \(longest)", help: "give the frame a 'max'")
    }
}

extension Kind where Value == InflationFormat {
    static var inflationFormat: Kind { .choice(["zlib": .zlib, "gzip": .gzip, "deflate": .deflate]) }
}

extension Kind where Value == InflationRule.Start {
    static var inflationStart: Kind {
        .text("an offset, or after-length") { text in
            if text == "after-length" { return .afterLength }
            return PlacedField.offset(Substring(text)).map { .offset($0) }
        }
    }
}
