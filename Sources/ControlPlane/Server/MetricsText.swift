/// Figures as Prometheus reads them: text format 0.0.4.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []

    init(_ status: StatusReply) {
        let listeners = status.listeners
        family("portcullis_info", "gauge", "The running program.", [("version", status.version, 1)])
        family(
            "portcullis_start_time_seconds", "gauge", "When the program began, in seconds since 1970.",
            value: "\(status.started.wallUS / 1_000_000)")
        family(
            "portcullis_connections_active", "gauge", "Connections that are open.",
            listeners.map { ("listener", $0.name, UInt64(clamping: $0.open)) })
        family(
            "portcullis_connections_total", "counter", "Connections that came, by what became of them.",
            [
                ("result", "closed", status.connections.closed), ("result", "open", status.connections.open),
                ("result", "refused", status.connections.refused),
            ])
        family(
            "portcullis_under_attack", "gauge", "Whether a listener is under attack.",
            listeners.map { ("listener", $0.name, $0.isUnderAttack ? 1 : 0) })
        family("portcullis_bans_active", "gauge", "Bans in force.", value: "\(status.bans)")
        family(
            "portcullis_bans_total", "counter", "Bans since the state began, or the program where it keeps none.",
            value: "\(status.bansTotal)")
        family("portcullis_allowed", "gauge", "Entries of the allowlist.", value: "\(status.allowed)")
        family(
            "portcullis_addresses_remembered", "gauge", "Addresses and accounts with a score, ban or history.",
            value: "\(status.remembered)")
        family(
            "portcullis_addresses_evicted_total", "counter", "Addresses that made room for others.",
            value: "\(status.evictions)")
        family(
            "portcullis_bucket_fallbacks_total", "counter",
            "Limits that held per connection because the table of shared ones was full.",
            value: "\(status.fallbackBuckets)")
        // Without a file there is nothing that could be down.
        if status.state.file != nil {
            family(
                "portcullis_state_store_up", "gauge", "Whether what happens is on disk within a second.",
                value: status.state.isUp ? "1" : "0")
        }
        family(
            "portcullis_kernel_up", "gauge", "Whether the kernel refuses who is banned.",
            value: status.kernel.isUp ? "1" : "0")
        family(
            "portcullis_kernel_entries", "gauge", "Bans and allowed networks that the kernel holds.",
            value: "\(status.kernel.entries)")
    }

    private mutating func family(
        _ name: String, _ type: String, _ help: String, _ samples: [(label: String, value: String, count: UInt64)]
    ) {
        guard !samples.isEmpty else { return }
        begin(name, type, help)
        for sample in samples {
            append("\(name){\(sample.label)=\"\(Self.escaped(sample.value))\"} \(sample.count)\n")
        }
    }

    private mutating func family(_ name: String, _ type: String, _ help: String, value: String) {
        begin(name, type, help)
        append("\(name) \(value)\n")
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        append("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// A label's value: backslash, quote and line feed are escaped.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
