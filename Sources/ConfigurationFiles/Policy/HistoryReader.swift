import RuleEngine

/// Reads what a rule asks of the packets before the one at hand: `not_after` and `repeats`.
struct HistoryReader {
    let diagnostics: DiagnosticBag

    private static let notAfterShape = Shape("'not_after'", keys: ["packet", "in"])
    private static let repeatsShape = Shape("'repeats'", keys: ["count", "in"])

    /// Packets in one `not_after`.
    private static let packetCountMax = 64

    func notAfter(_ node: Node) -> NotAfterStatement? {
        guard let fields = Fields(node, Self.notAfterShape, diagnostics) else { return nil }
        let packets = fields.required("packet", Kind<String>.name.located.oneOrMore)
        let withinNS = fields.required("in", .duration())
        guard let packets, let withinNS else { return nil }
        guard packets.count <= Self.packetCountMax else {
            diagnostics.error(
                .tooMany, at: packets[Self.packetCountMax].place,
                "'not_after' has at most \(Self.packetCountMax) packets")
            return nil
        }
        return NotAfterStatement(packets: packets, withinNS: withinNS)
    }

    func repeats(_ node: Node) -> Located<Repeats>? {
        guard let fields = Fields(node, Self.repeatsShape, diagnostics) else { return nil }
        let count = fields.required("count", .count(in: Repeats.counts))
        let withinNS = fields.required("in", .duration())
        guard let count, let withinNS else { return nil }
        return Located(value: Repeats(count: count, withinNS: withinNS), place: node.place)
    }
}
