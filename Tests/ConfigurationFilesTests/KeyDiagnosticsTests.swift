import Testing

@Suite("what is wrong with keys")
struct KeyDiagnosticsTests {
    @Test("a misspelled key is named with the nearest one")
    func misspelled() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    plicies: [baseline]

                """)
                    == """
                    s.yaml:6:5: error[C010]: a listener has no key 'plicies'
                        6 |     plicies: [baseline]
                          |     ^~~~~~~ did you mean 'policies'?
                       help: its keys are name, bind, proxy_protocol, protocol, policies, to, mode, timeouts, limits, \
                    country, asn, under_attack, gate

                    """)
    }

    @Test("a key far from all others is answered with those there are")
    func strange() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    wobble: 1

                """)
                    == """
                    s.yaml:6:5: error[C010]: a listener has no key 'wobble'
                        6 |     wobble: 1
                          |     ^~~~~~
                       help: its keys are name, bind, proxy_protocol, protocol, policies, to, mode, timeouts, limits, \
                    country, asn, under_attack, gate

                    """)
    }

    @Test("a missing key says what belongs there")
    func missing() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    to: 127.0.0.1:7802

                """)
                    == """
                    s.yaml:3:5: error[C011]: a listener needs the key 'bind'
                        3 |   - name: world
                          |     ^
                       help: bind: an address with a port such as 192.0.2.1:7801

                    """)
    }

    @Test("a key given twice is reported at the second with the place of the first")
    func twice() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    bind: 127.0.0.1:7803

                """)
                    == """
                    s.yaml:6:5: error[C006]: 'bind' is given twice
                        6 |     bind: 127.0.0.1:7803
                          |     ^~~~
                       help: the first one stands at 4:5

                    """)
    }

    @Test("a list where a text is needed is reported with both")
    func wrongType() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    mode: [shadow]

                """)
                    == """
                    s.yaml:6:11: error[C012]: expected one of shadow, enforce, found a list
                        6 |     mode: [shadow]
                          |           ^~~~~~~~

                    """)
    }

    @Test("a text where a mapping is needed says which keys that mapping has")
    func noMapping() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    timeouts: 10s

                """)
                    == """
                    s.yaml:6:15: error[C012]: expected a mapping, found '10s'
                        6 |     timeouts: 10s
                          |               ^~~
                       help: 'timeouts' has the keys proxy_header, packet, idle, stalled, half_closed, drain, delay

                    """)
    }

    @Test("a key of the language that comes later is refused and not ignored")
    func later() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                fleet: { redis: x }

                """)
                    == """
                    s.yaml:6:1: error[C015]: 'fleet' is not supported yet by this version
                        6 | fleet: { redis: x }
                          | ^~~~~

                    """)
    }

    @Test("a missing version is reported")
    func noVersion() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802

                """)
                    == """
                    s.yaml:1:1: error[C017]: the key 'version' is missing
                        1 | listeners:
                          | ^
                       help: begin the file with version: 1

                    """)
    }

    @Test("a version of the future is refused")
    func future() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 2
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802

                """)
                    == """
                    s.yaml:1:10: error[C017]: this program reads version 1, not '2'
                        1 | version: 2
                          |          ^

                    """)
    }

    @Test("a version that is not first is reported")
    func lateVersion() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                version: 1

                """)
                    == """
                    s.yaml:5:1: error[C017]: 'version' must be the first key
                        5 | version: 1
                          | ^~~~~~~

                    """)
    }

    @Test("a file that does not say what it is")
    func noKind() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                foo: bar

                """)
                    == """
                    s.yaml:1:1: error[C018]: none of the keys of this file says what it is
                        1 | version: 1
                          | ^
                       help: a service has 'listeners', a protocol 'protocol', a policy 'policy'

                    """)
    }

    @Test("a key without a value is not an empty text")
    func noValue() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    mode:

                """)
                    == """
                    s.yaml:6:10: error[C012]: expected one of shadow, enforce, found nothing
                        6 |     mode:
                          |          ^

                    """)
    }

    @Test("a text on the place of a whole file is no mapping")
    func plainText() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                just some words

                """)
                    == """
                    s.yaml:1:1: error[C018]: none of the keys of this file says what it is
                        1 | just some words
                          | ^~~~~~~~~~~~~~~
                       help: a service has 'listeners', a protocol 'protocol', a policy 'policy'

                    """)
    }
}
