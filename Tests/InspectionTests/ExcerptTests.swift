import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

@Suite("Excerpts: what is kept of a packet")
struct ExcerptTests {
    private static let game = """
        phases:
          - name: login
            frame: { length: u8@0, counts: packet, min: 2, max: 250 }
            opcode: u8@1
            accept: { client: [FIXED, TEXTS, SEALED, PACKED, PLAIN] }
            next_on: { packet: START }
          - name: world
            accept: { client: [PLAIN] }
        packets:
          client:
            FIXED:
              opcode: 1
              size: 12..14
              fields: { name: "text(4, latin1)@2", password: { at: bytes(4)@6, secret: true }, build: u16le@10 }
            TEXTS:
              opcode: 2
              fields:
                name: text(u8)@2
                password: { at: text(u8)@after(name), secret: true }
                language: u8@after(password)
                pin: { at: utf8z@after(language), secret: true }
            SEALED: { opcode: 3, secret: true }
            PACKED: { opcode: 4, inflate: { at: 2, with: zlib }, fields: { key: { at: bytes(rest)@2, secret: true } } }
            PLAIN: { opcode: 5, size: 2..200, fields: { text: utf8z@2 } }
          server:
            START: { opcode: 1 }
        """

    private static let policy = "rules: [{ id: 100, name: all, from: both, action: log }]\nunknown: log"

    private func ruleset() throws -> Ruleset { try Rules.make(Self.game, Self.policy) }

    /// What is kept of the first packet of these bytes, in the phase after so many packets of the server.
    private func excerpt(_ bytes: [UInt8], inWorld: Bool = false, atHand: Int? = nil) throws -> Excerpt {
        let ruleset = try ruleset()
        let wire = Wire(ruleset)
        if inWorld { wire.send([2, 1], .outbound) }
        let count = wire.findings.count
        wire.send(bytes)
        try #require(wire.findings.count > count)
        let finding = wire.findings[count]
        let given = Array(bytes.prefix(atHand ?? bytes.count))
        // Safe: any bits are a byte, and the array lives as long as the span.
        return unsafe ruleset.excerpt(of: finding, in: given.span.bytes)
    }

    private func kept(_ excerpt: Excerpt) -> String {
        var bytes = excerpt.bytes.map { UnicodeScalar($0) }.map { $0.value < 32 ? "." : String($0) }
        for range in excerpt.redacted { for offset in range { bytes[offset] = "*" } }
        return bytes.joined()
    }

    private let fixed: [UInt8] = [12, 1] + Array("bob.hush".utf8) + [65, 66]
    private let texts: [UInt8] =
        [16, 2, 3] + Array("bob".utf8) + [4] + Array("hush".utf8) + [90] + Array("123".utf8) + [0]

    @Test("secret fields at fixed places are blanked, also where only the packet's beginning has come")
    func fixedFields() throws {
        #expect(kept(try excerpt(fixed)) == "..bob.****AB")
        #expect(try excerpt(fixed).redacted == [6..<10])
        #expect(try excerpt(fixed).bytes[6..<10].allSatisfy { $0 == 0 })
        for count in 1...fixed.count {
            #expect(kept(try excerpt(fixed, atHand: count)) == String("..bob.****AB".prefix(count)))
        }
    }

    @Test("secret fields of any length are blanked with their length and their end")
    func fieldsOfAnyLength() throws {
        #expect(kept(try excerpt(texts)) == "...bob*****Z****")
    }

    @Test("of a packet that is not whole, and of one that is not as its layout says, only the header is kept")
    func doubtful() throws {
        for count in 1..<texts.count {
            #expect(
                kept(try excerpt(texts, atHand: count))
                    == String(("..\(String(repeating: "*", count: 14))").prefix(count)))
        }
        var broken = texts
        broken[6] = 200
        #expect(kept(try excerpt(broken)) == ".." + String(repeating: "*", count: 14))
        // A size that its entry does not allow may be another version's.
        let longer = [15] + fixed.dropFirst() + [1, 2, 3]
        #expect(kept(try excerpt(longer)) == ".." + String(repeating: "*", count: 13))
    }

    @Test("nothing is kept of a secret packet, and of a compressed one with secrets only the header")
    func wholes() throws {
        #expect(try excerpt([6, 3, 1, 2, 3, 4]) == .nothing)
        #expect(kept(try excerpt([6, 4, 120, 156, 3, 0])) == "..****")
    }

    @Test("a packet without a name is kept only where none with secrets may come")
    func nameless() throws {
        let unknown: [UInt8] = [5, 99] + Array("pwd".utf8)
        #expect(try excerpt(unknown) == .nothing)
        #expect(kept(try excerpt(unknown, inWorld: true)) == ".cpwd")
    }

    @Test("of a packet without secrets 128 bytes are kept, and nothing of the one behind it")
    func bounded() throws {
        let plain: [UInt8] = [200, 5] + [UInt8](repeating: 0x61, count: 197) + [0]
        #expect(try excerpt(plain).bytes == Array(plain.prefix(128)))
        let short: [UInt8] = [4, 5, 0x61, 0]
        let both = try excerpt(short + fixed)
        #expect(both.bytes == short)
        #expect(both.redacted == [])
    }

    @Test("nothing is kept where a protocol names no secrets, of packets without a name and of uncut bytes")
    func undescribed() throws {
        let ruleset = try Rules.make(Rules.numbers, Self.policy)
        let wire = Wire(ruleset)
        let unknown: [UInt8] = [4, 9, 1, 2]
        wire.send(unknown)
        let finding = try #require(wire.findings.first)
        // Safe: any bits are a byte, and the array lives as long as the span.
        #expect(unsafe ruleset.excerpt(of: finding, in: unknown.span.bytes) == .nothing)
        let opaque = try Rules.make(
            nil, "rules: [{ id: 100, name: b, limit: { count: bytes, rate: 1B/s }, action: log }]")
        let stream = Wire(opaque)
        stream.send("secret".utf8Bytes)
        stream.send("secret".utf8Bytes)
        let over = try #require(stream.findings.first)
        #expect(unsafe opaque.excerpt(of: over, in: unknown.span.bytes) == .nothing)
    }

    @Test("nothing is kept of what fits no frame where secrets may come")
    func broken() throws {
        let ruleset = try ruleset()
        let wire = Wire(ruleset)
        let bytes: [UInt8] = [255, 1] + Array("hush".utf8)
        wire.send(bytes)
        let finding = try #require(wire.findings.first)
        // Safe: as above.
        #expect(unsafe ruleset.excerpt(of: finding, in: bytes.span.bytes) == .nothing)
    }
}
