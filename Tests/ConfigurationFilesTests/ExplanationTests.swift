import Foundation
import RuleEngine
import Settings
import TestSupport
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("what check --explain says")
struct ExplanationTests {
    @Test("a small service is explained line by line")
    func small() throws {
        let folder = try Self.folder()
        let explanation = try #require(ConfigurationLoader.explain(folder.path + "/portcullis.yaml").explanation)
        #expect(explanation.text(width: 80) == Self.expected)
    }

    @Test("no line is wider than asked for, and what is said does not depend on it", arguments: [60, 80, 120])
    func widths(width: Int) throws {
        let folder = try Self.folder()
        let explanation = try #require(ConfigurationLoader.explain(folder.path + "/portcullis.yaml").explanation)
        let text = explanation.text(width: width)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        let words = { (text: String) in text.split { $0.isWhitespace }.joined(separator: " ") }
        #expect(words(text) == words(Self.expected))
    }

    @Test("every protocol that is shipped can be explained with its policy, in text and in JSON")
    func shipped() throws {
        let names = try PackageFiles.names(in: "rules/protocols").filter { $0.hasSuffix(".yaml") }
            .map { String($0.dropLast(5)) }
        #expect(names.count > 15)
        let folder = try ScratchFolder()
        let root = PackageFiles.root + "/rules"
        for name in names {
            let policy = FileManager.default.fileExists(atPath: "\(root)/policies/\(name).yaml") ? ", \(name)" : ""
            let file = try folder.write(
                "\(name).yaml",
                """
                version: 1
                listeners:
                  - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: \(name), policies: [baseline\(policy)] }
                protocols: \(root)/protocols
                policies: \(root)/policies

                """)
            let (result, explained) = ConfigurationLoader.explain(file)
            #expect(result.text == "")
            let explanation = try #require(explained, "\(name)")
            let text = explanation.text(width: 80)
            #expect(!text.contains("Optional") && text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(name)")
            try #expect(JSONSerialization.jsonObject(with: Data(explanation.json.utf8)) is [String: Any])
        }
    }

    @Test("the service that is shipped is explained")
    func service() throws {
        let (result, explained) = ConfigurationLoader.explain(PackageFiles.root + "/rules/portcullis.yaml")
        #expect(result.isValid && result.text == "")
        #expect(explained?.listenerNames == ["crossfire"])
    }

    @Test("every default that is shown is that of the settings")
    func defaults() throws {
        let folder = try ScratchFolder()
        let file = try folder.write(
            "s.yaml", "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\n")
        let explanation = try #require(ConfigurationLoader.explain(file).explanation)
        let listener = try #require(explanation.listeners.first)
        let shown = { (facts: [Fact], name: String) in
            facts.first { $0.name == name }?.value.split(separator: " ").first.map(String.init)
        }
        let timeouts = ListenerSettings.Timeouts()
        let named = [
            ("packet", timeouts.packetNS), ("idle", timeouts.idleNS), ("stalled", timeouts.stalledNS),
            ("half_closed", timeouts.halfClosedNS), ("drain", timeouts.drainNS), ("delay", timeouts.delayNS),
        ]
        for (name, value) in named {
            let text = try #require(shown(listener.timeouts, name))
            #expect(UnitText.duration(text) == value, "\(name)")
        }
        let backlog = try #require(shown(listener.timeouts, "backlog"))
        #expect(UnitText.size(backlog).map { Int($0) } == ListenerSettings.Limits().backlogByteCount)
        let open = listener.opening.first { $0.name == "open" }?.says
        #expect(open?.contains("more than \(ListenerSettings.Limits().open) ") == true)
        let pool = PoolSettings(name: "", servers: [Endpoint(IPAddress(ipv4: 0), port: 0)])
        let server = try #require(listener.opening.last?.says)
        #expect(server.contains("at once, without a PROXY header, \(Shown.duration(pool.connectTimeoutNS)) "))
        let reputation = ReputationSettings()
        #expect(shown(explanation.service, "half_life").flatMap { UnitText.duration($0) } == reputation.halfLifeNS)
        let all = explanation.service.map { "\($0.name) \($0.value)" }.joined(separator: "; ")
        #expect(all.contains("ladder a score of 20 bans \(Shown.duration(reputation.ladder[0].baseNS))"))
        #expect(all.contains("\(Shown.number(reputation.repeatFactor)) times"))
        #expect(all.contains("most \(Shown.duration(reputation.repeatMostNS))"))
        #expect(all.contains("jitter \(Shown.number(reputation.repeatJitter * 100))%"))
        #expect(all.contains("/\(reputation.networkPrefixIPv4) of IPv4, /\(reputation.networkPrefixIPv6) of IPv6"))
        #expect(all.contains("remember \(reputation.addressCountMax) addresses"))
        for violation in Violation.allCases {
            let check = try #require((listener.checks + listener.others).first { $0.id == violation.rawValue })
            #expect(check.actions.client == violation.defaultAction.inbound.name && check.score == 0)
            #expect(check.actions.server == violation.defaultAction.outbound.name)
        }
    }

    @Test("only the listener that is asked for is told, and none for a name that is not there")
    func only() throws {
        let folder = try Self.folder()
        let explanation = try #require(ConfigurationLoader.explain(folder.path + "/portcullis.yaml").explanation)
        #expect(explanation.listenerNames == ["world", "voice"])
        #expect(explanation.only("voice")?.listenerNames == ["voice"])
        #expect(explanation.only("wrld") == nil)
    }

    @Test("a file with a mistake is not explained")
    func wrong() throws {
        let folder = try ScratchFolder()
        let file = try folder.write("s.yaml", "version: 1\nlisteners: [{ name: a }]\n")
        let (result, explanation) = ConfigurationLoader.explain(file)
        #expect(explanation == nil && !result.isValid)
    }

    @Test("a field is written as it was read", arguments: ["u8@0", "i24be@-3", "f64le@4", "varint@2", "bytes(4)@1"])
    func fields(text: String) throws {
        let diagnostics = DiagnosticBag()
        let node = Node(
            content: .scalar(Node.Scalar(text: text, isPlain: true)),
            place: .whole(SourceFile(path: "x", bytes: [])))
        let draft = try #require(Kind<FieldDraft>.field.read(node, diagnostics))
        guard case .known(let origin) = draft.origin else { throw Unknown() }
        #expect(Notation.kind(draft.kind) + "@" + Notation.origin(origin, []) == text)
    }

    private struct Unknown: Error {}

    private static func folder() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("portcullis.yaml", service)
        try folder.write("protocols/game.yaml", game)
        try folder.write("policies/game.yaml", policy)
        return folder
    }

    private static let service = """
        version: 1
        listeners:
          - name: world
            bind: 0.0.0.0:7801
            proxy_protocol: { from: [10.0.0.5] }
            protocol: game
            policies: game
            to: arena
          - { name: voice, bind: "[::]:7802", to: 127.0.0.1:10002, mode: shadow }
        pools: { arena: { servers: [127.0.0.1:10001], send_proxy: v2 } }
        logs: { bans: bans.log }

        """

    private static let game = """
        version: 1
        protocol: game
        phases:
          - name: login
            deadline: 90s
            frame: { length: u16le@0, counts: packet, min: 4, max: 4KiB }
            opcode: u16le@2
            accept: { client: [LOGIN, PING] }
            next_on: { packet: WELCOME }
          - name: world
        packets:
          client:
            LOGIN: { opcode: 1, size: 40..512 }
            PING:  { opcode: 2, size: 8 }
            CHAT:  { opcode: 3, size: 6..2048, fields: { channel: u16le@4, message: utf8z@6 } }
            MOVE:  { opcode: 4 }
          server:
            WELCOME: { opcode: 1 }

        """

    private static let policy = """
        version: 1
        policy: game
        protocol: game
        violations: { size: { action: drop, score: 2 } }
        rules:
          - { id: 100, name: flood, limit: { rate: 80/s }, action: drop, score: 0.2 }
          - id: 101
            name: shouting
            packet: CHAT
            where: { channel: [1, 3..5], phase: world }
            limit: { per: address, rate: 5/10m, burst: 6 }
            action: close
            reply: { hex: "04 00 09 00" }
          - { id: 102, name: short-chat, packet: CHAT, action: { rewrite: { message: { truncate: 100 } } } }
          - id: 103
            name: tool
            packet: CHAT
            bytes: { text: "!tool", encoding: utf16le, nocase: true }
            mode: shadow
          - { id: 104, name: many, limit: { count: open, per: address, most: 8 }, action: close }

        """

    private static let expected = """
        listener world
          bind      0.0.0.0:7801
          to        arena: 127.0.0.1:10001
          mode      enforce
          protocol  game
          policies  game

          When a connection opens
            1  PROXY header  required from 10.0.0.5/32 within 3s; anywhere else is
                             refused
            2  allow         nobody is exempt from scores, bans and limits by address
            3  bans          a banned address is refused
            4  lists         none
            5  open          more than 8000 on this listener are refused
            6  rules         in this order
              104  many        -> close
                     more than 8 open at once, per address
            7  server        dialled at once, with PROXY v2, 3s for each to answer

          While it is open
            packet       10s from a packet's first byte to its last
            idle         10m without a byte either way
            stalled      30s while a receiver takes nothing
            half_closed  30s for one side once the other has ended
            drain        30s once the service ends
            delay        5s at most that a rule holds a packet
            backlog      64KiB that may wait for one receiver

          Phases
            login
              deadline               90s
              frame                  u16le@0 counts the packet; 4..4096 bytes
              opcode                 u16le@2
              accepts of the client  LOGIN, PING
              accepts of the server  all
              leads on               WELCOME of the server to world
            world
              deadline               none
              accepts of the client  all
              accepts of the server  all
              as before              frame, opcode

          What the protocol refuses, in this order, before the rules
             1  framing       a length, mark or delimiter that fits no frame -> close
             3  phase         a packet that the phase does not accept -> close
             6  unknown       a packet that no name covers -> log (client), pass
                              (server)
             2  size          a size that the packet's entry does not allow -> drop,
                              score 2
             4  malformed     a packet that ends before its opcode does, or is not as
                              its fields and arrays say -> close
          and at any time
             5  timeout       a packet or a phase took too long -> close
             7  proxy-header  a wrong or missing PROXY header from a trusted source ->
                              close
          never here          preamble, inflate, checksum, counter

          Packets of the client
            CHAT (6..2048), in world
              channel  u16le@4
              message  utf8z@6
              100  flood       -> drop, score 0.2
                     over 80/s, burst 80, per connection
              101  shouting    -> close after the reply 04 00 09 00
                     phase world
                     channel 1, 3..5
                     over 5/10m, burst 6, per address
              102  short-chat  -> rewrite
                     message: truncate to 100
              103  tool        -> log (in shadow)
                     bytes "!tool" in utf16le in either case

            All others
            LOGIN (40..512), PING (8)
            MOVE, packets without a name, in world
              100  flood       as above

          Packets of the server
            WELCOME, packets without a name
              no rules

        listener voice
          bind      [::]:7802
          to        127.0.0.1:10002
          mode      shadow: rules and violations only say what they would have done
          protocol  none: the stream is not cut
          policies  none

          When a connection opens
            1  PROXY header  clients connect directly
            2  allow         nobody is exempt from scores, bans and limits by address
            3  bans          a banned address is refused
            4  lists         none
            5  open          more than 8000 on this listener are refused
            6  rules         none
            7  server        dialled at once, without a PROXY header, 3s for each to
                             answer

          While it is open
            packet       10s from a packet's first byte to its last
            idle         10m without a byte either way
            stalled      30s while a receiver takes nothing
            half_closed  30s for one side once the other has ended
            drain        30s once the service ends
            delay        5s at most that a rule holds a packet
            backlog      64KiB that may wait for one receiver

          Bytes are not cut into packets

          Packets of the client
            all bytes
              no rules

          Packets of the server
            all bytes
              no rules

        all listeners
          half_life  10m
          ladder     a score of 20 bans 10m
          repeat     each further ban 4 times as long, most 30d, forgotten after 30d,
                     jitter 10%
          network    /24 of IPv4, /64 of IPv6
          address    /64 of IPv6
          networks   no network has a score
          shared     no address is known to be many players'
          remember   1000000 addresses
          known      whoever has played 5m, for 30d, at most 200000
          logs       bans to bans.log, 1000/s at most
          latency    low

        """
}
