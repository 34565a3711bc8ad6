import GameProtocol
import PacketFields
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("maps of opcodes")
struct OpcodeMapTests {
    /// A protocol file with some `opcodes` and packets, beside maps.
    private static func text(_ opcodes: String, packets: String = "", nextOn: String = "") -> String {
        """
        version: 1
        protocol: g
        phases:
          - name: login
            frame: { length: u16le@0, counts: packet, min: 4 }
            opcode: u16le@2
            \(nextOn)
        opcodes: \(opcodes)
        packets:
          \(packets)

        """
    }

    private static func check(_ text: String, maps: [String: String]) throws -> String {
        let folder = try ScratchFolder()
        try folder.write("g.yaml", text)
        for (name, text) in maps { try folder.write("maps/\(name).map", text) }
        return folder.check("g.yaml")
    }

    private static func load(_ text: String, maps: [String: String]) throws -> Descriptor {
        let folder = try ScratchFolder()
        let path = try folder.write("g.yaml", text)
        for (name, text) in maps { try folder.write("maps/\(name).map", text) }
        let diagnostics = DiagnosticBag()
        let file = DocumentReader.read(path, diagnostics)
            .flatMap { ProtocolReader(diagnostics: diagnostics).read($0, expectedName: "g") }
        #expect(DiagnosticRenderer(sources: diagnostics.sources).render(diagnostics.sorted) == "")
        return try #require(file).descriptor
    }

    private static func summary(_ table: PacketTable) -> [String] {
        table.entries.map { entry in
            guard case .number(let number, let sub) = entry.identity else { return entry.name }
            return "\(entry.name) \(number)" + (sub.map { ".\($0)" } ?? "")
                + (entry.version > 0 ? " v\(entry.version)" : "")
        }
    }

    @Test("a map names packets, each side's by what its names begin with")
    func plain() throws {
        let map = """
            # all of them
            C_MOVE 10
            C_CHAT = 0x0B   # in hex
            \tS_HELLO=10
            C_MOVE 10

            S_BYE 11\r
            """
        let descriptor = try Self.load(
            Self.text("maps/a.map", packets: "client: { C_MOVE: { size: 8..64 }, C_OLD: { opcode: 9 } }"),
            maps: ["a": map])
        #expect(Self.summary(descriptor.packets.inbound) == ["C_MOVE 10", "C_OLD 9", "C_CHAT 11"])
        #expect(Self.summary(descriptor.packets.outbound) == ["S_HELLO 10", "S_BYE 11"])
        #expect(descriptor.packets.inbound.entries[0].byteCounts == 8...64)
        #expect(descriptor.versionNames == [""])
    }

    @Test("a packet that is listed keeps its side, whatever its name begins with")
    func sides() throws {
        let descriptor = try Self.load(
            Self.text(
                "{ map: maps/a.map, prefix: { client: \"CM_\", server: \"SM_\" } }",
                packets: "server: { CM_ECHO: {}, PING: {} }\n  client: { PING: {} }"),
            maps: ["a": "CM_ECHO 1\nCM_WALK 2\nSM_WALK 2\nPING 3\n"])
        #expect(Self.summary(descriptor.packets.inbound) == ["PING 3", "CM_WALK 2"])
        #expect(Self.summary(descriptor.packets.outbound) == ["CM_ECHO 1", "PING 3", "SM_WALK 2"])
    }

    @Test(
        "what is wrong in a map is said with its file and line",
        arguments: [
            ("C_A 1\nC_B\n", "maps/a.map:2:1: error[C050]: 'C_B' has no number"),
            ("C_A x\n", "maps/a.map:1:5: error[C050]: expected a number, found 'x'"),
            ("C_A 017\n", "maps/a.map:1:5: error[C050]: expected a number, found '017'"),
            ("C_A 1 2\n", "maps/a.map:1:7: error[C050]: nothing is expected behind the number"),
            ("C/A 1\n", "maps/a.map:1:1: error[C050]: expected the name of a packet, found 'C/A'"),
            ("unknown 1\n", "maps/a.map:1:1: error[C050]: expected the name of a packet, found 'unknown'"),
            ("C_A 1\nC_A 2\n", "maps/a.map:2:1: error[C024]: 'C_A' is 2 here and 1 in line 1"),
            ("C_A 1\nC_B 1\n", "maps/a.map:2:1: error[C032]: 'C_B' has the same opcode 1 as 'C_A'"),
            ("C_A 65536\n", "maps/a.map:1:1: error[C036]: no opcode of the client can be 65536"),
            ("MOVE 1\n", "maps/a.map:1:1: error[C025]: who sends 'MOVE' is not known"),
            ("C_GIVEN 8\n", "maps/a.map:1:1: error[C016]: 'C_GIVEN' is 8 here, but has the opcode 7 in the protocol"),
            ("C_B 7\n", "maps/a.map:1:1: error[C032]: 'C_B' has the same opcode 7 as 'C_GIVEN'"),
            ("", ""), ("C_GIVEN 7\n", ""),
        ])
    func mistakes(_ map: String, _ complaint: String) throws {
        let text = Self.text("maps/a.map", packets: "client: { C_GIVEN: { opcode: 7 } }")
        let result = try Self.check(text, maps: ["a": map])
        #expect(result.split(separator: "\n").first ?? "" == complaint)
    }

    @Test("a listed packet without a number anywhere, and a map that is not there")
    func missing() throws {
        let text = Self.text("maps/a.map", packets: "client: { C_MOVE: { size: 8 } }")
        let found = try Self.check(text, maps: ["a": "C_MOVED 1\n"])
        #expect(
            found
                == """
                g.yaml:10:13: error[C011]: 'C_MOVE' has no 'opcode', and no map names it
                   10 |   client: { C_MOVE: { size: 8 } }
                      |             ^~~~~~ did you mean 'C_MOVED'?

                """)
        #expect(try Self.check(text, maps: [:]).contains("g.yaml:8:10: error[C022]: maps/a.map: no such file"))
    }

    @Test("65,000 lines are read, and one more is refused; 2 MiB are read, and one byte more is refused")
    func bounds() throws {
        for (count, isRefused) in [(65_000, false), (65_001, true)] {
            let map = String(repeating: "C_A 1\n", count: count)
            let result = try Self.check(Self.text("maps/a.map", packets: "client: {}"), maps: ["a": map])
            #expect(result.contains("maps/a.map:65001:1: error[C037]: a map has at most 65000 lines") == isRefused)
            #expect(result.isEmpty != isRefused)
        }
        for (count, isRefused) in [(2 << 20, false), (2 << 20 + 1, true)] {
            let map = "C_A 1 #" + String(repeating: "x", count: count - 7)
            let result = try Self.check(Self.text("maps/a.map", packets: "client: {}"), maps: ["a": map])
            #expect(result.contains("this file is larger than 2 MiB") == isRefused)
        }
    }

    @Test("a map that is wrong everywhere is not told line by line")
    func manyMistakes() throws {
        let map = String(repeating: "C_A\n", count: 1_000)
        let folder = try ScratchFolder()
        try folder.write("g.yaml", Self.text("maps/a.map", packets: "client: {}"))
        try folder.write("maps/a.map", map)
        let result = ConfigurationLoader.check("\(folder.path)/g.yaml")
        #expect(result.diagnostics.count == OpcodeMapReader.mistakeCountMax)
        #expect(result.errorCount == 1_000)
    }
}
