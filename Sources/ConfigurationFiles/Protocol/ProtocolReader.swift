import GameProtocol
import RuleEngine
import WireBytes

/// A protocol as its file states it.
struct ProtocolFile {
    let descriptor: Descriptor
    let names: PacketNames
    /// What it suggests for packets without a name.
    let violations: [Violation: ViolationStatement]
}

/// Reads `protocols/NAME.yaml`.
struct ProtocolReader {
    let diagnostics: DiagnosticBag

    static let shape = Shape(
        "a protocol",
        keys: ["version", "protocol", "title", "phases", "packets", "login", "opcodes", "inflate_max", "unknown"])

    /// - Parameter expectedName: the name other files use, which is the file's own.
    func read(_ node: Node, expectedName: String?) -> ProtocolFile? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        FileVersion.check(fields)
        let name = fields.required("protocol", Kind<String>.name.located)
        if let name, let expectedName, name.value != expectedName {
            diagnostics.error(
                .badName, at: name.place, "this file defines '\(name.value)', but is named for '\(expectedName)'")
        }
        _ = fields.optional("title", .anyText)
        guard fields.has("phases"), let phasesNode = fields["phases"] else {
            _ = fields.required("phases", Kind<[String]>(expected: "a list of phases") { _, _ in nil })
            return nil
        }
        let inflatedByteCountMax =
            fields.optional("inflate_max", .size(in: 1...InflationReader.byteCountMaxMost))
            ?? InflationReader.byteCountMaxDefault
        let read = PhaseReader(diagnostics: diagnostics, inflatedByteCountMax: inflatedByteCountMax).drafts(phasesNode)
        // Without what cuts them no packet fits, no opcode can be and no phase is reached: that would be told for each.
        guard let drafts = read else { return nil }
        let lanes = drafts.compactMap(\.lanes)
        let cut = PerDirection(
            inbound: lanes.map(\.inbound).filter { !$0.frame.isUncut },
            outbound: lanes.map(\.outbound).filter { !$0.frame.isUncut })
        let folder = FilePath.folder(of: node.place.source.path)
        let opcodes = fields["opcodes"].flatMap { OpcodesReader(diagnostics: diagnostics, folder: folder).opcodes($0) }
        // Without its maps hardly a packet has a number: that would be told for each.
        if fields.has("opcodes"), opcodes == nil { return nil }
        let packets = PacketReader(
            diagnostics: diagnostics, lanes: cut, opcodes: opcodes, inflatedByteCountMax: inflatedByteCountMax
        ).drafts(fields["packets"])
        let tables = PacketNumbering(diagnostics: diagnostics, lanes: cut, opcodes: opcodes).tables(packets)
        let names = PacketNames(tables, protocolName: name?.value ?? "this protocol")
        let phases = PhaseBuilder(diagnostics: diagnostics, names: names, drafts: drafts, opcodes: opcodes).phases()
        let login = LoginReader(diagnostics: diagnostics, names: names, phases: drafts)
        let logins = fields["login"].map { login.logins($0) } ?? []
        let suggestion = ViolationReader(diagnostics: diagnostics).suggestion(fields)
        if phases.contains(where: { $0.hasTable }), let statement = suggestion[.unknown] {
            diagnostics.error(
                .unknownInTableFrame, at: statement.place,
                "this protocol cannot cut a packet that has no entry, so none is ever unknown")
        }
        guard let name, !phases.isEmpty, !diagnostics.hasErrors(in: node.place.source), !hasErrors(in: opcodes)
        else { return nil }
        let descriptor = Descriptor(
            name: name.value, phases: phases, packets: tables, logins: logins,
            versionNames: opcodes?.versionNames ?? [""])
        return ProtocolFile(descriptor: descriptor, names: names, violations: suggestion)
    }

    /// Whether a map says what the protocol cannot use.
    private func hasErrors(in opcodes: Opcodes?) -> Bool {
        let maps = (opcodes?.versions.map(\.map) ?? []) + [opcodes?.map]
        return maps.contains { map in
            map?.lines.first.map { diagnostics.hasErrors(in: $0.place.source) } ?? false
        }
    }
}

extension Phase {
    /// Whether some side's packets are cut by their opcodes.
    fileprivate var hasTable: Bool {
        guard let lanes else { return false }
        return lanes.inbound.frame.hasTable || lanes.outbound.frame.hasTable
    }
}

/// The first line of every file.
enum FileVersion {
    static func check(_ fields: Fields) {
        guard let node = fields["version"] else {
            fields.diagnostics.error(
                .version, at: fields.place, "the key 'version' is missing", help: "begin the file with version: 1")
            return
        }
        if node.text != "1" {
            fields.diagnostics.error(.version, at: node.place, "this program reads version 1, not \(node.found)")
        } else if fields.entries.first?.key != "version" {
            fields.diagnostics.error(.version, at: fields.keyPlace("version"), "'version' must be the first key")
        }
    }
}
