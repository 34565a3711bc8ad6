import GameProtocol
import StreamCiphers
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("the cipher of a phase")
struct CipherTests {
    private static func protocolText(_ cipher: String, phases: String = "") -> String {
        """
        version: 1
        protocol: x
        phases:
          - name: keys
            preamble:
              - { from: client, bytes: 128, as: c1 }
              - { from: server, bytes: 128, as: s1 }
              - { from: client, bytes: 128, as: c2 }
              - { from: server, bytes: 128, as: s2 }
              - { from: client, until: "0a", max: 16, as: line }
          - name: login
            cipher: \(cipher)
            frame: { length: u16le@0, counts: packet, min: 4 }
            opcode: u16le@2
        \(phases)
        """
    }

    private static func phases(_ cipher: String, phases: String = "") throws -> [Phase] {
        let diagnostics = DiagnosticBag()
        let bytes = Array(protocolText(cipher, phases: phases).utf8)
        let node = DocumentReader.parse(path: "x.yaml", bytes: bytes, diagnostics)
        let file = node.flatMap { ProtocolReader(diagnostics: diagnostics).read($0, expectedName: nil) }
        #expect(DiagnosticRenderer(sources: diagnostics.sources).render(diagnostics.sorted) == "")
        return try #require(file).descriptor.phases
    }

    /// The messages without the lines they point at: `line:column: message`.
    private func complaints(_ cipher: String, phases: String = "") throws -> [String] {
        try ScratchFolder.check("x.yaml", Self.protocolText(cipher, phases: phases)).split(separator: "\n")
            .filter { $0.hasPrefix("x.yaml:") }.map { String($0.dropFirst("x.yaml:".count)) }
    }

    @Test("keys that preambles keep, in their order, and nothing enciphered before them")
    func captured() throws {
        let phases = try Self.phases("{ name: tera, keys: [c1, s1, c2, s2] }")
        #expect(phases[0].cipher == nil)
        let cipher = try #require(phases[1].cipher)
        #expect(cipher.scheme == .tera)
        #expect(cipher.keys == ["c1", "s1", "c2", "s2"].map { .captured($0) })
        #expect(cipher.scope == .stream)
        #expect(cipher.origin == 1)
        let key = [UInt8](repeating: 1, count: 128)
        #expect(cipher.makePair { _ in key } != nil)
        #expect(cipher.makePair { $0 == "s2" ? nil : key } == nil, "a key that never came")
        #expect(cipher.makePair { $0 == "s2" ? [1] : key } == nil, "a key that is too short")
    }

    @Test("later phases go on with it, until one says none or names its own")
    func inherited() throws {
        let phases = try Self.phases(
            "{ name: tera-before-45, keys: [c1, s1, c2, s2] }",
            phases: """
                    next_on: { packet: A }
                  - { name: world, next_on: { packet: A } }
                  - { name: clear, cipher: none, next_on: { packet: A } }
                  - { name: still-clear, next_on: { packet: A } }
                  - { name: again, cipher: { name: xor, key: "0f" } }
                packets: { client: { A: { opcode: 1 } } }
                """)
        #expect(phases.map { $0.cipher?.origin } == [nil, 1, 1, nil, nil, 5])
        #expect(phases[2].cipher?.scheme == .teraBefore45)
        #expect(phases[5].cipher?.keys == [.literal([0x0F])])
    }

    @Test("literal keys, dropped bytes, and the part of a packet that is enciphered")
    func literals() throws {
        func cipher(_ text: String) throws -> PhaseCipher? { try Self.phases(text)[1].cipher }
        let rc4 = try cipher("{ name: rc4, key: { client: \"01 02\", server: \"03\" }, drop: 1KiB, applies: header }")
        #expect(rc4?.scheme == .rc4(droppedByteCount: 1_024))
        #expect(rc4?.keys == [.literal([1, 2]), .literal([3])])
        let header = PhaseCipher.PacketPart(start: 0, end: 4)
        #expect(rc4?.scope == .packets(PerDirection(both: header)))
        let payload = PhaseCipher.PacketPart(start: 4, end: nil)
        #expect(try cipher("{ name: xor, key: ff, applies: payload }")?.scope == .packets(PerDirection(both: payload)))
        let rest = PhaseCipher.PacketPart(start: 2, end: nil)
        #expect(
            try cipher("{ name: xor, key: ff, applies: \"from 2\" }")?.scope == .packets(PerDirection(both: rest)))
        let first = PhaseCipher.PacketPart(start: 0, end: 6)
        #expect(
            try cipher("{ name: xor, keys: [line], applies: \"first 6\" }")?.scope
                == .packets(PerDirection(both: first)))
        #expect(try cipher("{ name: xor, key: ff, applies: stream }")?.scope == .stream)
    }

    @Test(
        "what is wrong with it is said with its place",
        arguments: [
            ("tera", "12:13: error[C012]: expected a mapping, found 'tera'"),
            ("{ keys: [c1] }", "12:13: error[C011]: a cipher needs the key 'name'"),
            (
                "{ name: terra, keys: [c1, s1, c2, s2] }",
                "12:21: error[C013]: expected one of tera, tera-before-45, rc4, xor, found 'terra'"
            ),
            (
                "{ name: tera, keys: [c1, s1, c2] }",
                "12:33: error[C016]: the cipher tera takes 4 keys, not 3"
            ),
            (
                "{ name: xor, keys: [c1, s1, c2] }",
                "12:32: error[C016]: the cipher xor takes 1 to 2 keys, not 3"
            ),
            (
                "{ name: tera, keys: [c1, s1, c2, s3] }",
                "12:46: error[C039]: no preamble of this phase or of one before it keeps bytes as 's3'"
            ),
            (
                "{ name: tera, keys: [c1, s1, c2, line] }",
                "12:46: error[C014]: a key of tera has 128 bytes, but 'line' has 1 to 16"
            ),
            (
                "{ name: tera, key: ff }",
                "12:32: error[C016]: the cipher tera takes 4 keys, not 1"
            ),
            ("{ name: xor, key: ff, keys: [c1] }", "12:26: error[C016]: 'key' does not go with 'keys'"),
            ("{ name: xor }", "12:13: error[C011]: a cipher needs one of the keys keys, key"),
            ("{ name: xor, key: { client: ff } }", "12:31: error[C011]: a pair of keys needs the key 'server'"),
            ("{ name: xor, key: \"f?\" }", "12:31: error[C013]: no part of these bytes may be left open"),
            ("{ name: xor, key: ff, drop: 1 }", "12:35: error[C016]: 'drop' does not go with the cipher xor"),
            (
                "{ name: rc4, key: ff, drop: 65537 }",
                "12:41: error[C014]: 65537 bytes are outside 0 to 65536"
            ),
            (
                "{ name: rc4, key: ff, applies: body }",
                "12:44: error[C013]: expected stream, header, payload, \"from 4\" or \"first 4\", found 'body'"
            ),
            (
                "{ name: rc4, key: ff, applies: \"first 0\" }",
                "12:44: error[C013]: expected stream, header, payload, \"from 4\" or \"first 4\", found 'first 0'"
            ),
        ])
    func mistakes(_ cipher: String, _ complaint: String) throws {
        let complaints = try complaints(cipher)
        #expect(complaints.first == complaint)
    }

    @Test("a header without a fixed size has no end that a cipher could have")
    func variableHeader() throws {
        let phases = """
                next_on: { packet: A }
              - name: chat
                cipher: { name: xor, key: ff, applies: header }
                frame: { until: "0a", max: 100 }
                opcode: word@0
            packets: { client: { A: { opcode: "1" } } }
            """
        #expect(
            try complaints("none", phases: phases).contains(
                "17:44: error[C016]: the header of this phase's packets has no fixed size"))
    }

    @Test("a preamble cannot lie in what is enciphered, nor a cipher in what is not cut")
    func conflicts() throws {
        let preamble = """
                next_on: { packet: A }
              - name: more
                preamble: [{ from: client, bytes: 4 }]
            packets: { client: { A: { opcode: 1 } } }
            """
        #expect(
            try complaints("{ name: xor, key: ff }", phases: preamble) == [
                "17:5: error[C016]: a preamble is clear, but this phase inherits a cipher"
            ])
        let opaque = """
                next_on: { packet: A }
              - { name: secret, opaque: true, cipher: { name: xor, key: ff } }
            packets: { client: { A: { opcode: 1 } } }
            """
        #expect(
            try complaints("none", phases: opaque) == ["16:35: error[C016]: 'cipher' does not go with 'opaque'"])
    }

    @Test("a phase that can be reached without its keys is refused")
    func detour() throws {
        func text(target: String) -> String {
            """
            version: 1
            protocol: x
            phases:
              - name: hello
                frame: { length: u16le@0, counts: packet, min: 4 }
                opcode: u16le@2
                next_on: [{ packet: A }, { packet: B, goto: \(target) }]
              - name: keys
                preamble: [{ from: client, bytes: 8, as: key }]
                next_on: { packet: A }
              - name: world
                cipher: { name: rc4, keys: [key] }
            packets: { client: { A: { opcode: 1 }, B: { opcode: 2 } } }

            """
        }
        #expect(try ScratchFolder.check("x.yaml", text(target: "keys")) == "")
        #expect(
            try ScratchFolder.check("x.yaml", text(target: "world")).contains(
                "x.yaml:11:11: error[C039]: 'world' can be reached without 'keys', which keeps its key 'key'"
            ))
    }
}
