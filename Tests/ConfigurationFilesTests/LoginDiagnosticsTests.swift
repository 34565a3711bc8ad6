import Testing

@Suite("What is wrong with logins, accounts and secrets")
struct LoginDiagnosticsTests {
    private func check(
        login: String = "{ success: S }", client: String = "name: u32le@4", server: String = "status: u8@4",
        frame: String = "{ length: u16le@0, counts: packet, min: 4, max: 64 }", accept: String = "", size: String = "8"
    ) throws -> [String] {
        try ScratchFolder.check(
            "x.yaml",
            """
            version: 1
            protocol: x
            phases: [{ name: a, frame: \(frame), opcode: u16le@2\(accept) }]
            login: \(login)
            packets:
              client: { C: { opcode: 1, size: \(size), fields: { \(client) } } }
              server: { S: { opcode: 1, size: \(size), fields: { \(server) } }, T: { opcode: 2 } }

            """
        ).split(separator: "\n").filter { $0.contains("error[") }.map { String($0.dropFirst("x.yaml:".count)) }
    }

    @Test("a login that can succeed is accepted")
    func good() throws {
        #expect(try check() == [])
        #expect(try check(login: "{ success: [S, { packet: T }] }") == [])
        #expect(try check(login: "{ success: { packet: S, where_not: { status: 0 } } }") == [])
    }

    @Test(
        "a login that cannot succeed is refused in its place",
        arguments: [
            ("{}", "4:8: error[C011]: 'login' needs the key 'success'"),
            ("{ success: R }", "4:19: error[C020]: 'R' is no packet of the server in x"),
            ("{ success: C }", "4:19: error[C020]: 'C' is no packet of the server in x"),
            ("{ success: [] }", "4:19: error[C037]: 'success' names 1 to 16 packets, not 0"),
            ("{ success: { where: { status: 1 } } }", "4:19: error[C011]: the end of a login needs the key 'packet'"),
            ("{ success: { packet: S, when: 1 } }", "4:32: error[C010]: the end of a login has no key 'when'"),
            (
                "{ success: { packet: S, where: { state: 1 } } }", "4:41: error[C060]: 'S' has no field 'state'"
            ),
            ("{ success: S, succes: S }", "4:22: error[C010]: 'login' has no key 'succes'"),
        ])
    func bad(login: String, expected: String) throws {
        let errors = try check(login: login)
        #expect(errors.first == expected)
    }

    @Test("a packet that no phase lets the server send ends no login")
    func neverSent() throws {
        let expected = "4:19: error[C016]: no phase lets the server send 'S', so no login ever succeeds"
        #expect(try check(accept: ", accept: { server: [T] }") == [expected])
    }

    @Test(
        "an account is a text or a whole number",
        arguments: [
            ("u32le@4", true), ("i16be@4", true), ("varint@4", true), ("'text(4)@4'", true), ("utf16lez@4", true),
            ("f32le@4", false), ("'bytes(4)@4'", false),
        ])
    func kinds(field: String, isGood: Bool) throws {
        let errors = try check(client: "name: { at: \(field), account: true }")
        let place = 62 + field.count
        #expect(isGood == errors.isEmpty, "\(errors)")
        if !isGood {
            #expect(errors.first?.contains("cannot be the name of an account") == true)
            #expect(errors.first?.hasPrefix("6:\(place): error[C061]") == true, "\(errors)")
        }
    }

    @Test("an account is no secret, and a packet tells one account")
    func conflicts() throws {
        let both = try check(client: "name: { at: u32le@4, account: true, secret: true }")
        #expect(both.first == "6:84: error[C016]: an account stands in logs, so it is no secret")
        let twice = try check(client: "a: { at: u8@4, account: true }, b: { at: u8@5, account: true }")
        #expect(twice.first == "6:80: error[C016]: 'C' tells one account, and 'a' is it already")
        #expect(try check(client: "a: { at: u8@4, secret: true }, b: { at: u8@5, secret: true }") == [])
    }

    @Test("elements of an array are neither an account nor secret", arguments: ["account", "secret"])
    func arrays(key: String) throws {
        let text = try ScratchFolder.check(
            "x.yaml",
            """
            version: 1
            protocol: x
            phases: [{ name: a, frame: { length: u16le@0, counts: packet }, opcode: u16le@2 }]
            packets:
              client: { C: { opcode: 1, arrays: { n: { count: u8@4, first: 5, element: 8, \(key): true } } } }

            """)
        #expect(text.contains("x.yaml:5:79: error[C061]: elements of an array come any number of times"), "\(text)")
    }

    @Test("a packet that tells an account has at most as many bytes as are looked at")
    func tooLong() throws {
        let frame = "{ length: u32le@0, counts: packet, min: 8, max: 1MiB }"
        let field = "name: { at: u32le@8, account: true }"
        #expect(try check(client: field, frame: frame, size: "12..65536") == [])
        #expect(try check(client: field, frame: frame, size: "12..65537").count == 1)
    }
}
