import GameProtocol
import RuleEngine
import WireBytes

/// Checks that a signature can be found in the packets it is looked for in, and that a rule reads no more of them than
/// may be held.
struct SignatureRoom {
    let descriptor: Descriptor
    let rule: RuleStatement
    let definition: RuleDefinition

    func check(_ diagnostics: DiagnosticBag) -> Bool {
        guard let longest = longestPacket else { return true }
        if isInflated {
            // Such a packet is kept whole, and how long it becomes its size does not say.
            guard let line = rule.editLines.first else { return true }
            diagnostics.error(
                .conflict, at: line.keyPlace, "a packet that is inflated goes on as it came, so it cannot be rewritten")
            return false
        }
        if let (why, place) = needsAll, longest > PatternReader.inspectedByteCountMax {
            diagnostics.error(
                .unboundedSignature, at: place,
                "\(why), the longest of these has \(longest) bytes, and rules look at "
                    + "\(PatternReader.inspectedByteCountMax) at most",
                help: "name packets with a smaller 'size'")
            return false
        }
        var end = 0
        var isBounded = true
        for pattern in rule.signature {
            let value = pattern.value
            let start = value.isRelative ? end + (value.distance ?? 0) : value.offset
            let least = (value.isRelative ? leastEnd(before: pattern) : 0) + (value.distance ?? value.offset)
            if least + value.pattern.count > longest {
                diagnostics.error(
                    .impossiblePattern, at: pattern.place,
                    "this pattern would end at byte \(least + value.pattern.count) at least, "
                        + "and the longest of these packets has \(longest)")
                return false
            }
            if let room = value.isRelative ? value.within : value.depth {
                end = max(end, start + room)
            } else {
                isBounded = false
            }
            let needed = isBounded ? min(end, longest) : longest
            if needed > PatternReader.inspectedByteCountMax {
                diagnostics.error(
                    .unboundedSignature, at: pattern.place,
                    "this pattern needs \(needed) bytes of a packet, and rules look at "
                        + "\(PatternReader.inspectedByteCountMax) at most",
                    help: value.isRelative ? "add 'within'" : "add 'depth', or name packets with a smaller 'size'")
                return false
            }
        }
        return true
    }

    /// What makes the rule read packets to their end, and where it is written.
    private var needsAll: (why: String, Place)? {
        if let repeats = rule.repeats { return ("'repeats' compares whole packets", repeats.place) }
        // A field that is looked for in whole packets has been refused where a packet that has it may be longer.
        return rule.editLines.first.map { ("'rewrite' changes whole packets", $0.keyPlace) }
    }

    /// The first byte behind all patterns before this one, at the least.
    private func leastEnd(before pattern: Located<BytePattern>) -> Int {
        var end = 0
        for other in rule.signature {
            if other.place.line == pattern.place.line && other.place.column == pattern.place.column { break }
            let value = other.value
            end = (value.isRelative ? end + (value.distance ?? 0) : value.offset) + value.pattern.count
        }
        return end
    }

    /// Whether some packet that the rule may see is inflated.
    private var isInflated: Bool {
        Direction.allCases.contains { direction in
            guard let choice = definition.packets[direction] else { return false }
            let entries = descriptor.packets[direction].entries
            let isOwn =
                switch choice {
                case .all: entries.contains { $0.inflation != nil }
                case .only(let packets): packets.contains { entries[Int($0) - 1].inflation != nil }
                }
            return isOwn
                || descriptor.phases.indices.contains { index in
                    let holds = definition.phases.isEmpty || definition.phases.contains(index)
                    return holds && descriptor.phases[index].lanes?[direction].inflation != nil
                }
        }
    }

    /// The longest packet the rule may see; `nil` when it sees none that is cut.
    private var longestPacket: Int? {
        var longest: Int?
        for (index, phase) in descriptor.phases.enumerated() {
            guard definition.phases.isEmpty || definition.phases.contains(index), let lanes = phase.lanes else {
                continue
            }
            for direction in Direction.allCases where phase.isFramed(direction) {
                let most = lanes[direction].frame.byteCountMax
                switch definition.packets[direction] {
                case nil: break
                case .all: longest = max(longest ?? 0, most)
                case .only(let packets):
                    for packet in packets {
                        let entry = descriptor.packets[direction].entries[Int(packet) - 1]
                        longest = max(longest ?? 0, min(most, entry.byteCounts?.upperBound ?? most))
                    }
                }
            }
        }
        return longest
    }
}
