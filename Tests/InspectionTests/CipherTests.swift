import Foundation
import Inspection
import RuleEngine
import StreamCiphers
import TestSupport
import Testing
import WireBytes

@Suite("Enciphered streams")
struct CipherTests {
    /// Keys in a preamble, then packets of a length, an opcode and a body, all of it enciphered.
    private static let game = """
        phases:
          - name: keys
            preamble:
              - { from: server, bytes: 4, as: s }
              - { from: client, bytes: 4, as: c }
          - name: play
            cipher: { name: rc4, keys: [c, s] }
            frame: { length: u8@0, counts: packet, min: 2, max: 40 }
            opcode: u8@1
            next_on: { packet: DONE }
          - name: clear
            cipher: none
        packets:
          client:
            A: { opcode: 1 }
            BAD: { opcode: 2 }
          server:
            X: { opcode: 1 }
            BAD: { opcode: 2 }
            DONE: { opcode: 9 }
        """
    private static let policy = """
        rules:
          - { id: 100, name: bad, packet: BAD, from: client, action: drop }
          - { id: 101, name: worse, packet: BAD, from: server, action: drop }
        """
    private static let keys: (client: [UInt8], server: [UInt8]) = ([7, 7, 1, 9], [1, 2, 3, 4])

    /// One end that enciphers and deciphers on its own.
    private struct Player {
        var sending: StreamCipher
        var receiving: StreamCipher

        mutating func seal(_ bytes: [UInt8]) -> [UInt8] { Self.apply(&sending, bytes) }
        mutating func open(_ bytes: some Sequence<UInt8>) -> [UInt8] { Self.apply(&receiving, Array(bytes)) }

        private static func apply(_ cipher: inout StreamCipher, _ bytes: [UInt8]) -> [UInt8] {
            var result = bytes
            result.withUnsafeMutableBytes { cipher.apply($0) }
            return result
        }
    }

    private func players() throws -> (client: Player, server: Player) {
        let pair = try #require(
            CipherScheme.rc4(droppedByteCount: 0).makePair(keys: [Self.keys.client, Self.keys.server]))
        return (
            Player(sending: pair.inbound, receiving: pair.outbound),
            Player(sending: pair.outbound, receiving: pair.inbound)
        )
    }

    private func begin(_ wire: Wire) {
        wire.send(Self.keys.server, .outbound)
        wire.send(Self.keys.client)
    }

    private static let good: [UInt8] = [5, 1, 10, 11, 12]
    private static let bad: [UInt8] = [4, 2, 66, 66]
    private static let last: [UInt8] = [3, 1, 99]

    @Test("as long as all packets pass, the server gets the very bytes that the client sent")
    func original() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        var (client, _) = try players()
        begin(wire)
        let sent = client.seal(Self.good + Self.last)
        wire.send(sent)
        #expect(Array(wire.forwarded.inbound.dropFirst(4)) == sent)
        #expect(wire.packetCounts.inbound == 2)
        #expect(wire.end == nil)
    }

    @Test("after a packet was dropped both ends stay in step, however the stream is split")
    func dropped() throws {
        let ruleset = try Rules.make(Self.game, Self.policy)
        let stream = Self.good + Self.bad + Self.last + Self.bad + Self.bad + Self.good
        for size in 1...stream.count {
            let wire = Wire(ruleset)
            var (client, server) = try players()
            begin(wire)
            let sent = client.seal(stream)
            for start in stride(from: 0, to: sent.count, by: size) {
                wire.send(Array(sent[start..<min(start + size, sent.count)]))
            }
            #expect(
                server.open(wire.forwarded.inbound.dropFirst(4)) == Self.good + Self.last + Self.good,
                "pieces of \(size) bytes")
            #expect(wire.droppedCounts.inbound == 3)
        }
    }

    @Test("the two directions are in step each for itself")
    func bothWays() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        var (client, server) = try players()
        begin(wire)
        for _ in 0..<5 {
            wire.send(client.seal(Self.good + Self.bad))
            wire.send(server.seal(Self.last + Self.bad + Self.good), .outbound)
        }
        #expect(
            server.open(wire.forwarded.inbound.dropFirst(4)) == [[UInt8]](repeating: Self.good, count: 5).flatMap { $0 }
        )
        #expect(
            client.open(wire.forwarded.outbound.dropFirst(4))
                == [[UInt8]](repeating: Self.last + Self.good, count: 5).flatMap { $0 })
    }

    @Test("bytes that come with the keys, before it is their turn, are enciphered from the first byte behind the keys")
    func early() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        var (client, server) = try players()
        wire.send(Self.keys.client + client.seal(Self.bad + Self.good))
        #expect(wire.forwarded.inbound.isEmpty)
        wire.send(Self.keys.server + server.seal(Self.last), .outbound)
        #expect(server.open(wire.forwarded.inbound.dropFirst(4)) == Self.good)
        #expect(client.open(wire.forwarded.outbound.dropFirst(4)) == Self.last)
    }

    @Test("a phase without the cipher begins behind the packet that leads to it, in the middle of what came with it")
    func endsWithPhase() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        var (client, server) = try players()
        begin(wire)
        wire.send(client.seal(Self.good))
        wire.send(server.seal(Self.bad + [2, 9]) + Self.last + Self.bad + Self.good, .outbound)
        let received = wire.forwarded.outbound.dropFirst(4)
        #expect(client.open(received.prefix(2)) == [2, 9])
        #expect(Array(received.dropFirst(2)) == Self.last + Self.good)
        wire.send(Self.bad + Self.good)
        #expect(Array(wire.forwarded.inbound.suffix(5)) == Self.good)
        #expect(wire.droppedCounts.inbound == 1)
    }

    @Test("keys that never come end the connection at the phase's deadline, and nothing was read before")
    func keysNeverCome() throws {
        let game = Self.game.replacingOccurrences(of: "- name: keys", with: "- name: keys\n    deadline: 10s")
        let wire = Wire(try Rules.make(game, Self.policy))
        wire.send(Self.keys.client + [1, 2, 3])
        wire.wait(10 * second - 1)
        #expect(wire.end == nil)
        wire.wait(1)
        #expect(wire.end?.reason == .phaseTimeout)
        #expect(wire.forwarded.inbound.isEmpty)
    }

    @Test("a wrong key makes the first packet one that cannot be cut, and nothing of it goes on")
    func wrongKey() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send([9, 9, 9, 9], .outbound)
        wire.send([9, 9, 9, 9])
        wire.send([UInt8](repeating: 0, count: 40))
        #expect(wire.end?.reason == .violation)
        #expect(wire.forwarded.inbound.count == 4)
    }

    @Test("in a cipher of headers or of payloads, packets are cut, dropped and passed as in one of the whole stream")
    func parts() throws {
        for applies in ["header", "payload", "\"from 1\"", "\"first 2\""] {
            let wire = Wire(
                try Rules.make(
                    Self.game.replacingOccurrences(
                        of: "keys: [c, s] }", with: "keys: [c, s], applies: \(applies) }"), Self.policy))
            var (client, server) = try players()
            begin(wire)
            func seal(_ packet: [UInt8], _ player: inout Player) -> [UInt8] {
                switch applies {
                case "payload": packet[..<2] + player.seal(Array(packet[2...]))
                case "\"from 1\"": packet[..<1] + player.seal(Array(packet[1...]))
                default: player.seal(Array(packet[..<2])) + packet[2...]
                }
            }
            func open(_ packet: [UInt8], _ player: inout Player) -> [UInt8] {
                switch applies {
                case "payload": packet[..<2] + player.open(packet[2...])
                case "\"from 1\"": packet[..<1] + player.open(packet[1...])
                default: player.open(packet[..<2]) + packet[2...]
                }
            }
            let sent = [Self.good, Self.bad, Self.last, Self.good].flatMap { seal($0, &client) }
            for byte in sent { wire.send([byte]) }
            var received = Array(wire.forwarded.inbound.dropFirst(4))
            #expect(received.count == 13, "\(applies)")
            for packet in [Self.good, Self.last, Self.good] where received.count >= packet.count {
                #expect(open(Array(received.prefix(packet.count)), &server) == packet, "\(applies)")
                received.removeFirst(packet.count)
            }
            #expect(wire.droppedCounts.inbound == 1)
        }
    }

    @Test("a reload of equal phases keeps the cipher where it stands")
    func reload() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        var (client, server) = try players()
        begin(wire)
        wire.send(client.seal(Self.good + Self.bad))
        #expect(wire.reload(try Rules.make(Self.game, "rules: []")))
        wire.send(client.seal(Self.bad + Self.good))
        #expect(server.open(wire.forwarded.inbound.dropFirst(4)) == Self.good + Self.bad + Self.good)
        #expect(
            !wire.reload(try Rules.make(Self.game.replacingOccurrences(of: "rc4,", with: "xor,"), Self.policy)))
    }
}
