import GameProtocol
import Inspection
import ProxyProtocol
import Reputation
import Settings
import TestSupport
import WireBytes

@testable import DataPlane

/// One run that follows from its seed alone: who connects, what they send, what goes wrong, and when.
final class RandomRun {
    /// What a client behind a balancer says it is.
    enum Kind {
        case known
        /// The header does not say who.
        case unnamed
        case local
        case garbage
        case healthCheck
        /// Comes from somewhere that is no balancer.
        case untrusted
    }

    struct ClientFacts {
        var kind: Kind
        /// The client as the relay must see it; `nil` where it cannot.
        var client: Endpoint?
        var headByteCount: Int
    }

    let seed: UInt64
    var random: SplitMix64
    let world: World
    let opening: GameRules.Opening
    var hasPreamble: Bool { opening == .preamble }
    /// What the players and servers of this run send is enciphered behind the preamble.
    let isEnciphered: Bool
    let isBehindBalancer: Bool
    var settings: ServiceSettings
    var facts: [ClientFacts] = []
    /// When a reload was sent out, and which rules came with it.
    var reloadedNS: UInt64?
    let reloadVariant: GameRules.Variant?
    /// A few bytes a round trip, and long ones: what is sent takes longer than deadlines.
    let isLinkSlow: Bool
    /// Servers refuse, are silent or slow in this run.
    private(set) var isConnectFaulty = false
    let allowed: IPAddress
    /// Stands in a list all the time, in some runs.
    let listed: IPAddress?

    static let addresses = ["198.51.100.7", "198.51.100.8", "203.0.113.9", "2001:db8::1", "2001:db8::2"]

    init(seed: UInt64, traces: Bool = false, sabotage: SimulatedNetwork.Sabotage? = nil) throws {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        opening = random.choice(.direct, .direct, .preamble, .login)
        isBehindBalancer = random.chance(1, in: 2)
        var enciphering = SplitMix64(seed: seed ^ 0xC1)
        isEnciphered = sabotage != .forgetsRule && enciphering.chance(1, in: 3)
        var settings = Self.settings(
            isBehindBalancer: isBehindBalancer, hasPreamble: opening == .preamble, using: &random)
        // How long the relay's own header is the server does not know, and so not where the cipher begins.
        if isEnciphered { settings.pools[0].sendProxy = .none }
        self.settings = settings
        allowed = settings.reputation.allow.first?.base ?? IPAddress(ipv4: 0)
        var listing = SplitMix64(seed: seed ^ 0x115)
        let listed = listing.chance(1, in: 5) ? IPAddress(Self.addresses[Int(listing.next() % 5)]) : nil
        self.listed = listed
        let variant: GameRules.Variant = random.chance(1, in: 3) ? .recut : .second
        reloadVariant = random.chance(1, in: 3) ? variant : nil
        world = try World(
            seed: seed, workerCount: Int.random(in: 1...3, using: &random), faults: .chosen(using: &random),
            settings: settings,
            rulesets: [
                sabotage == .forgetsRule
                    ? GameRules.lax : GameRules.ruleset(.first, opening, isEnciphered: isEnciphered)
            ], lists: Self.lists(listed))
        let faults = world.network.faults
        isLinkSlow = faults.latencyMostNS > 1_000_000 && faults.sendCapacity.upperBound < 100
        world.network.sabotage = sabotage
        self.random = random
        if traces { world.network.trace = [] }
        arrangeServers()
        for number in 0..<Int.random(in: 1...6, using: &self.random) { addClient(number) }
        arrangeActs()
    }

    private static func settings(
        isBehindBalancer: Bool, hasPreamble: Bool, using random: inout SplitMix64
    ) -> ServiceSettings {
        let servers = random.chance(1, in: 2) ? [Game.server] : [Game.server, Game.secondServer]
        return Game.settings(servers: servers, isBehindBalancer: isBehindBalancer) { settings in
            settings.listeners[0].limits.backlogByteCount = random.choice(64, 600, 65_536)
            if random.chance(1, in: 6) { settings.listeners[0].limits.open = 2 }
            settings.pools[0].sendProxy = random.choice(.none, .v1, .v2)
            if !hasPreamble, random.chance(1, in: 4) { settings.pools[0].dial = .firstPacket }
            if random.chance(1, in: 8) { settings.logs.linesPerSecond = 2 }
            let address = addresses[Int.random(in: 0..<addresses.count, using: &random)]
            if random.chance(1, in: 4) { settings.reputation.allow = IPNetwork(address).map { [$0] } ?? [] }
        }
    }

    static func lists(_ address: IPAddress?) -> AddressLists {
        var builder = AddressMapBuilder()
        if let address { builder.add(IPNetwork(holding: address, prefixLength: 128)) }
        return AddressLists(refused: builder.build(), names: ["list.txt"])
    }

    private func arrangeServers() {
        var random = SplitMix64(seed: seed ^ 0x5E)
        let refuses = random.chance(1, in: 6)
        let isSilent = random.chance(1, in: 10)
        let isSlow = random.chance(1, in: 4)
        isConnectFaulty = refuses || isSilent || isSlow
        world.network.answers = { [unowned world] endpoint in
            let slowNS = isSlow ? UInt64.random(in: 0...4_000_000_000, using: &world.network.random) : 0
            if refuses, endpoint == Game.server { return .refuse(afterNS: slowNS) }
            if isSilent, endpoint == Game.server { return .silence }
            if refuses, isSilent { return .failure(code: 101) }
            return .accept(afterNS: slowNS)
        }
        world.serverScript = { [unowned self] server in
            var traffic = Traffic(
                random: SplitMix64(seed: seed &* 31 &+ UInt64(server.number)), sender: 0x8000 + UInt16(server.number))
            let preamble =
                hasPreamble ? (traffic.random.chance(1, in: 20) ? [1, 0, 0, 9] : GameRules.serverPreamble) : []
            if isEnciphered {
                server.cipher = GameRules.peerCipher(
                    isClient: false, clear: preamble.count, hasPreamble ? GameRules.clientPreambleCount : 0)
            }
            traffic.logsIn = opening == .login
            var steps = traffic.script(packetMost: 8, isClient: false, before: [], preamble: preamble)
            steps += Self.ending(isPatient: traffic.random.chance(4, in: 5), using: &traffic.random)
            return steps
        }
    }

    /// How a script ends; most often orderly.
    private static func ending(isPatient: Bool, using random: inout SplitMix64) -> [Peer.Step] {
        switch UInt64.random(in: 0..<12, using: &random) {
        case 0: return [.reset]
        case 1: return [.close]
        default: return isPatient ? [.awaitEnd, .finish] : [.finish, .awaitEnd]
        }
    }

    private func addClient(_ number: Int) {
        let address = Self.addresses[Int.random(in: 0..<Self.addresses.count, using: &random)]
        let host = IPAddress(address) ?? IPAddress(ipv4: 0)
        let setOutNS = UInt64.random(in: 0...3_000_000_000, using: &random)
        var traffic = Traffic(random: SplitMix64(seed: seed &* 17 &+ UInt64(number)), sender: UInt16(number))
        traffic.logsIn = opening == .login
        var kind = Kind.known
        var head: [UInt8] = []
        var client: Endpoint? = Endpoint(host, port: UInt16(10_000 + number))
        if isBehindBalancer {
            kind = chooseKind()
            let source = Endpoint(host, port: UInt16(50_000 + number))
            client = kind == .known ? source : nil
            head = header(kind, source)
        }
        let preamble = hasPreamble ? traffic.random.bytes(GameRules.clientPreambleCount) : []
        var script = traffic.script(packetMost: 14, isClient: true, before: head, preamble: preamble)
        if kind == .healthCheck { script = [] }
        script += Self.ending(isPatient: kind != .healthCheck && random.chance(1, in: 4), using: &traffic.random)
        let comesFrom = !isBehindBalancer || kind == .untrusted ? address : Game.balancer
        let peer = world.addClient(script, from: comesFrom, afterNS: setOutNS)
        if isEnciphered {
            peer.cipher = GameRules.peerCipher(
                isClient: true, clear: head.count + preamble.count, hasPreamble ? GameRules.serverPreamble.count : 0)
        }
        facts.append(ClientFacts(kind: kind, client: client, headByteCount: head.count))
    }

    private func chooseKind() -> Kind {
        switch UInt64.random(in: 0..<20, using: &random) {
        case 0: .unnamed
        case 1: .local
        case 2: .garbage
        case 3: .healthCheck
        case 4: .untrusted
        default: .known
        }
    }

    private func header(_ kind: Kind, _ source: Endpoint) -> [UInt8] {
        let version: ProxyHeader.Version = random.chance(1, in: 2) ? .v1 : .v2
        switch kind {
        case .known, .untrusted:
            let addresses = ProxyAddresses.tcp(source: source, destination: Game.listener)
            return ProxyHeader(version: version, addresses: addresses).encoded()
        case .unnamed: return ProxyHeader(version: version, addresses: .unspecified).encoded()
        case .local: return ProxyHeader.local.encoded()
        case .garbage: return Array("GET / HTTP/1.1\r\n".utf8)
        case .healthCheck: return []
        }
    }
}
