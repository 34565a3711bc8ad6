import WireBytes

/// Holds what one end received against what the other sent and the rules allow.
struct StreamCheck {
    let stream: ReferenceStream
    let direction: Direction
    /// Everything was delivered before the end: nothing that passes may be missing.
    let isComplete: Bool

    /// - Parameters:
    ///   - before: the rules up to a reload.
    ///   - after: the rules from the reload on; `nil` where none reached the connection.
    ///   - mustSwitch: the connection kept all of `before`, or lived under `after` alone.
    /// - Returns: what is wrong.
    func complaint(
        _ received: [UInt8], before: ReferenceRules, after: ReferenceRules?, isAllOrNothing: Bool
    ) -> String? {
        guard let after else { return complaint(received) { _ in before } }
        let count = stream.units.count
        let switches = isAllOrNothing ? [0, count] : Array(0...count)
        var first: String?
        for place in switches {
            guard let complaint = complaint(received, rules: { $0 < place ? before : after }) else { return nil }
            first = first ?? complaint
        }
        return first
    }

    /// Walks along both, packet by packet; packets are told apart by the numbers in them.
    private func complaint(_ received: [UInt8], rules: (Int) -> ReferenceRules) -> String? {
        var rest = received[...]
        var counts: [UInt8: Int] = [:]
        for (place, unit) in stream.units.enumerated() {
            var earlierCount = 0
            if case .packet(let opcode) = unit.kind {
                earlierCount = counts[opcode, default: 0]
                counts[opcode] = earlierCount + 1
            }
            let verdict = rules(place).verdict(unit, direction, earlierCount: earlierCount)
            switch verdict {
            case .drop: continue
            case .end:
                return rest.isEmpty ? nil : "\(rest.count) bytes came from behind the end at unit \(place)"
            case .pass, .either:
                if isComplete, unit.kind == .incomplete, !rest.isEmpty {
                    return "a part of a packet came before an orderly end"
                }
                if rest.starts(with: unit.bytes) {
                    rest = rest.dropFirst(unit.bytes.count)
                } else if unit.bytes.starts(with: rest), !(verdict == .either && rest.isEmpty) {
                    return isComplete ? "unit \(place) of \(unit.bytes.count) bytes is missing" : nil
                } else if verdict == .pass || unit.kind == .incomplete && !rest.isEmpty {
                    return "unit \(place): expected \(unit.bytes.prefix(12)), received \(rest.prefix(12))"
                }
            }
        }
        return rest.isEmpty ? nil : "\(rest.count) bytes too many: \(rest.prefix(12))"
    }
}
