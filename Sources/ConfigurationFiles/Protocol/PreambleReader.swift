import GameProtocol
import WireBytes

/// Reads the raw bytes before the first frame of a phase.
struct PreambleReader {
    let diagnostics: DiagnosticBag
    /// The index of the phase.
    let phase: Int

    /// The longest step; a preamble is held whole.
    static let stepByteCountMax = 16_384

    private static let extents = ["bytes", "until", "max"]
    private static let stepShape = Shape("a preamble step", keys: ["from", "as", "equals", "either"] + extents)
    private static let alternativeShape = Shape("an alternative", keys: ["starts", "equals"] + extents)

    func steps(_ node: Node, captures: inout [String: CaptureDraft]) -> [PreambleStep] {
        guard case .sequence(let items) = node.content, !items.isEmpty else {
            diagnostics.error(.wrongType, at: node.place, "expected a list of steps, found \(node.found)")
            return []
        }
        return items.compactMap { step($0, captures: &captures) }
    }

    private func step(_ node: Node, captures: inout [String: CaptureDraft]) -> PreambleStep? {
        guard let fields = Fields(node, Self.stepShape, diagnostics) else { return nil }
        let direction = fields.required("from", .sender)
        let capture = fields.optional("as", .name)
        let alternatives: [PreambleStep.Alternative]
        if let either = fields["either"] {
            for key in Self.extents + ["equals"] where fields.has(key) {
                diagnostics.error(.conflict, at: fields.keyPlace(key), "'\(key)' does not go with 'either'")
            }
            alternatives = self.alternatives(either)
        } else {
            alternatives = alternative(fields, starts: nil).map { [$0] } ?? []
        }
        if let capture { keep(capture, fields, alternatives, &captures) }
        guard let direction, !alternatives.isEmpty else { return nil }
        return PreambleStep(direction: direction, alternatives: alternatives, capture: capture)
    }

    private func keep(
        _ name: String, _ fields: Fields, _ alternatives: [PreambleStep.Alternative],
        _ captures: inout [String: CaptureDraft]
    ) {
        if let first = captures[name]?.place {
            fields.error(
                .duplicateName, at: "as", "'\(name)' is captured twice",
                help: "the first one stands at \(first.line):\(first.column)")
        }
        let byteCounts = alternatives.map(\.byteCounts)
        let least = byteCounts.map(\.lowerBound).min() ?? 0
        captures[name] = CaptureDraft(
            place: fields["as"]?.place ?? fields.place,
            byteCounts: least...max(least, byteCounts.map(\.upperBound).max() ?? 0), phase: phase)
    }

    private func alternatives(_ node: Node) -> [PreambleStep.Alternative] {
        guard case .sequence(let items) = node.content, items.count >= 2 else {
            diagnostics.error(.wrongType, at: node.place, "'either' is a list of two alternatives or more")
            return []
        }
        var alternatives: [PreambleStep.Alternative] = []
        for (index, item) in items.enumerated() {
            guard let fields = Fields(item, Self.alternativeShape, diagnostics) else { return [] }
            guard let one = alternative(fields, starts: fields.optional("starts", .hexPattern)) else { return [] }
            if one.starts.count == 0, index + 1 < items.count {
                diagnostics.error(
                    .conflict, at: item.place, "this alternative fits always, so the ones behind it are never taken",
                    help: "give it 'starts', or put it last")
            }
            alternatives.append(one)
        }
        return alternatives
    }

    private func alternative(_ fields: Fields, starts: HexPattern?) -> PreambleStep.Alternative? {
        let equals = fields.optional("equals", .hexPattern)
        let most = Self.stepByteCountMax
        if fields.has("until") {
            if fields.has("bytes") || fields.has("equals") {
                fields.error(.conflict, at: "until", "'until' does not go with 'bytes' or 'equals'")
            }
            let until = fields.required("until", .hexBytes)
            let longest = fields.required("max", .byteCount(in: 1...most))
            guard let until, let longest else { return nil }
            guard until.count <= longest else {
                fields.error(.frameBounds, at: "max", "'until' alone has \(until.count) bytes, 'max' is \(longest)")
                return nil
            }
            if let starts, starts.count > longest {
                fields.error(.conflict, at: "starts", "'starts' has \(starts.count) bytes, but 'max' is \(longest)")
                return nil
            }
            return PreambleStep.Alternative(starts: starts ?? HexPattern([]), extent: .until(until, most: longest))
        }
        if fields.has("max") {
            diagnostics.error(.conflict, at: fields.keyPlace("max"), "'max' goes with 'until' only")
        }
        if fields.has("equals") && equals == nil { return nil }
        let count = fields.has("bytes") || equals == nil ? fields.required("bytes", .byteCount(in: 1...most)) : nil
        guard let byteCount = count ?? equals?.count else { return nil }
        if let equals, equals.count != byteCount {
            fields.error(.conflict, at: "equals", "'equals' has \(equals.count) bytes, 'bytes' is \(byteCount)")
            return nil
        }
        if let starts, starts.count > byteCount {
            fields.error(.conflict, at: "starts", "'starts' has \(starts.count) bytes, but only \(byteCount) come")
            return nil
        }
        return PreambleStep.Alternative(starts: equals ?? starts ?? HexPattern([]), extent: .bytes(byteCount))
    }
}

extension PreambleStep.Alternative {
    /// How many bytes it can have.
    fileprivate var byteCounts: ClosedRange<Int> {
        switch extent {
        case .bytes(let count): count...count
        case .until(let delimiter, let most): delimiter.count...most
        }
    }
}

extension Kind where Value == Direction {
    /// Who sends.
    static var sender: Kind { .choice(["client": .inbound, "server": .outbound]) }
}
