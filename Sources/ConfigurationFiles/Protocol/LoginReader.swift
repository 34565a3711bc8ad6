import GameProtocol
import PacketFields
import WireBytes

/// Reads `login`: the packets of the server with which a login has succeeded.
struct LoginReader {
    let diagnostics: DiagnosticBag
    let names: PacketNames
    let phases: [PhaseDraft]

    /// Packets that one protocol may name.
    static let packetCountMax = 16

    static let shape = Shape("'login'", keys: ["success"])
    static let successShape = Shape("the end of a login", keys: ["packet", "where", "where_not"])

    /// The packets, one for each version that has it.
    func logins(_ node: Node) -> [LoginSuccess] {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return [] }
        guard let success = fields["success"] else {
            _ = fields.required("success", Kind<[String]>(expected: "a packet of the server") { _, _ in nil })
            return []
        }
        let items: [Node]
        if case .sequence(let list) = success.content { items = list } else { items = [success] }
        guard (1...Self.packetCountMax).contains(items.count) else {
            diagnostics.error(
                .tooMany, at: success.place, "'success' names 1 to \(Self.packetCountMax) packets, not \(items.count)")
            return []
        }
        return items.flatMap { login($0) }
    }

    private func login(_ node: Node) -> [LoginSuccess] {
        guard case .mapping = node.content else {
            return Kind<String>.name.located.read(node, diagnostics).map { login($0, nil) } ?? []
        }
        guard let fields = Fields(node, Self.successShape, diagnostics),
            let name = fields.required("packet", Kind<String>.name.located)
        else { return [] }
        return login(name, fields)
    }

    private func login(_ name: Located<String>, _ fields: Fields?) -> [LoginSuccess] {
        let packets = described(names.require(name, .outbound, diagnostics), fields)
        guard let first = packets.first else { return [] }
        let reader = TransitionReader(diagnostics: diagnostics, names: names, phases: phases)
        if !phases.contains(where: { $0.isCut(.outbound) && reader.isAccepted(name.value, .outbound, in: $0) }) {
            diagnostics.error(
                .conflict, at: name.place, "no phase lets the server send '\(name.value)', so no login ever succeeds",
                help: "add it to 'accept', or cut what the server sends")
        }
        for key in ["where", "where_not"] {
            guard let fields, fields.has(key) else { continue }
            reader.check(names.entry(first, .outbound), .outbound, fields.keyPlace(key))
        }
        return packets.map { packet in
            let entry = names.entry(packet, .outbound)
            return LoginSuccess(
                packet: packet, conditions: reader.conditions(fields?["where"], entry),
                conditionsNot: reader.conditions(fields?["where_not"], entry))
        }
    }

    /// Of a packet that only some versions of the protocol describe, those that have the fields it is asked for; where
    /// none has, one for the report.
    private func described(_ packets: [PacketIndex], _ fields: Fields?) -> [PacketIndex] {
        let asked = ["where", "where_not"].flatMap { key -> [String] in
            guard let fields, case .mapping(let lines)? = fields[key]?.content else { return [] }
            return lines.map { $0.key.split(separator: ".").first.map(String.init) ?? $0.key }
        }
        let full = packets.filter { packet in
            let layout = names.entry(packet, .outbound).layout
            return asked.allSatisfy { layout?.index(of: $0) != nil || layout?.arrayIndex(of: $0) != nil }
        }
        return full.isEmpty ? Array(packets.prefix(1)) : full
    }
}
