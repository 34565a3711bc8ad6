import Settings
import WireBytes

/// A listener as the service's file states it, before its protocol and policies are read.
struct ListenerStatement {
    let settings: ListenerSettings
    let protocolName: Located<String>?
    let policies: [Located<String>]
    let isShadow: Bool
    let place: Place
    /// Whom another listener must let in first.
    let gate: GateStatement?
}

/// The service's file.
struct ServiceFile {
    let settings: ServiceSettings
    /// In the order of `settings.listeners`.
    let listeners: [ListenerStatement]
    /// The lists of `settings.reputation`, with their places.
    let lists: [Located<ListSettings>]
    /// What tells where addresses are from.
    let geo: GeoStatement
    /// Where protocols and policies are found, seen from the file's own folder.
    let protocolsFolder: String
    let policiesFolder: String

    /// Files that are read again when they are replaced on disk.
    ///
    /// - Parameter folder: where the service's file stands.
    func replaceableFiles(in folder: String) -> [String] {
        lists.map { FilePath.join(folder, $0.value.file) } + geo.settings.files(in: folder).map(\.path)
    }
}

/// Reads `portcullis.yaml`.
struct ServiceReader {
    let diagnostics: DiagnosticBag

    /// A listener's number is part of its buckets' keys.
    static let listenerCountMax = 1_000

    static let shape = Shape(
        "the service",
        keys: [
            "version", "listeners", "pools", "reputation", "geo", "logs", "latency", "kernel", "state", "admin",
            "presets",
            "protocols", "policies",
        ],
        later: ["fleet", "shutdown", "log"])

    func read(_ node: Node) -> ServiceFile? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        FileVersion.check(fields)
        let pools = PoolReader(diagnostics: diagnostics).pools(fields["pools"])
        var listenerReader = ListenerReader(
            diagnostics: diagnostics, pools: pools,
            attacks: UnderAttackReader(diagnostics: diagnostics, presets: fields["presets"]))
        let listeners = listenerReader.listeners(fields)
        listenerReader.attacks.warnOfUnused()
        var reputationReader = ReputationReader(diagnostics: diagnostics)
        let reputation = fields["reputation"].map { reputationReader.settings($0) }
        let geo = fields["geo"].map { GeoReader(diagnostics: diagnostics).statement($0) } ?? GeoStatement()
        let logs = fields["logs"].map { logSettings($0) }
        let protocolsFolder = fields.optional("protocols", .folder) ?? "protocols"
        let policiesFolder = fields.optional("policies", .folder) ?? "policies"
        for pool in pools where !listenerReader.usedPools.contains(pool.value.name) {
            diagnostics.warning(.unused, at: pool.place, "no listener leads to the pool '\(pool.value.name)'")
        }
        var settings = ServiceSettings(
            listeners: listeners.map(\.settings), pools: pools.map(\.value) + listenerReader.addedPools,
            reputation: reputation ?? ReputationSettings(), logs: logs ?? LogSettings(),
            latency: fields.optional("latency", .latency) ?? .low)
        settings.kernel = fields["kernel"].flatMap {
            KernelReader(diagnostics: diagnostics).settings($0, listeners: listeners)
        }
        settings.state = fields["state"].flatMap { StateReader(diagnostics: diagnostics).settings($0) }
        settings.admin = fields["admin"].flatMap { AdminReader(diagnostics: diagnostics).settings($0) }
        settings.geo = geo.settings
        return ServiceFile(
            settings: settings, listeners: listeners, lists: reputationReader.lists, geo: geo,
            protocolsFolder: protocolsFolder, policiesFolder: policiesFolder)
    }

    private func logSettings(_ node: Node) -> LogSettings {
        var logs = LogSettings()
        let shape = Shape("'logs'", keys: ["bans", "events", "connections", "rate"])
        guard let fields = Fields(node, shape, diagnostics) else { return logs }
        fields.fill(&logs.bans, "bans", .path)
        fields.fill(&logs.events, "events", .path)
        fields.fill(&logs.connections, "connections", .path)
        let perSecond = Kind<Rate>.rate.checked(.outOfRange) { rate in
            rate.periodNS == 1_000_000_000 && rate.amount <= 1_000_000
                ? nil : "the rate of a log is 1/s to 1000000/s"
        }
        fields.fill(&logs.linesPerSecond, "rate", perSecond.map { Int($0.amount) })
        return logs
    }
}

extension Kind where Value == Latency {
    fileprivate static var latency: Kind { .choice(["low": .low, "balanced": .balanced, "frugal": .frugal]) }
}

extension Kind where Value == String {
    /// The path of a file.
    static var path: Kind {
        .text("a path", help: "1 to 4096 bytes, none of them a control character") { text in
            (1...4_096).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
        }
    }

    /// A folder, seen from the file's own.
    static var folder: Kind { path }
}
