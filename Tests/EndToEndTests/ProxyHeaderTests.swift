import ProxyProtocol
import Testing
import WireBytes

extension EndToEnd {
    @Suite("PROXY headers from a balancer")
    struct ProxyHeaderTests {
        private static let fromHere = "proxy_protocol: { from: [127.0.0.1/32] }"
        private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10] + Array("QUIT\n".utf8)
        private static let addresses: [UInt8] = [192, 0, 2, 7, 192, 0, 2, 1, 0x30, 0x39, 0, 80]

        /// A binary header with this behind its signature: version and command, family, and the rest with its length.
        private static func binary(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
            signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 0xFF)] + rest
        }

        private static let bad: [(ProxyHeaderError, [UInt8])] = [
            (.badSignature, Array("GET / HTTP/1.1\r\n\r\n".utf8)),
            (.badSignature, [0]),
            (.badVersion, binary(0x31, 0x11, addresses)),
            (.badCommand, binary(0x22, 0x11, addresses)),
            (.badFamily, binary(0x21, 0x14, addresses)),
            (.tooLong, Array(("PROXY TCP4 " + String(repeating: "1", count: 100)).utf8)),
            (.shortAddresses, binary(0x21, 0x11, Array(addresses.dropLast()))),
            (.truncatedTLV, binary(0x21, 0x11, addresses + [4, 0, 9, 1])),
            (.badChecksum, binary(0x21, 0x11, addresses + [3, 0, 3, 1, 2, 3])),
            (.duplicateChecksum, binary(0x21, 0x11, addresses + [3, 0, 4, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0])),
            (.checksumMismatch, binary(0x21, 0x11, addresses + [3, 0, 4, 1, 2, 3, 4])),
            (.longUniqueID, binary(0x21, 0x11, addresses + [5, 0, 129] + [UInt8](repeating: 7, count: 129))),
            (.bareLineEnd, Array("PROXY UNKNOWN\n".utf8)),
            (.badFields, Array("PROXY TCP4 192.0.2.7\r\n".utf8)),
            (.badAddress, Array("PROXY TCP4 192.0.2.256 192.0.2.1 1 2\r\n".utf8)),
            (.badPort, Array("PROXY TCP4 192.0.2.7 192.0.2.1 65536 2\r\n".utf8)),
        ]

        @Test("every kind of wrong header closes the connection, and the log has a word for it")
        func wrong() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.fromHere])
            #expect(Set(Self.bad.map(\.0)) == Set(ProxyHeaderError.allCases))
            for (error, bytes) in Self.bad {
                let stream = try relay.connect()
                try stream.send(bytes)
                #expect(try stream.receiveAll().bytes.isEmpty)
                try relay.waitFor(ban: "[rule-7] Found - ", "detail=\"\(error.name)\"")
                try relay.waitFor(connection: "peer=127.0.0.1:\(stream.localPort) ", "end=VP reason=violation rule=7 ")
            }
            #expect(!server.hasVisitor)
        }

        @Test("a header in pieces of one byte is read, and what follows it belongs to the game")
        func pieces() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.fromHere])
            for header in [
                Self.binary(0x21, 0x11, Self.addresses), Array("PROXY TCP4 192.0.2.7 192.0.2.1 12345 80\r\n".utf8),
            ] {
                let stream = try relay.connect()
                for byte in header + Array("hi".utf8) { try stream.send([byte]) }
                let game = try server.accept()
                #expect(try game.receive(text: 2) == "hi")
                stream.finish()
                game.finish()
                _ = try stream.receiveAll()
            }
            try eventually("two players in the log") {
                relay.connections.split(separator: "\n").count { $0.contains("client=192.0.2.7:12345 ") } == 2
                    ? true : nil
            }
        }

        @Test("a source that is not trusted is closed before it is read")
        func untrusted() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.fromHere])
            let stream = try relay.connect(from: "127.0.0.9")
            #expect(try stream.receiveAll().bytes.isEmpty)
            try relay.waitFor(connection: "peer=127.0.0.9:", "end=VP reason=untrusted-source")
            #expect(!server.hasVisitor)
        }

        @Test("LOCAL and a close before the first byte open no session and have a name in the log")
        func checks() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.fromHere])
            let local = try relay.connect()
            try local.send(ProxyHeader.local.encoded())
            #expect(try local.receiveAll().bytes.isEmpty)
            try relay.waitFor(connection: "client=- ", "reason=local-command")
            let silent = try relay.connect()
            silent.finish()
            #expect(try silent.receiveAll().bytes.isEmpty)
            try relay.waitFor(connection: "client=- ", "reason=health-check")
            let broken = try relay.connect()
            try broken.send("PROXY TC")
            broken.finish()
            _ = try broken.receiveAll()
            try relay.waitFor(connection: "client=- ", "reason=truncated-packet")
            #expect(!server.hasVisitor)
        }

        @Test("a header that does not come in time ends the connection")
        func slow() throws {
            let server = try Server()
            let relay = try Relay(
                to: server.port, listener: [Self.fromHere, "timeouts: { proxy_header: 200ms }"])
            let stream = try relay.connect()
            try stream.send("PROXY TCP4 192")
            #expect(try stream.receiveAll().bytes.isEmpty)
            try relay.waitFor(connection: "end=TP reason=proxy-header-timeout")
        }

        @Test("a client that the balancer does not know is let in, without an address of its own")
        func unknown() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.fromHere], pool: "send_proxy: v1")
            let stream = try relay.connect()
            try stream.send("PROXY UNKNOWN\r\nhi")
            let game = try server.accept()
            #expect(try game.receive(text: 17) == "PROXY UNKNOWN\r\nhi")
            stream.finish()
            game.finish()
            _ = try stream.receiveAll()
            try relay.waitFor(connection: "client=- ", "reason=finished")
        }
    }
}
