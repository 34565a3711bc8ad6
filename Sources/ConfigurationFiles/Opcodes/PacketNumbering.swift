import GameProtocol
import WireBytes

/// Gives the packets of a protocol their numbers, and makes an entry of each for every version.
struct PacketNumbering {
    let diagnostics: DiagnosticBag
    let lanes: PerDirection<[Lane]>
    let opcodes: Opcodes?

    /// Ranges of opcodes that one side may have.
    static let rangeCountMax = 64

    func tables(_ drafts: PerDirection<[PacketDraft]>) -> PerDirection<PacketTable> {
        let listed = PerDirection(
            inbound: Set(drafts.inbound.map(\.name)), outbound: Set(drafts.outbound.map(\.name)))
        checkNumbered()
        return PerDirection(
            inbound: table(drafts.inbound, .inbound, listed), outbound: table(drafts.outbound, .outbound, listed))
    }

    private func checkNumbered() {
        guard let opcodes else { return }
        let hasNumbers = Direction.allCases.contains { side in lanes[side].contains { $0.opcode?.largest != nil } }
        guard !hasNumbers else { return }
        diagnostics.error(
            .conflict, at: opcodes.place, "a map gives numbers, and no packet of this protocol has one",
            help: "give a phase 'opcode:', such as u16le@2")
    }

    private func table(
        _ drafts: [PacketDraft], _ direction: Direction, _ listed: PerDirection<Set<String>>
    ) -> PacketTable {
        var entries: [PacketTable.Entry] = []
        var numbered: Set<String> = []
        for version in 0..<(opcodes?.versionCount ?? 1) {
            var seen: [PacketIdentity: (name: String, place: Place)] = [:]
            var ranges: [PacketIdentity] = []
            func add(_ entry: PacketTable.Entry, _ place: Place) {
                if case .numbers(let range) = entry.identity {
                    if let other = ranges.first(where: { $0.crosses(range) }), let first = seen[other] {
                        diagnostics.error(
                            .opcodeOverlap, at: place,
                            "'\(entry.name)' has some of the \(other.noun) of '\(first.name)'",
                            help: "'\(first.name)' stands at \(first.place.line):\(first.place.column)")
                        return
                    }
                    ranges.append(entry.identity)
                    guard ranges.count <= Self.rangeCountMax else {
                        diagnostics.error(.tooMany, at: place, "there are more than \(Self.rangeCountMax) ranges")
                        return
                    }
                }
                if let first = seen[entry.identity] {
                    let file = first.place.source.path == place.source.path ? "" : first.place.source.path + ":"
                    diagnostics.error(
                        .opcodeOverlap, at: place,
                        "'\(entry.name)' has the same \(entry.identity.noun) as '\(first.name)'",
                        help: "'\(first.name)' stands at \(file)\(first.place.line):\(first.place.column)")
                    return
                }
                seen[entry.identity] = (entry.name, place)
                entries.append(entry)
            }
            let map = opcodes?.map(ofVersion: version)
            var described: Set<String> = []
            for draft in drafts where draft.isFor(version: version) && described.insert(draft.name).inserted {
                if case .given = draft.number { numbered.insert(draft.name) }
                guard let (identity, place) = identity(draft, map, direction) else { continue }
                numbered.insert(draft.name)
                let entry = PacketTable.Entry(
                    name: draft.name, identity: identity, version: version, byteCounts: draft.byteCounts,
                    lengthField: draft.lengthField, layout: draft.layout,
                    inflation: draft.inflation, isSecret: draft.isSecret)
                add(entry, place)
            }
            for line in rest(map, direction, listed, described: described) {
                guard let identity = identity(line, sub: nil, direction) else { continue }
                add(
                    PacketTable.Entry(name: line.name, identity: identity, version: version, byteCounts: nil),
                    line.place)
            }
        }
        reportUnnumbered(drafts, numbered)
        guard entries.count <= PacketReader.packetCountMax else {
            if let opcodes {
                diagnostics.error(
                    .tooMany, at: opcodes.place,
                    "the \(direction.sender) has more than \(PacketReader.packetCountMax) packets in all versions")
            }
            return PacketTable([])
        }
        return PacketTable(entries)
    }

    /// What recognises a packet in one version; `nil` where the version does not have it, and after a report.
    private func identity(
        _ draft: PacketDraft, _ map: OpcodeMap?, _ direction: Direction
    ) -> (PacketIdentity, Place)? {
        let line = map?[draft.name]
        switch draft.number {
        case .given(let identity):
            if let line, case .number(let number, _) = identity, number != line.number {
                diagnostics.error(
                    .conflict, at: line.place,
                    "'\(draft.name)' is \(line.number) here, but has the opcode \(number) in the protocol",
                    help: "that stands at \(draft.place.source.path):\(draft.place.line):\(draft.place.column)")
                return nil
            }
            return (identity, draft.place)
        case .mapped(let sub):
            guard let line, let identity = identity(line, sub: sub, direction) else { return nil }
            return (identity, draft.place)
        }
    }

    /// The identity of a packet with a map's number.
    private func identity(_ line: OpcodeMap.Line, sub: UInt64?, _ direction: Direction) -> PacketIdentity? {
        let readers = lanes[direction].compactMap(\.opcode).filter { $0.canRead(line.number) }
        guard !readers.isEmpty else {
            diagnostics.error(
                .opcodeTooWide, at: line.place, "no opcode of the \(direction.sender) can be \(line.number)")
            return nil
        }
        let subs = readers.compactMap(\.sub).filter { $0.when.contains(line.number) }
        guard subs.isEmpty == (sub == nil) else {
            diagnostics.error(
                .conflict, at: line.place,
                "the opcode \(line.number) has \(sub == nil ? "a" : "no") sub-opcode",
                help: sub == nil ? "list '\(line.name)' under 'packets' with its 'sub'" : nil)
            return nil
        }
        return .number(line.number, sub: sub)
    }

    /// The lines of a map that name packets of this side beyond those described.
    private func rest(
        _ map: OpcodeMap?, _ direction: Direction, _ listed: PerDirection<Set<String>>, described: Set<String>
    ) -> [OpcodeMap.Line] {
        // A table frame cuts by sizes, which a map does not give.
        guard let map, let opcodes, !lanes[direction].contains(where: { $0.frame.hasTable }) else { return [] }
        return map.lines.filter { line in
            if described.contains(line.name) { return false }
            if listed[direction].contains(line.name) { return true }
            if listed[direction.opposite].contains(line.name) { return false }
            if let sender = opcodes.direction(of: line.name) { return sender == direction }
            // Said once, though both sides ask.
            diagnostics.error(
                .ambiguousPacket, at: line.place, "who sends '\(line.name)' is not known",
                help:
                    "names begin with \(opcodes.prefixes.inbound) for the client and \(opcodes.prefixes.outbound) for "
                    + "the server: set 'prefix', or list the packet under 'packets'")
            return false
        }
    }

    private func reportUnnumbered(_ drafts: [PacketDraft], _ numbered: Set<String>) {
        // A map that could not be read would make every packet look so.
        guard let opcodes else { return }
        for draft in drafts where !numbered.contains(draft.name) {
            let names = opcodes.map.map { $0.lines.map(\.name) } ?? opcodes.versions.first?.map?.lines.map(\.name)
            diagnostics.error(
                .missingKey, at: draft.place, "'\(draft.name)' has no 'opcode', and no map names it",
                suggestion: NearestName.of(draft.name, in: names ?? []))
        }
    }
}
