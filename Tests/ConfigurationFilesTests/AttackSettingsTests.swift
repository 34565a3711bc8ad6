import ConfigurationFiles
import Settings
import Testing

@Suite("Limits for attacks, gates and known players")
struct AttackSettingsTests {
    private static let game = """
        version: 1
        protocol: game
        login: { success: OK }
        phases: [{ name: a, frame: { length: u16le@0, counts: packet, min: 4, max: 64 }, opcode: u16le@2 }]
        packets:
          client: { NAME: { opcode: 1, size: 8, fields: { name: { at: u32le@4, account: true } } } }
          server: { OK: { opcode: 1 } }

        """

    private func folder(_ text: String) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("protocols/game.yaml", Self.game)
        try folder.write(
            "protocols/mute.yaml",
            Self.game.replacing("login: { success: OK }\n", with: "").replacing("game", with: "mute"))
        try folder.write(
            "protocols/nameless.yaml",
            Self.game.replacing(", account: true", with: "").replacing("game", with: "nameless"))
        try folder.write("s.yaml", "version: 1\n" + text)
        return folder
    }

    private func errors(_ text: String) throws -> [String] {
        try folder(text).check("s.yaml").split(separator: "\n")
            .filter { $0.contains("error[") || $0.contains("warning[") }.map(String.init)
    }

    private func attack(_ preset: String = "{ new: 50/s }", _ rest: String, limits: String = "") -> String {
        "presets: { siege: \(preset) }\nlisteners:\n- { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, "
            + "\(limits)under_attack: { \(rest) } }\n"
    }

    private func gate(_ gate: String, login: String = "protocol: game, ", world: String = "protocol: game, ") -> String
    {
        "listeners:\n- { name: login, bind: 127.0.0.1:1, \(login)to: 127.0.0.1:2 }\n"
            + "- { name: world, bind: 127.0.0.1:3, \(world)to: 127.0.0.1:4, gate: \(gate) }\n"
    }

    // MARK: What is read

    @Test("every key reaches the settings, and those that are left out have their defaults")
    func reads() throws {
        let text = """
            presets: { siege: { open: 2000, new: 50/s, new_per_address: 2/10s, handshake: 5s }, one: { new: 1/s } }
            listeners:
            - name: a
              bind: 127.0.0.1:1
              protocol: game
              to: 127.0.0.1:2
              under_attack:
                { limits: siege, when: { new: 200/s, unfinished: 300, failures: 50/m }, calm: 30%, least: 5m }
            - name: b
              bind: 127.0.0.1:3
              protocol: game
              to: 127.0.0.1:2
              gate: { opened_by: a, by: account, for: 2m }
            - name: c
              bind: 127.0.0.1:4
              to: 127.0.0.1:2
              under_attack: { limits: one, when: { unfinished: 1 } }
              gate: { opened_by: a }
            reputation: { known: { after: 1m, keep: 7d, remember: 5000 } }

            """
        let folder = try folder(text)
        let result = ConfigurationLoader.load(folder.path + "/s.yaml")
        #expect(result.text == "")
        let settings = try #require(result.configuration?.settings)
        var siege = UnderAttackSettings(
            limits: StrangerLimits(
                name: "siege", open: 2_000, new: Frequency(count: 50, periodNS: 1_000_000_000),
                newPerAddress: Frequency(count: 2, periodNS: 10_000_000_000), handshakeNS: 5_000_000_000),
            new: Frequency(count: 200, periodNS: 1_000_000_000), unfinished: 300,
            failures: Frequency(count: 50, periodNS: 60_000_000_000))
        siege.calm = 0.3
        siege.leastNS = 300_000_000_000
        #expect(settings.listeners[0].underAttack == siege)
        #expect(settings.listeners[0].gate == nil)
        var gate = GateSettings(openedBy: "a", by: .account)
        gate.forNS = 120_000_000_000
        #expect(settings.listeners[1].gate == gate)
        #expect(settings.listeners[1].underAttack == nil)
        #expect(settings.listeners[2].gate == GateSettings(openedBy: "a"))
        let one = StrangerLimits(name: "one", new: Frequency(count: 1, periodNS: 1_000_000_000))
        #expect(settings.listeners[2].underAttack == UnderAttackSettings(limits: one, unfinished: 1))
        var known = KnownPlayersSettings()
        (known.afterNS, known.keepNS, known.countMax) = (60_000_000_000, 604_800_000_000_000, 5_000)
        #expect(settings.reputation.known == known)
    }

    // MARK: Attacks

    @Test(
        "what is wrong with limits for attacks is said in its place",
        arguments: [
            ("limits: sige, when: { new: 1/s }", "4:74: error[C028]: there is no preset 'sige'"),
            ("limits: siege", "4:64: error[C011]: 'under_attack' needs the key 'when'"),
            ("when: { new: 1/s }", "4:64: error[C011]: 'under_attack' needs the key 'limits'"),
            ("limits: siege, when: {}", "4:87: error[C011]: 'when' needs one of the keys new, unfinished, failures"),
            ("limits: siege, when: { new: 1000001/s }", "4:94: error[C014]: this rate is more than 1000000"),
            ("limits: siege, when: { new: 1/ms }", "4:94: error[C014]: this rate is counted over 1s to 1h"),
            ("limits: siege, when: { new: 1/61m }", "4:94: error[C014]: this rate is counted over 1s to 1h"),
            ("limits: siege, when: { unfinished: 0 }", "4:101: error[C014]: 0 is outside 1 to 10000000"),
            ("limits: siege, when: { new: 1/s }, calm: 0%", "4:107: error[C014]: it would never be calm below 0%"),
            ("limits: siege, when: { new: 1/s }, calm: 101%", "4:107: error[C014]: more than 100% is not possible"),
            ("limits: siege, whe: { new: 1/s }", "4:81: error[C010]: 'under_attack' has no key 'whe'"),
        ])
    func badAttack(rest: String, expected: String) throws {
        let all = try errors(attack(rest))
        #expect(all.contains("s.yaml:" + expected), "\(all)")
    }

    private func attack(_ rest: String) -> String { attack("{ new: 50/s }", rest) }

    @Test("the greatest rates and periods are taken")
    func edges() throws {
        #expect(try errors(attack("limits: siege, when: { new: 1000000/s, failures: 1/1h }, calm: 100%")) == [])
    }

    @Test("a preset that limits nothing, one that nobody names, and one that leaves players no room are told")
    func badPresets() throws {
        let when = "limits: siege, when: { new: 1/s }"
        #expect(
            try errors(attack("{}", when)) == [
                "s.yaml:2:19: error[C011]: a preset needs one of the keys open, new, new_per_address, handshake"
            ])
        let unused = "presets: { moat: { open: 1 } }\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\n"
        #expect(try errors(unused) == ["s.yaml:2:12: warning[C026]: no listener names the preset 'moat'"])
        #expect(try errors(attack("{ open: 99 }", when, limits: "limits: { open: 100 }, ")) == [])
        #expect(
            try errors(attack("{ open: 100 }", when, limits: "limits: { open: 100 }, ")) == [
                "s.yaml:4:97: error[C016]: 'siege' lets 100 strangers be open, and this listener takes 100 in all"
            ])
    }

    // MARK: Gates

    @Test("a gate that a login on another listener opens is taken, by address and by account")
    func goodGates() throws {
        #expect(try errors(gate("{ opened_by: login }")) == [])
        #expect(try errors(gate("{ opened_by: login }", world: "")) == [])
        #expect(try errors(gate("{ opened_by: login, by: account }")) == [])
    }

    @Test("a gate that never opens is refused, with the reason")
    func badGates() throws {
        #expect(
            try errors(gate("{ opened_by: logn }"))
                == ["s.yaml:4:89: error[C027]: there is no listener 'logn'"])
        #expect(
            try errors(gate("{ opened_by: world }"))
                == ["s.yaml:4:89: error[C016]: a gate cannot be opened by its own listener"])
        #expect(
            try errors(gate("{ opened_by: login }", login: "")) == [
                "s.yaml:4:89: error[C016]: 'login' has no protocol, so nobody knows who logs in there"
            ])
        #expect(
            try errors(gate("{ opened_by: login }", login: "protocol: mute, ")) == [
                "s.yaml:4:89: error[C016]: the protocol of 'login', 'mute', has no 'login', "
                    + "so this gate would never open"
            ])
        #expect(
            try errors(gate("{ opened_by: login, by: account }", world: "")) == [
                "s.yaml:4:84: error[C016]: 'world' has no protocol, so nobody knows whose account it is"
            ])
        #expect(
            try errors(gate("{ opened_by: login, by: account }", world: "protocol: nameless, ")) == [
                "s.yaml:4:104: error[C016]: no packet of 'nameless' tells an account"
            ])
        #expect(
            try errors(gate("{ opened_by: login, by: account }", world: "protocol: mute, ")) == [
                "s.yaml:4:100: error[C016]: 'mute' has one phase and no 'login', so nothing would wait for the account"
            ])
        #expect(try errors(gate("{ by: address }")) == ["s.yaml:4:76: error[C011]: 'gate' needs the key 'opened_by'"])
    }

    // MARK: --explain

    @Test("an explanation says whom a gate lets in, and when a listener is under attack")
    func explains() throws {
        let folder = try folder(
            "presets: { siege: { open: 20, new: 50/s, new_per_address: 2/10s, handshake: 5s } }\n"
                + gate("{ opened_by: login }, under_attack: { limits: siege, when: { new: 200/s, unfinished: 3 } }"))
        let text = try #require(ConfigurationLoader.explain(folder.path + "/s.yaml").explanation).text(width: 1_000)
        #expect(text.contains("an address that has not logged in on login is refused; open for 10m"))
        #expect(text.contains("above 200/s new, 3 unfinished, until below 50% for 2m"))
        #expect(text.contains("siege: 20 open, 50/s new, 2/10s new of an address, 5s for the handshake"))
        #expect(text.contains("whoever has played 5m, for 30d, at most 200000"))
    }
}
