import Events
import Inspection
import Rehearsal
import Settings
import TestSupport
import Testing
import WireBytes

@testable import ConfigurationFiles

/// Holds what a rehearsal says would happen against what a worker does.
@Suite("A rehearsal and a worker")
struct RehearsalTests {
    /// Something one client sends at a time of its own, far from all others.
    private struct Sending {
        let client: Int
        let atNS: UInt64
        let bytes: [UInt8]
    }

    private static let gapNS: UInt64 = 300_000_000
    private static let clientCount = 6

    /// Two clients of each address, and what they send in what order.
    private func sendings(_ random: inout SplitMix64) -> [Sending] {
        var traffic = (0..<Self.clientCount).map {
            Traffic(random: SplitMix64(seed: random.next()), sender: UInt16($0))
        }
        return (1...60).map { number in
            let client = Int.random(in: 0..<Self.clientCount, using: &random)
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes += traffic[client].randomPacket(isClient: true, favourite: nil)
            }
            return Sending(client: client, atNS: UInt64(number) * Self.gapNS, bytes: bytes)
        }
    }

    private func address(_ client: Int) -> String { "198.51.100.\(7 + client / 2)" }

    /// What is told of a finding; not when, which differs by what the network takes.
    private func line(_ record: FindingRecord) -> String {
        "\(record.client.map { "\($0)" } ?? "-") \(record.ruleID) \(record.action) \(record.isShadow) "
            + "\(record.packet) \(record.byteCount) \(record.score)"
    }

    @Test("both find the same, ban the same, end the same and pass on the same bytes, whatever clients send")
    func agreement() throws {
        var findingCount = 0
        var banCount = 0
        for seed: UInt64 in 1...80 {
            var random = SplitMix64(seed: seed)
            let sendings = sendings(&random)
            let ruleset = GameRules.ruleset(seed.isMultiple(of: 2) ? .first : .second, .direct)
            let untilNS = UInt64(sendings.count + 1) * Self.gapNS

            let world = try World(seed: seed, settings: Game.settings(), rulesets: [ruleset])
            let startNS = world.network.nowNS
            for client in 0..<Self.clientCount {
                var script: [Peer.Step] = []
                var lastNS: UInt64 = 0
                for sending in sendings where sending.client == client {
                    script += [.pause(sending.atNS - lastNS), .send(sending.bytes)]
                    lastNS = sending.atNS
                }
                world.addClient(script + [.awaitEnd], from: address(client))
            }
            world.run(forNS: untilNS)

            let listener = LoadedConfiguration.Listener(
                settings: Game.settings().listeners[0], ruleset: ruleset, protocolName: "game", policyNames: [],
                isShadow: false)
            let configuration = LoadedConfiguration(
                settings: Game.settings(), listeners: [listener], lists: world.plan.lists)
            var service = RehearsedService(configuration: configuration, nowNS: startNS, collects: true)
            for client in 0..<Self.clientCount {
                let endpoint = world.clients[client].endpoint
                let isOpen = service.open(UInt64(client), listener: 0, peer: endpoint, client: endpoint)
                #expect(isOpen)
            }
            for sending in sendings {
                service.advance(toNS: startNS + sending.atNS)
                service.receive(UInt64(sending.client), sending.bytes, .inbound)
            }
            service.advance(toNS: startNS + untilNS)

            var findings: [String] = []
            var bans: [IPAddress] = []
            var ends: [Endpoint: String] = [:]
            for event in service.events {
                switch event {
                case .finding(_, let record): findings.append(line(record))
                case .ban(let record) where record.change == .began: bans += [record.ban.address].compactMap { $0 }
                case .ended(_, let record, _): ends[record.peer] = "\(record.termination) \(record.packetCounts)"
                default: break
                }
            }
            #expect(findings == world.findings.map(line), "seed \(seed)")
            #expect(bans == world.bans.map(\.address), "seed \(seed)")
            for client in 0..<Self.clientCount {
                let peer = world.clients[client]
                let record = world.record(of: peer).map { "\($0.termination) \($0.packetCounts)" }
                #expect(ends[peer.endpoint] == record, "seed \(seed), client \(client)")
                let received = world.monitor.servers(of: peer, in: world).first?.received ?? []
                let delivered = service.delivered(UInt64(client), .inbound)
                #expect(delivered == received, "seed \(seed), client \(client)")
            }
            findingCount += findings.count
            banCount += bans.count
        }
        #expect(findingCount > 500 && banCount > 20, "\(findingCount) \(banCount)")
    }
}
