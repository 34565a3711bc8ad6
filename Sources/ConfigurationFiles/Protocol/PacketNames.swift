import GameProtocol
import WireBytes

/// Finds packets by name in both directions of a protocol.
///
/// A protocol with versions has a packet of each name in some or all of them.
struct PacketNames {
    private let indices: PerDirection<[String: [PacketIndex]]>
    private let tables: PerDirection<PacketTable>
    private let protocolName: String

    init(_ tables: PerDirection<PacketTable>, protocolName: String) {
        self.protocolName = protocolName
        self.tables = tables
        indices = PerDirection(inbound: Self.index(tables.inbound), outbound: Self.index(tables.outbound))
    }

    private static func index(_ table: PacketTable) -> [String: [PacketIndex]] {
        var index: [String: [PacketIndex]] = [:]
        for (place, entry) in table.entries.enumerated() {
            index[entry.name, default: []].append(PacketIndex(place + 1))
        }
        return index
    }

    /// The packets of that name in one direction, one a version; none after a report with the nearest name.
    func require(_ name: Located<String>, _ direction: Direction, _ diagnostics: DiagnosticBag) -> [PacketIndex] {
        if let found = indices[direction][name.value] { return found }
        let isOther = indices[direction.opposite][name.value] != nil
        diagnostics.error(
            .unknownPacket, at: name.place,
            "'\(Node.shortened(name.value))' is no packet of the \(direction.sender) in \(protocolName)",
            help: isOther ? "the \(direction.opposite.sender) sends a packet of that name" : nil,
            suggestion: isOther ? nil : NearestName.of(name.value, in: indices[direction].keys.sorted()))
        return []
    }

    /// The packet of that name in one version; `nil` where the version has none, and after a report that no one has.
    func require(
        _ name: Located<String>, _ direction: Direction, version: Int, _ diagnostics: DiagnosticBag
    ) -> PacketIndex? {
        require(name, direction, diagnostics).first { tables[direction].entries[Int($0) - 1].version == version }
    }

    /// The directions that have a packet of that name, or a report with the nearest name.
    func directions(of name: Located<String>, _ diagnostics: DiagnosticBag) -> [Direction] {
        let directions = Direction.allCases.filter { indices[$0][name.value] != nil }
        if directions.isEmpty {
            let known = Set(indices.inbound.keys).union(indices.outbound.keys).sorted()
            diagnostics.error(
                .unknownPacket, at: name.place, "'\(Node.shortened(name.value))' is no packet of \(protocolName)",
                suggestion: NearestName.of(name.value, in: known))
        }
        return directions
    }

    /// What stands where in a packet.
    func entry(_ packet: PacketIndex, _ direction: Direction) -> PacketTable.Entry {
        tables[direction].entries[Int(packet) - 1]
    }
}
