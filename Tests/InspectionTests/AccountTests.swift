import Inspection
import TestSupport
import Testing
import WireBytes

@Suite("Accounts: whose session it is")
struct AccountTests {
    private static let frame = "frame: { length: u8@0, counts: packet, min: 2, max: 90 }\n    opcode: u8@1"

    private static func game(login: String) -> String {
        """
        phases:
          - name: play
            \(frame)
        \(login)
        packets:
          client:
            LOGIN: { opcode: 1, fields: { name: { at: "text(rest)@2", account: true } } }
            MOVE: { opcode: 2 }
          server:
            ANSWER: { opcode: 1, size: 3, fields: { status: u8@2 } }
            WELCOME: { opcode: 2, fields: { id: { at: u32le@2, account: true } } }
            PING: { opcode: 3 }
        """
    }

    private static let withLogin = game(login: "login: { success: { packet: ANSWER, where: { status: 1 } } }")
    private static let withoutLogin = game(login: "")

    private func login(_ name: String) -> [UInt8] { [UInt8(2 + name.utf8.count), 1] + name.utf8 }
    private let success: [UInt8] = [3, 1, 1]
    private let failure: [UInt8] = [3, 1, 0]
    private let ping: [UInt8] = [2, 3]
    private let move: [UInt8] = [2, 2]

    @Test("what the client says is its account once the server says that the login succeeded, and not before")
    func claim() throws {
        let wire = Wire(try Rules.make(Self.withLogin))
        wire.send(login("bob"))
        #expect(wire.account == nil)
        #expect(wire.claimedAccount == "bob")
        #expect(!wire.hasLoggedIn)
        #expect(wire.takeNews() == .claim)
        wire.send(failure, .outbound)
        #expect(wire.account == nil)
        #expect(!wire.hasLoggedIn)
        #expect(wire.takeNews() == [])
        wire.send(success, .outbound)
        #expect(wire.account == "bob")
        #expect(wire.claimedAccount == nil)
        #expect(wire.hasLoggedIn)
        #expect(wire.takeNews() == [.login, .account])
        wire.send(move)
        wire.send(ping, .outbound)
        #expect(wire.takeNews() == [])
    }

    @Test("where a client names two accounts before a login succeeds, neither is known to be its own")
    func doubt() throws {
        let wire = Wire(try Rules.make(Self.withLogin))
        wire.send(login("mallory") + login("bob"))
        wire.send(success, .outbound)
        #expect(wire.account == nil)
        #expect(wire.hasLoggedIn)
        // From here on the next login counts again.
        wire.send(login("mallory") + login("mallory"))
        wire.send(success, .outbound)
        #expect(wire.account == "mallory")
    }

    @Test("an account that is known stays until another login succeeds")
    func relogin() throws {
        let wire = Wire(try Rules.make(Self.withLogin))
        wire.send(login("bob"))
        wire.send(success, .outbound)
        wire.send(login("alice"))
        #expect(wire.account == "bob")
        wire.send(success, .outbound)
        #expect(wire.account == "alice")
        wire.send(success, .outbound)
        #expect(wire.account == "alice")
    }

    @Test("what the server says counts at once, and more than what the client said")
    func server() throws {
        let wire = Wire(try Rules.make(Self.withLogin))
        wire.send(login("bob"))
        wire.send([6, 2, 57, 48, 0, 0], .outbound)
        #expect(wire.account == "12345")
        #expect(wire.takeNews() == [.claim, .account])
        wire.send(success, .outbound)
        #expect(wire.account == "12345")
        wire.send([6, 2, 1, 0, 0, 0], .outbound)
        #expect(wire.account == "1")
    }

    @Test("without a login in the protocol the client's first name counts at once, and stays")
    func unchecked() throws {
        let wire = Wire(try Rules.make(Self.withoutLogin))
        wire.send(login("bob"))
        #expect(wire.account == "bob")
        #expect(wire.takeNews() == .account)
        wire.send(login("alice"))
        #expect(wire.account == "bob")
        #expect(wire.takeNews() == [])
        #expect(!wire.hasLoggedIn)
    }

    @Test(
        "a value that cannot be the name of an account tells none",
        arguments: [
            ("", nil), ("b\u{7}b", nil), ("b\nb", nil), ("b\u{85}b", nil), (String(repeating: "a", count: 65), nil),
            (String(repeating: "a", count: 64), String(repeating: "a", count: 64)), ("Bób", "Bób"),
        ] as [(String, String?)])
    func names(name: String, expected: String?) throws {
        let wire = Wire(try Rules.make(Self.withoutLogin))
        wire.send(login(name))
        #expect(wire.account == expected)
        #expect(wire.end == nil)
    }

    @Test("a text that breaks its encoding tells no account")
    func broken() throws {
        let wire = Wire(try Rules.make(Self.withoutLogin))
        wire.send([5, 1, 0x62, 0xC3, 0x28])
        #expect(wire.account == nil)
    }

    @Test("a login that is dropped claims nothing")
    func dropped() throws {
        let wire = Wire(
            try Rules.make(Self.withLogin, "rules: [{ id: 100, name: no, packet: LOGIN, action: drop }]"))
        wire.send(login("bob"))
        wire.send(success, .outbound)
        #expect(wire.account == nil)
        #expect(wire.hasLoggedIn)
    }

    @Test("what is known is the same however the streams are split")
    func splits() throws {
        let ruleset = try Rules.make(Self.withLogin)
        let steps: [([UInt8], Direction)] = [
            (move + login("bob") + move, .inbound), (ping + failure + success + ping, .outbound),
            (login("alice") + move, .inbound), (ping + success, .outbound),
        ]
        for size in 1...8 {
            let wire = Wire(ruleset)
            var accounts: [String?] = []
            for (bytes, direction) in steps {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    wire.send(Array(bytes[start..<min(bytes.count, start + size)]), direction)
                }
                accounts.append(wire.account)
            }
            #expect(accounts == [nil, "bob", "bob", "alice"], "in pieces of \(size)")
            #expect(wire.takeNews() == [.claim, .login, .account])
        }
    }

    @Test("a reload leaves the account as it is")
    func reload() throws {
        let wire = Wire(try Rules.make(Self.withLogin))
        wire.send(login("bob"))
        wire.send(success, .outbound)
        #expect(wire.reload(try Rules.make(Self.withLogin, "rules: [{ id: 100, name: a, packet: MOVE }]")))
        #expect(wire.account == "bob")
        #expect(wire.hasLoggedIn)
    }

    @Test("a server's packet that is an integer of either sign tells its number")
    func numbers() throws {
        let game = Self.withoutLogin.replacing("at: u32le@2", with: "at: i16le@2")
        let wire = Wire(try Rules.make(game))
        wire.send([4, 2, 0xFE, 0xFF], .outbound)
        #expect(wire.account == "-2")
    }

    @Test("a success that asks for nothing needs nothing of the packet but its name")
    func unconditional() throws {
        let game = Self.game(login: "login: { success: [PING, WELCOME] }")
        let wire = Wire(try Rules.make(game))
        wire.send([5, 3, 1], .outbound)
        #expect(!wire.hasLoggedIn)
        #expect(wire.forwarded.outbound == [5, 3, 1])
        wire.send([1, 1], .outbound)
        #expect(wire.hasLoggedIn)
    }
}
