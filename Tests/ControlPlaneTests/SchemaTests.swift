import ControlPlane
import Testing

/// Programs read these answers: a field may be added, but none may change its name, its type or be left out.
@Suite("The answers' JSON")
struct SchemaTests {
    private func expectSame<Value: Codable>(_ type: Value.Type, _ text: String) throws {
        let value: Value = Example.decoded(text)
        let written = String(decoding: try ControlJSON.bytes(value), as: UTF8.self)
        #expect(written == text)
    }

    @Test("a ban has every field, and null where one says nothing")
    func ban() throws {
        try expectSame(BanItem.self, Example.ban("account:bob", who: "root"))
        try expectSame(BanItem.self, Example.fullBan)
        try expectSame(BanPage.self, #"{"bans":[],"next":null}"#)
        try expectSame(UnbanReply.self, #"{"lifted":[],"still_banned_by":[\#(Example.fullBan)]}"#)
        try expectSame(BanReply.self, #"{"ban":\#(Example.fullBan),"change":"changed"}"#)
    }

    @Test("an entry of the allowlist has every field")
    func allow() throws {
        try expectSame(AllowItem.self, Example.allowed)
        try expectSame(DisallowReply.self, #"{"removed":false}"#)
    }

    @Test("the answer to why has every field, whether there is much to say or nothing")
    func why() throws {
        try expectSame(WhyReply.self, Example.why)
        try expectSame(WhyReply.self, Example.clear("2001:db8::/64"))
    }

    @Test("the status has every field")
    func status() throws {
        try expectSame(StatusReply.self, Example.status)
    }

    @Test("an import's answer names what was refused by its place")
    func imported() throws {
        try expectSame(
            ImportReply.self,
            #"{"added":1,"changed":2,"refused":[{"index":3,"message":"m","subject":"s"}],"unchanged":4}"#)
    }

    @Test("times survive writing and reading, and those that are none are refused")
    func times() {
        #expect(Timestamp("2026-05-01T12:00:00.123456Z")?.wallUS == 1_777_636_800_123_456)
        #expect(Timestamp("2026-05-01T14:00:00.5+02:00")?.text == "2026-05-01T12:00:00.500000Z")
        #expect(Timestamp("1970-01-01T00:00:00Z")?.wallUS == 0)
        #expect(Timestamp("2024-02-29T23:59:59.999999Z")?.text == "2024-02-29T23:59:59.999999Z")
        #expect(Timestamp("9999-12-31T23:59:59.999999Z")?.text == "9999-12-31T23:59:59.999999Z")
        let bad = [
            "", "2026-05-01", "2026-05-01T12:00:00", "2026-13-01T12:00:00Z", "2026-05-01T24:00:00Z",
            "2026-05-01T12:00:00.Z", "2026-05-01T12:00:00Zz", "1969-12-31T23:59:59Z", "2026-02-30T00:00:00Z",
        ]
        for text in bad { #expect(Timestamp(text) == nil, "\(text)") }
    }
}
