import Settings

/// Reads which listeners the kernel guards.
struct KernelReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("'kernel'", keys: ["listeners", "table", "at_exit", "reconcile"])

    /// What a table's name begins with: all that stands in the table is replaced at the start.
    static let tablePrefix = "portcullis"

    func settings(_ node: Node, listeners: [ListenerStatement]) -> KernelSettings? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let names = fields.required("listeners", Kind<String>.name.located.list)
        var settings = KernelSettings(listeners: names.map { checked($0, listeners) } ?? [])
        fields.fill(&settings.table, "table", .table)
        fields.fill(&settings.atExit, "at_exit", .choice(["remove": .remove, "keep": .keep]))
        fields.fill(&settings.reconcileNS, "reconcile", .duration(in: 1_000_000_000...86_400_000_000_000))
        return settings
    }

    /// The names of listeners that the kernel can guard.
    private func checked(_ names: [Located<String>], _ listeners: [ListenerStatement]) -> [String] {
        var seen: Set<String> = []
        for name in names {
            if !seen.insert(name.value).inserted {
                diagnostics.error(.duplicateName, at: name.place, "the listener '\(name.value)' is listed twice")
                continue
            }
            guard let listener = listeners.first(where: { $0.settings.name == name.value }) else {
                diagnostics.error(
                    .unknownListener, at: name.place, "there is no listener '\(Node.shortened(name.value))'",
                    suggestion: NearestName.of(name.value, in: listeners.map(\.settings.name)))
                continue
            }
            if listener.settings.proxySources != nil {
                diagnostics.error(
                    .conflict, at: name.place,
                    "the kernel cannot guard '\(name.value)', which takes PROXY headers",
                    help: "the kernel sees the address of the balancer and not the player's, so a ban would never "
                        + "hold, or shut out the balancer; bans on this listener are the program's alone")
            }
        }
        return names.map(\.value)
    }
}

extension Kind where Value == String {
    /// The name of a table of nftables.
    fileprivate static var table: Kind {
        .text(
            "a name that begins with '\(KernelReader.tablePrefix)'",
            help: "up to 64 letters, digits and underscores; the prefix is there because whatever stands in the table "
                + "is replaced at the start"
        ) { text in
            let isWord = text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "_")
            }
            return isWord && text.hasPrefix(KernelReader.tablePrefix) && text.utf8.count <= 64 ? text : nil
        }
    }
}
