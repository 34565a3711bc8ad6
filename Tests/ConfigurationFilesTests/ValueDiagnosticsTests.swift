import Testing

@Suite("what is wrong with values")
struct ValueDiagnosticsTests {
    @Test("a duration without a unit is refused")
    func unitless() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    timeouts: { idle: 10 }

                """)
                    == """
                    s.yaml:6:23: error[C013]: expected a duration such as 10s, found '10'
                        6 |     timeouts: { idle: 10 }
                          |                       ^~
                       help: a duration carries a unit: ms, s, m, h or d

                    """)
    }

    @Test("a duration of zero is out of range")
    func zero() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    timeouts: { idle: 0s }

                """)
                    == """
                    s.yaml:6:23: error[C014]: this is shorter than 1ms
                        6 |     timeouts: { idle: 0s }
                          |                       ^~

                    """)
    }

    @Test("a size without a unit is refused")
    func unitlessSize() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    limits: { backlog: 65536 }

                """)
                    == """
                    s.yaml:6:24: error[C013]: expected a size such as 64KiB, found '65536'
                        6 |     limits: { backlog: 65536 }
                          |                        ^~~~~
                       help: a size carries a unit: B, KB, MB, KiB or MiB

                    """)
    }

    @Test("a size outside its bounds says them")
    func bigSize() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    limits: { backlog: 1GiB }

                """)
                    == """
                    s.yaml:6:24: error[C014]: 1073741824 bytes are outside 4096 to 67108864
                        6 |     limits: { backlog: 1GiB }
                          |                        ^~~~

                    """)
    }

    @Test("017 is neither 17 nor 15")
    func octal() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    limits: { open: 017 }

                """)
                    == """
                    s.yaml:6:21: error[C013]: expected a whole number, found '017'
                        6 |     limits: { open: 017 }
                          |                     ^~~
                       help: write 17 or 0x11: no leading zero, sign, point or exponent

                    """)
    }

    @Test("22:30 is no duration and no number")
    func sexagesimal() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    timeouts: { idle: 22:30 }

                """)
                    == """
                    s.yaml:6:23: error[C013]: expected a duration such as 10s, found '22:30'
                        6 |     timeouts: { idle: 22:30 }
                          |                       ^~~~~
                       help: a duration carries a unit: ms, s, m, h or d

                    """)
    }

    @Test("1e3 is not a thousand")
    func exponent() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    limits: { open: 1e3 }

                """)
                    == """
                    s.yaml:6:21: error[C013]: expected a whole number, found '1e3'
                        6 |     limits: { open: 1e3 }
                          |                     ^~~
                       help: write 17 or 0x11: no leading zero, sign, point or exponent

                    """)
    }

    @Test("no is not false")
    func no() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    opaque: no

                """)
                    == """
                    x.yaml:5:13: error[C013]: expected one of true, false, found 'no'
                        5 |     opaque: no
                          |             ^~

                    """)
    }

    @Test("an unknown word is answered with the known ones and the nearest")
    func word() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    mode: shaddow

                """)
                    == """
                    s.yaml:6:11: error[C013]: expected one of shadow, enforce, found 'shaddow'
                        6 |     mode: shaddow
                          |           ^~~~~~~ did you mean 'shadow'?

                    """)
    }

    @Test("an address without a port says so")
    func noPort() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1
                    to: 127.0.0.1:7802

                """)
                    == """
                    s.yaml:4:11: error[C013]: expected an address with a port such as 192.0.2.1:7801, found '127.0.0.1'
                        4 |     bind: 127.0.0.1
                          |           ^~~~~~~~~
                       help: a port is missing, as in 192.0.2.1:7801 or [2001:db8::1]:7801

                    """)
    }

    @Test("an IPv6 address in brackets without quotes is explained")
    func brackets() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: ["::1"]
                    to: 127.0.0.1:7802

                """)
                    == """
                    s.yaml:4:11: error[C012]: expected an address with a port such as 192.0.2.1:7801, found a list
                        4 |     bind: ["::1"]
                          |           ^~~~~~~
                       help: an IPv6 address in brackets needs quotes: "[2001:db8::1]:7801"

                    """)
    }

    @Test("a network with bits behind its prefix says the right one")
    func hostBits() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                    proxy_protocol: { from: [10.0.0.5/8] }

                """)
                    == """
                    s.yaml:6:30: error[C013]: expected an address or network such as 10.0.0.0/8, found '10.0.0.5/8'
                        6 |     proxy_protocol: { from: [10.0.0.5/8] }
                          |                              ^~~~~~~~~~
                       help: bits behind the prefix are set; the network is 10.0.0.0/8

                    """)
    }

    @Test("a percentage without its sign is refused")
    func percent() throws {
        #expect(
            try ScratchFolder.check(
                "s.yaml",
                """
                version: 1
                listeners:
                  - name: world
                    bind: 127.0.0.1:7801
                    to: 127.0.0.1:7802
                reputation: { repeat: { jitter: 0.1 } }

                """)
                    == """
                    s.yaml:6:33: error[C013]: expected a percentage such as 10%, found '0.1'
                        6 | reputation: { repeat: { jitter: 0.1 } }
                          |                                 ^~~
                       help: a percentage carries its sign: 10%

                    """)
    }

    @Test("a rate without its time is refused")
    func rate() throws {
        #expect(
            try ScratchFolder.check(
                "p.yaml",
                """
                version: 1
                policy: p
                rules:
                  - id: 100
                    name: a
                    limit: { rate: 80 }

                """)
                    == """
                    p.yaml:6:20: error[C013]: expected a rate such as 80/s, found '80'
                        6 |     limit: { rate: 80 }
                          |                    ^~
                       help: a rate is a whole number over ms, s, m, h or d: 80/s, 1/5s

                    """)
    }

    @Test("a rate of bytes needs a unit")
    func byteRate() throws {
        #expect(
            try ScratchFolder.check(
                "p.yaml",
                """
                version: 1
                policy: p
                rules:
                  - id: 100
                    name: a
                    limit: { count: bytes, rate: 80/s }

                """)
                    == """
                    p.yaml:6:34: error[C013]: expected a rate such as 32KiB/s, found '80/s'
                        6 |     limit: { count: bytes, rate: 80/s }
                          |                                  ^~~~
                       help: a rate of bytes is a size with a unit over a time: 32KiB/s

                    """)
    }

    @Test("a bad digit of a pattern is counted out")
    func hex() throws {
        #expect(
            try ScratchFolder.check(
                "p.yaml",
                """
                version: 1
                policy: p
                rules:
                  - id: 100
                    name: a
                    bytes: [{ hex: "de xd" }]

                """)
                    == """
                    p.yaml:6:20: error[C013]: expected bytes in hex such as "de ad ?? ef", found 'de xd'
                        6 |     bytes: [{ hex: "de xd" }]
                          |                    ^~~~~~~
                       help: character 4 is no hexadecimal digit, ? or space

                    """)
    }
}
