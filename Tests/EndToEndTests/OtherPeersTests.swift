import Foundation
import ProxyProtocol
import TestSupport
import Testing
import WireBytes

extension EndToEnd {
    @Suite("curl and another implementation of the PROXY protocol")
    struct OtherPeersTests {
        private static let fromHere = "proxy_protocol: { from: [127.0.0.1/32] }"

        @Test(
            "curl's header passes, and its request comes as lines",
            .enabled(if: Tools.curl != nil, "curl is not installed"))
        func curl() throws {
            let server = try Server()
            let relay = try Relay(
                to: server.port, listener: [Self.fromHere, "protocol: line", "policies: [line]"],
                pool: "send_proxy: v1")
            let curl = try Child(
                try #require(Tools.curl),
                ["--silent", "--max-time", "20", "--haproxy-protocol", "http://127.0.0.1:\(relay.port)/look"])
            let web = try server.accept()
            var request: [UInt8] = []
            while !request.suffix(4).elementsEqual("\r\n\r\n".utf8) { request += try web.receive(1) }
            let lines = String(decoding: request, as: UTF8.self).split(separator: "\r\n")
            try #require(lines.count >= 2)
            #expect(lines[0].hasPrefix("PROXY TCP4 127.0.0.1 127.0.0.1 "))
            #expect(lines[0].hasSuffix(" \(relay.port)"))
            #expect(lines[1] == "GET /look HTTP/1.1")
            try web.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")
            #expect(try curl.exitCode() == 0)
            #expect(curl.out == "hello\n")
            let port = try #require(lines[0].split(separator: " ").dropFirst(4).first)
            web.finish()
            try relay.waitFor(connection: "client=127.0.0.1:\(port) ")
        }

        /// Runs a few lines of Python with the other implementation at hand.
        private func python(_ script: String, _ arguments: [String] = []) throws -> String {
            let header = """
                import sys
                from ipaddress import ip_address
                from socket import SOCK_STREAM
                from proxyprotocol.v1 import ProxyProtocolV1
                from proxyprotocol.v2 import ProxyProtocolV2
                from proxyprotocol.result import ProxyResultIPv4, ProxyResultIPv6
                from proxyprotocol import tlv as vectors
                from proxyprotocol.tlv import ProxyProtocolTLV

                def crc32c(data, crc=0):
                    crc ^= 0xffffffff
                    for byte in data:
                        crc ^= byte
                        for _ in range(8):
                            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
                    return crc ^ 0xffffffff

                assert crc32c(b'123456789') == 0xe3069283
                # Without a package of its own for it, it neither makes nor verifies checksums.
                vectors.crc32c_checksum = crc32c

                """
            let result = try Child.run(Self.interpreter, ["-c", header + script] + arguments)
            try #require(result.code == 0, "\(result.err)")
            return result.out.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        static let interpreter = PackageFiles.root + "/.build/python/bin/python"
        static let hasPython = FileManager.default.isExecutableFile(atPath: interpreter)
        static let withoutPython: Comment = "packaging/install-packages test has not been run"

        @Test(
            "what we send to a server is read by another implementation",
            .enabled(if: hasPython, withoutPython), arguments: ["v1", "v2"])
        func emitted(version: String) throws {
            let server = try Server()
            let relay = try Relay(to: server.port, pool: "send_proxy: \(version)")
            let player = try relay.connect(from: "127.0.0.77")
            try player.send("from here on the game")
            let game = try server.accept()
            var bytes: [UInt8] = []
            while !bytes.suffix(21).elementsEqual("from here on the game".utf8) { bytes += try game.receive(1) }
            let hex = bytes.dropLast(21).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let said = try python(
                """
                data = bytes.fromhex(sys.argv[1])
                result = (ProxyProtocolV1 if data[:1] == b'P' else ProxyProtocolV2)().unpack(data)
                print(result.source[0], result.source[1], result.dest[0], result.dest[1], result.proxied,
                      result.tlv.crc32c is not None, len(result.tlv.unique_id))
                """, [hex])
            let end = version == "v1" ? "True False 0" : "True True 16"
            #expect(said == "127.0.0.77 \(player.localPort) 127.0.0.1 \(relay.port) \(end)")
        }

        @Test(
            "what another implementation sends is understood, with checksum and unknown extras",
            .enabled(if: hasPython, withoutPython))
        func received() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.fromHere])
            let lines = try python(
                """
                four = (ip_address('192.0.2.7'), 12345), (ip_address('192.0.2.1'), 7801)
                six = (ip_address('2001:db8::7'), 12346), (ip_address('2001:db8::1'), 7801)
                tlv = ProxyProtocolTLV(unique_id=b'abc', init={0xE1: b'own', 0x02: b'example.net'})
                print(ProxyProtocolV1().pack(ProxyResultIPv4(*four)).hex())
                print(ProxyProtocolV1().pack(ProxyResultIPv6(*six)).hex())
                print(ProxyProtocolV2().pack(ProxyResultIPv4(*four, protocol=SOCK_STREAM)).hex())
                print(ProxyProtocolV2().pack(ProxyResultIPv4(*four, protocol=SOCK_STREAM, tlv=tlv)).hex())
                print(ProxyProtocolV2().pack(ProxyResultIPv6(*six, protocol=SOCK_STREAM, tlv=tlv)).hex())
                """
            ).split(separator: "\n")
            try #require(lines.count == 5)
            for (number, line) in lines.enumerated() {
                let header = stride(from: 0, to: line.count, by: 2).compactMap { place in
                    UInt8(line.dropFirst(place).prefix(2), radix: 16)
                }
                let stream = try relay.connect()
                try stream.send(header + Array("hi".utf8))
                let game = try server.accept()
                #expect(try game.receive(text: 2) == "hi", "header \(number)")
                stream.finish()
                game.finish()
                _ = try stream.receiveAll()
                let client = [1, 4].contains(number) ? "[2001:db8::7]:12346" : "192.0.2.7:12345"
                try relay.waitFor(connection: "client=\(client) peer=127.0.0.1:\(stream.localPort) ")
            }
            #expect(relay.bans.isEmpty)
        }
    }
}
