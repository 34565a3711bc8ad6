import GameProtocol
import PacketFields
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("versions that a packet tells")
struct VersionTests {
    private static let phases = """
        phases:
          - name: keys
            preamble: [{ from: client, bytes: 8, as: key }]
          - name: login
            deadline: 60s
            cipher: { name: rc4, keys: [key] }
            frame: { length: u16le@0, counts: packet, min: 4 }
            opcode: u16le@2
            accept: { client: [C_VERSION, C_LOGIN] }
            next_on: { packet: S_LOGIN, where: { status: 1 } }
          - name: world
            next_on: { packet: C_LOBBY, goto: login }
        """

    private static func text(
        opcodes: String = "{ version: { packet: C_VERSION, field: number }, maps: { 1: maps/1.map, 2: maps/2.map } }",
        phases: String = phases, chat: String = "{ size: 8..64 }"
    ) -> String {
        """
        version: 1
        protocol: g
        \(phases)
        opcodes: \(opcodes)
        packets:
          client:
            C_VERSION: { opcode: 100, fields: { number: u32le@4, small: u8@4, name: utf8z@8 } }
            C_LOGIN: {}
            C_LOBBY: {}
            C_CHAT: \(chat)
          server:
            S_LOGIN: { fields: { status: u8@4 } }

        """
    }

    private static let maps = [
        "1": "C_LOGIN 1\nC_LOBBY 2\nC_CHAT 3\nS_LOGIN 4\nC_VERSION 100\nC_OLD 50\n",
        "2": "C_LOGIN 11\nC_LOBBY 12\nC_CHAT 13\nS_LOGIN 14\n",
    ]

    private static func folder(_ text: String) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("protocols/g.yaml", text)
        for (name, text) in maps { try folder.write("protocols/maps/\(name).map", text) }
        return folder
    }

    private static func load(_ text: String) throws -> Descriptor {
        let folder = try folder(text)
        let diagnostics = DiagnosticBag()
        let file = DocumentReader.read("\(folder.path)/protocols/g.yaml", diagnostics)
            .flatMap { ProtocolReader(diagnostics: diagnostics).read($0, expectedName: "g") }
        #expect(DiagnosticRenderer(sources: diagnostics.sources).render(diagnostics.sorted) == "")
        return try #require(file).descriptor
    }

    private static func complaint(_ text: String) throws -> String {
        String(try folder(text).check("protocols/g.yaml").split(separator: "\n").first ?? "")
    }

    /// Where a phase's transitions lead, and on which packet and value: `PACKET=1>phase.version`.
    private static func ways(_ index: Int, _ descriptor: Descriptor) -> [String] {
        descriptor.phases[index].transitions.map { transition in
            let entry = descriptor.packets[transition.direction].entries[Int(transition.packet) - 1]
            let values = transition.conditions.map { condition in
                guard case .integer(let range)? = condition.tests.first else { return "?" }
                return "=\(range.lowerBound)"
            }
            let target = descriptor.phases[transition.phase]
            return "\(entry.name).\(entry.version)\(values.joined())>\(target.name).\(target.version)"
        }
    }

    @Test("each version has phases and packets of its own, and the packet that tells it leads there")
    func versions() throws {
        let descriptor = try Self.load(Self.text())
        #expect(descriptor.versionNames == ["", "1", "2"])
        #expect(
            descriptor.phases.map { "\($0.name).\($0.version)" } == [
                "keys.0", "login.0", "world.0", "login.1", "world.1", "login.2", "world.2",
            ])
        #expect(Self.ways(1, descriptor) == ["C_VERSION.0=1>login.1", "C_VERSION.0=2>login.2"])
        #expect(Self.ways(3, descriptor) == ["S_LOGIN.1=1>world.1"])
        #expect(Self.ways(4, descriptor) == ["C_LOBBY.1>login.1"])
        #expect(Self.ways(6, descriptor) == ["C_LOBBY.2>login.2"])
        #expect(descriptor.phases.map { $0.cipher?.origin } == [nil, 1, 1, 1, 1, 1, 1], "one cipher goes on")
        #expect(descriptor.phases[5].deadlineNS == 60_000_000_000)
        let inbound = descriptor.packets.inbound
        #expect(inbound.entries.filter { $0.version == 0 }.map(\.name) == ["C_VERSION"])
        #expect(
            inbound.entries.filter { $0.version == 1 }.map(\.name)
                == ["C_VERSION", "C_LOGIN", "C_LOBBY", "C_CHAT", "C_OLD"])
        #expect(
            inbound.entries.filter { $0.version == 2 }.map(\.name) == ["C_VERSION", "C_LOGIN", "C_LOBBY", "C_CHAT"])
    }

    @Test("what leads on in the phases of the versions alone is explained, once for all of them")
    func explained() throws {
        let folder = try Self.folder(Self.text())
        try folder.write(
            "s.yaml", "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: g }]\n")
        let explanation = try #require(ConfigurationLoader.explain(folder.path + "/s.yaml").explanation)
        let facts = try #require(explanation.listeners.first?.phases).map { phase in
            phase.facts.filter { $0.name == "leads on" }.map { "\(phase.name): \($0.value)" }
        }
        #expect(
            facts.flatMap { $0 } == [
                "login: S_LOGIN of the server where status is 1 to world", "world: C_LOBBY of the client to login",
            ])
    }

    @Test("a version for every other number, and a phase that the telling packet leads to by itself")
    func otherwise() throws {
        let opcodes = """
            { version: { packet: C_VERSION, field: number }, maps: { 1: maps/1.map, 0x2: maps/2.map }, otherwise: 2 }
            """
        let phases = """
            phases:
              - name: hello
                frame: { length: u16le@0, counts: packet, min: 4 }
                opcode: u16le@2
                next_on: { packet: C_VERSION, where: { small: 7 } }
              - name: login
            """
        let descriptor = try Self.load(Self.text(opcodes: opcodes, phases: phases))
        #expect(
            Self.ways(0, descriptor) == [
                "C_VERSION.0=7=1>login.1", "C_VERSION.0=7=2>login.2", "C_VERSION.0=7>login.2", "C_VERSION.0=1>hello.1",
                "C_VERSION.0=2>hello.2", "C_VERSION.0>hello.2",
            ])
    }

    @Test("a packet can have another size in some versions, and rules find it in all")
    func variants() throws {
        let text = Self.text(chat: "[{ versions: [2], size: 28 }, { size: 20 }]")
        let descriptor = try Self.load(text)
        let chats = descriptor.packets.inbound.entries.filter { $0.name == "C_CHAT" }
        #expect(chats.map(\.byteCounts) == [20...20, 28...28])
        let folder = try Self.folder(text)
        try folder.write(
            "policies/p.yaml",
            "version: 1\npolicy: p\nprotocol: g\nrules: [{ id: 100, name: a, packet: C_CHAT, action: drop }]\n")
        #expect(folder.check() == "")
        let some = try Self.load(Self.text(chat: "{ versions: 1, size: 20 }"))
        #expect(
            some.packets.inbound.entries.filter { $0.name == "C_CHAT" }.map { $0.byteCounts } == [20...20, nil],
            "where no entry is for a version, its map alone says what it is")
    }

    @Test(
        "what cannot work is refused",
        arguments: [
            (
                "{ maps: { 1: maps/1.map } }", "{}",
                "15:10: error[C011]: 'opcodes' needs the key 'version'"
            ),
            (
                "{ version: { packet: C_VERSION, field: number }, maps: { 1: maps/1.map }, otherwise: 3 }", "{}",
                "15:95: error[C013]: 'maps' has no version 3"
            ),
            (
                "{ version: { packet: C_VERSION, field: nmber }, maps: { 1: maps/1.map } }", "{}",
                "15:49: error[C060]: 'C_VERSION' has no field 'nmber'"
            ),
            (
                "{ version: { packet: C_VERSION, field: name }, maps: { 1: maps/1.map } }", "{}",
                "15:49: error[C016]: 'name' cannot hold the numbers of all versions"
            ),
            (
                "{ version: { packet: C_VERSION, field: small }, maps: { 256: maps/1.map } }", "{}",
                "15:49: error[C016]: 'small' cannot hold the numbers of all versions"
            ),
            (
                "{ version: { packet: C_CHAT, field: number }, maps: { 1: maps/1.map } }", "{}",
                "15:31: error[C016]: 'C_CHAT' tells the version, so it must have its 'opcode' before one is known"
            ),
            (
                "{ version: { packet: C_VERSION, field: number }, maps: { 1: maps/1.map, 0x1: maps/2.map } }", "{}",
                "15:82: error[C024]: the version 1 is given twice"
            ),
            (
                "{ map: maps/1.map, otherwise: 1 }", "{}",
                "15:29: error[C016]: 'otherwise' goes with 'maps' only"
            ),
            (
                "{ version: { packet: C_VERSION, field: number }, maps: { 1: maps/1.map } }",
                "{ versions: [3] }", "21:26: error[C013]: the protocol has no version 3"
            ),
            (
                "{ version: { packet: C_VERSION, field: number }, maps: { 1: maps/1.map } }",
                "[{ versions: [1] }, { versions: [1] }]",
                "21:46: error[C024]: the version 1 is given twice for this packet"
            ),
            (
                "{ version: { packet: C_VERSION, field: number }, maps: { 1: maps/1.map } }",
                "[{}, { versions: [1] }]",
                "21:14: error[C016]: this entry is for all versions, so the ones behind it are never used"
            ),
        ])
    func mistakes(_ opcodes: String, _ chat: String, _ complaint: String) throws {
        let found = try Self.complaint(Self.text(opcodes: opcodes, chat: chat))
        #expect(found == "protocols/g.yaml:" + complaint)
    }

    @Test("more phases than there may be are counted with those of all versions")
    func phaseCount() throws {
        func text(_ count: Int) -> String {
            let phases = (0..<count).map { index in
                let next = index + 1 < count ? "next_on: { packet: C_VERSION }" : ""
                let cut = index == 0 ? "frame: { length: u16le@0, counts: packet, min: 4 }, opcode: u16le@2, " : ""
                return "  - { name: p\(index), \(cut)\(next) }"
            }
            return Self.text(phases: "phases:\n" + phases.joined(separator: "\n"))
        }
        #expect(try Self.load(text(21)).phases.count == 63)
        #expect(try Self.complaint(text(22)).contains("2 versions of 22 phases make 66 with those before"))
    }
}
