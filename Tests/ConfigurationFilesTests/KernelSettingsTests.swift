import ConfigurationFiles
import Settings
import Testing

@Suite("bans in the kernel, as a service asks for them")
struct KernelSettingsTests {
    private static let listeners = """
        version: 1
        listeners:
          - { name: world, bind: 0.0.0.0:1, to: 127.0.0.1:9 }
          - { name: behind, bind: 0.0.0.0:2, to: 127.0.0.1:9, proxy_protocol: { from: [10.0.0.5] } }

        """

    private func settings(_ kernel: String) throws -> KernelSettings? {
        let folder = try ScratchFolder()
        let result = ConfigurationLoader.load(try folder.write("s.yaml", Self.listeners + kernel))
        #expect(result.text == "")
        return try #require(result.configuration).settings.kernel
    }

    /// The messages of a file with this line at its end.
    private func messages(_ kernel: String) throws -> [String] {
        try ScratchFolder.check("s.yaml", Self.listeners + kernel + "\n").split(separator: "\n")
            .filter { $0.hasPrefix("s.yaml:") }.map(String.init)
    }

    @Test("every key arrives in the settings, and what is left out has its default")
    func everything() throws {
        #expect(try settings("") == nil)
        #expect(try settings("kernel: { listeners: [world] }\n") == KernelSettings(listeners: ["world"]))
        var all = KernelSettings(listeners: ["world"])
        (all.table, all.atExit, all.reconcileNS) = ("portcullis_eu", .keep, 5_000_000_000)
        #expect(
            try settings("kernel: { listeners: [world], table: portcullis_eu, at_exit: keep, reconcile: 5s }\n") == all)
    }

    @Test("a listener behind a balancer is refused with the reason")
    func behindBalancer() throws {
        #expect(
            try ScratchFolder.check("s.yaml", Self.listeners + "kernel: { listeners: [world, behind] }\n") == """
                s.yaml:5:30: error[C016]: the kernel cannot guard 'behind', which takes PROXY headers
                    5 | kernel: { listeners: [world, behind] }
                      |                              ^~~~~~
                   help: the kernel sees the address of the balancer and not the player's, so a ban would never hold, \
                or shut out the balancer; bans on this listener are the program's alone

                """)
    }

    @Test(
        "what cannot be is told in its place",
        arguments: [
            ("{ listeners: [wrld] }", "5:23: error[C027]: there is no listener 'wrld'"),
            ("{ listeners: [world, world] }", "5:30: error[C024]: the listener 'world' is listed twice"),
            ("{ listeners: [] }", "5:22: error[C013]: this list is empty"),
            ("{ listeners: world }", "5:22: error[C012]: expected a list, found 'world'"),
            ("{ table: portcullis }", "5:9: error[C011]: 'kernel' needs the key 'listeners'"),
            (
                "{ listeners: [world], table: filter }",
                "5:38: error[C013]: expected a name that begins with 'portcullis', found 'filter'"
            ),
            (
                "{ listeners: [world], table: \"portcullis; flush ruleset\" }",
                "5:38: error[C013]: expected a name that begins with 'portcullis', found 'portcullis; flush ruleset'"
            ),
            (
                "{ listeners: [world], at_exit: forget }",
                "5:40: error[C013]: expected one of remove, keep, found 'forget'"
            ),
            ("{ listeners: [world], reconcile: 999ms }", "5:42: error[C014]: "),
            ("{ listeners: [world], reconcile: 2d }", "5:42: error[C014]: "),
        ])
    func mistakes(kernel: String, message: String) throws {
        let found = try messages("kernel: " + kernel)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.yaml:" + message) == true, "\(found)")
    }

    @Test("a table's name has at most 64 characters")
    func nameLength() throws {
        let most = "portcullis" + String(repeating: "x", count: 54)
        #expect(try settings("kernel: { listeners: [world], table: \(most) }\n")?.table == most)
        #expect(try messages("kernel: { listeners: [world], table: \(most)x }").count == 1)
    }

    @Test("an explanation names the listeners, and says nothing where there is no kernel")
    func explained() throws {
        let folder = try ScratchFolder()
        let with = try folder.write("s.yaml", Self.listeners + "kernel: { listeners: [world], at_exit: keep }\n")
        let text = ConfigurationLoader.explain(with).explanation?.text(width: 200) ?? ""
        #expect(text.contains("bans hold on world by the table inet portcullis, looked at every 30s, kept at the end"))
        let without = try folder.write("t.yaml", Self.listeners)
        #expect(ConfigurationLoader.explain(without).explanation?.text(width: 200).contains("kernel") == false)
    }
}
