import WireBytes

/// The demonstration's own `portcullis.yaml`: the shipped protocol and policies, with ports and paths of this run.
struct ServiceFile {
    let gate: Endpoint
    let world: Endpoint
    let rulesFolder: String
    let logFolder: String

    var text: String {
        """
        version: 1
        protocols: \(Self.quoted(rulesFolder + "/protocols"))
        policies: \(Self.quoted(rulesFolder + "/policies"))
        listeners:
          - name: demo
            bind: \(gate)
            protocol: crossfire
            policies: [baseline, crossfire]
            to: world
            # Shorter than anywhere else, so that a slow header shows within a few seconds.
            timeouts: { packet: 2s }
        pools:
          # The world is told who its clients are, so that it can say whose bytes reached it.
          world: { servers: [\(Self.quoted("\(world)"))], send_proxy: v1 }
        reputation:
          half_life: 10m
          ladder: [{ at: 20, ban: 10m }]
          repeat: { factor: 4, most: 30d, forget: 30d, jitter: 0% }
        logs:
          bans: \(Self.quoted(logFolder + "/bans.log"))
          connections: \(Self.quoted(logFolder + "/connections.log"))
          events: \(Self.quoted(logFolder + "/events.json"))

        """
    }

    /// A text as YAML quotes it.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
