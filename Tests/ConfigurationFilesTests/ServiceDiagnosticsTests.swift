import Testing

@Suite("what is wrong with a service")
struct ServiceDiagnosticsTests {
    @Test("an unknown pool is answered with the nearest")
    func pool() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - { name: a, bind: 127.0.0.1:1, to: aren }
                pools:
                  arena: { servers: [127.0.0.1:2] }

                """)
                    == """
                    s.yaml:3:39: error[C023]: there is no pool 'aren'
                        3 |   - { name: a, bind: 127.0.0.1:1, to: aren }
                          |                                       ^~~~ did you mean 'arena'?
                       help: 'to' is the name of a pool, or one address with its port

                    """)
    }

    @Test("two listeners may not share a name or an address")
    func sameBind() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:9 }
                  - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:9 }

                """)
                    == """
                    s.yaml:4:13: error[C024]: two listeners have the name 'a'
                        4 |   - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:9 }
                          |             ^
                       help: the first one stands at 3:13
                    s.yaml:4:22: error[C024]: two listeners have the address 127.0.0.1:1
                        4 |   - { name: a, bind: 127.0.0.1:1, to: 127.0.0.1:9 }
                          |                      ^~~~~~~~~~~
                       help: the first one stands at 3:22

                    """)
    }

    @Test("a protocol without a file says where it would stand")
    func noProtocol() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    protocol: tera

                """)
                    == """
                    s.yaml:6:15: error[C022]: there is no protocol 'tera'
                        6 |     protocol: tera
                          |               ^~~~
                       help: it would stand in protocols/tera.yaml

                    """)
    }

    @Test("a policy without a file says where it would stand")
    func noPolicy() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    policies: [tera]

                """)
                    == """
                    s.yaml:6:16: error[C022]: there is no policy 'tera'
                        6 |     policies: [tera]
                          |                ^~~~
                       help: it would stand in policies/tera.yaml

                    """)
    }

    @Test("a ladder that goes down is refused")
    func ladder() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                reputation: { ladder: [{ at: 20, ban: 10m }, { at: 5, ban: 1h }] }

                """)
                    == """
                    s.yaml:6:52: error[C016]: this step is not above the one before it
                        6 | reputation: { ladder: [{ at: 20, ban: 10m }, { at: 5, ban: 1h }] }
                          |                                                    ^
                       help: the steps of a ladder go up

                    """)
    }

    @Test("a pool that no listener leads to is a warning")
    func unused() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                pools:
                  arena: { servers: [127.0.0.1:2] }

                """)
                    == """
                    s.yaml:7:3: warning[C026]: no listener leads to the pool 'arena'
                        7 |   arena: { servers: [127.0.0.1:2] }
                          |   ^~~~~

                    """)
    }
}
