import ConfigurationFiles
import Settings
import Testing
import WireBytes

@Suite("services as they are loaded")
struct ServiceLoadingTests {
    @Test("every key of a service arrives in its settings")
    func everything() throws {
        let folder = try ScratchFolder()
        let file = try folder.write(
            "etc/s.yaml",
            """
            version: 1
            listeners:
              - name: world
                bind: "[::]:7801"
                proxy_protocol: { from: [10.0.0.5/32, "2001:db8::/32"] }
                protocol: g
                policies: [p]
                to: arena
                mode: shadow
                timeouts:
                  { proxy_header: 1s, packet: 2s, idle: 3m, stalled: 4s, half_closed: 5s, drain: 6s, delay: 250ms }
                limits: { open: 10, backlog: 128KiB }
              - { name: other, bind: 0.0.0.0:7802, to: 192.0.2.1:7803 }
            pools:
              arena: { servers: [127.0.0.1:1, 127.0.0.1:2], send_proxy: v2, connect: first-packet, connect_timeout: 9s }
            reputation:
              half_life: 5m
              ladder: [{ at: 5, ban: 1m }, { at: 20.5, ban: 1h }]
              repeat: { factor: 2.5, most: 7d, forget: 1d, jitter: 25% }
              network: { ipv4: 20, ipv6: 48 }
              address: { ipv6: 56 }
              allow: [10.0.0.0/8]
              remember: 5000
            logs: { bans: b.log, events: e.json, connections: c.log, rate: 50/s }
            admin: { socket: run/p.sock, group: games }
            latency: balanced
            protocols: ../games
            policies: .
            """)
        try folder.write("games/g.yaml", RuleFixture.game)
        try folder.write("etc/p.yaml", "version: 1\npolicy: p\nrules: [{ id: 100, name: a }]\n")
        let result = ConfigurationLoader.load(file)
        #expect(result.text == "")
        let configuration = try #require(result.configuration)
        let settings = configuration.settings
        let world = settings.listeners[0]
        #expect(world.bind == Endpoint("[::]:7801"))
        #expect(try world.proxySources == [IPNetwork(parsing: "10.0.0.5"), IPNetwork(parsing: "2001:db8::/32")])
        #expect(world.timeouts.proxyHeaderNS == 1_000_000_000)
        #expect(world.timeouts.packetNS == 2_000_000_000)
        #expect(world.timeouts.idleNS == 180_000_000_000)
        #expect(world.timeouts.stalledNS == 4_000_000_000)
        #expect(world.timeouts.halfClosedNS == 5_000_000_000)
        #expect(world.timeouts.drainNS == 6_000_000_000)
        #expect(world.timeouts.delayNS == 250_000_000)
        #expect(world.limits.open == 10)
        #expect(world.limits.backlogByteCount == 131_072)
        #expect(settings.listeners[1].pool == "192.0.2.1:7803")
        #expect(settings.listeners[1].timeouts == ListenerSettings.Timeouts())
        #expect(settings.pools.map(\.name) == ["arena", "192.0.2.1:7803"])
        #expect(settings.pools[0].servers.count == 2)
        #expect(settings.pools[0].sendProxy == .v2)
        #expect(settings.pools[0].dial == .firstPacket)
        #expect(settings.pools[0].connectTimeoutNS == 9_000_000_000)
        expectReputation(settings.reputation)
        #expect(settings.logs.bans == "b.log")
        #expect(settings.logs.linesPerSecond == 50)
        #expect(settings.admin == AdminSettings(socket: "run/p.sock", group: "games"))
        #expect(settings.latency == .balanced)
        #expect(configuration.listeners.map(\.isShadow) == [true, false])
        #expect(configuration.listeners.map(\.protocolName) == ["g", nil])
        #expect(configuration.rulesets[1].descriptor.phases.map(\.isOpaque) == [true])
    }

    private func expectReputation(_ reputation: ReputationSettings) {
        #expect(reputation.halfLifeNS == 300_000_000_000)
        #expect(reputation.ladder.map(\.at) == [5, 20.5])
        #expect(reputation.ladder.map(\.baseNS) == [60_000_000_000, 3_600_000_000_000])
        #expect(reputation.repeatFactor == 2.5)
        #expect(reputation.repeatMostNS == 604_800_000_000_000)
        #expect(reputation.repeatForgetNS == 86_400_000_000_000)
        #expect(reputation.repeatJitter == 0.25)
        #expect(reputation.networkPrefixIPv4 == 20)
        #expect(reputation.networkPrefixIPv6 == 48)
        #expect(reputation.addressPrefixIPv6 == 56)
        #expect(reputation.allow.map(\.description) == ["10.0.0.0/8"])
        #expect(reputation.addressCountMax == 5_000)
    }

    @Test("the whole program may be put in shadow from outside")
    func shadow() throws {
        let path = ShippedFilesTests.root + "/portcullis.yaml"
        #expect(ConfigurationLoader.load(path, shadow: true).configuration?.listeners.map(\.isShadow) == [true])
        #expect(ConfigurationLoader.load(path).configuration?.listeners.map(\.isShadow) == [false])
    }

    @Test("a policy is no service, and is not loaded as one")
    func otherKind() throws {
        let result = ConfigurationLoader.load(ShippedFilesTests.root + "/policies/baseline.yaml")
        #expect(result.configuration == nil)
        #expect(result.diagnostics.map(\.id) == ["C018"])
    }

    @Test("with an error anywhere nothing is loaded, with a warning everything is")
    func errorsAndWarnings() throws {
        let folder = try ScratchFolder()
        let text = "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\n"
        let warned = ConfigurationLoader.load(
            try folder.write("s.yaml", text + "pools: { b: { servers: [127.0.0.1:3] } }\n"))
        #expect(warned.isValid)
        #expect(warned.warningCount == 1)
        #expect(warned.configuration != nil)
        let wrong = ConfigurationLoader.load(try folder.write("s.yaml", text + "fleet: {}\n"))
        #expect(!wrong.isValid)
        #expect(wrong.configuration == nil)
    }
}
