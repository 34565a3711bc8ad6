import ProxyProtocol
import TestSupport
import Testing
import WireBytes

@Suite("Every PROXY header")
struct PropertyTests {
    /// What a caller learns who is handed the bytes one by one: the first answer that is not `needs`.
    ///
    /// Holds every step against the contract: `needs` asks for more than there is, never beyond what turns out to be
    /// the header's end, and an answer once given stays the same with more bytes.
    private func read(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> Outcome {
        var answer: Outcome?
        var needed = 0
        for count in 0...bytes.count {
            let outcome = Outcome(of: bytes.prefix(count))
            if let answer {
                #expect(outcome == answer, "\(bytes) at \(count)", sourceLocation: sourceLocation)
            } else if case .needs(let byteCount) = outcome {
                #expect(byteCount > count, "\(bytes) at \(count)", sourceLocation: sourceLocation)
                #expect(byteCount >= needed, "\(bytes) at \(count)", sourceLocation: sourceLocation)
                needed = byteCount
            } else {
                answer = outcome
                if case .header(_, let byteCount) = outcome {
                    #expect(needed == byteCount && count == byteCount, "\(bytes)", sourceLocation: sourceLocation)
                }
            }
        }
        return answer ?? .needs(needed)
    }

    @Test("a header is read back from what is written, at its last byte and not before, in any pieces")
    func roundTrip() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<150 {
            let header = random.header()
            let bytes = header.encoded()
            #expect(read(bytes + [0x50, 0x0D]) == .header(header, byteCount: bytes.count))
        }
    }

    @Test("a header with one wrong byte is answered the same in any pieces")
    func corruptedInPieces() {
        var random = SplitMix64(seed: 12)
        for _ in 0..<150 {
            var bytes = random.header().encoded()
            let index = Int.random(in: 0..<bytes.count, using: &random)
            bytes[index] ^= UInt8.random(in: 1...255, using: &random)
            _ = read(bytes)
        }
    }

    @Test("no prefix of a header is refused, however many bytes come at once")
    func prefixes() {
        var random = SplitMix64(seed: 13)
        for _ in 0..<150 {
            let bytes = random.header().encoded()
            #expect((0..<bytes.count).allSatisfy { Outcome(of: bytes.prefix($0)).isNeeds })
        }
    }

    /// What a checksum is worth.
    ///
    /// One wrong byte is found, except where it takes the checksum itself out of sight: PROXY that became LOCAL (its
    /// block is skipped), a type that is no longer the checksum's, a length that now ends before it.
    @Test("a wrong byte in a header with a checksum is refused or waited on, except where it hides the checksum")
    func corruption() {
        let one = endpoint("192.0.2.1:1024")
        let header = ProxyHeader(
            version: .v2, addresses: .tcp(source: one, destination: one),
            tlvs: [.value(.uniqueID, Array("abc".utf8)), .tls(ProxyTLS(client: .tls, verifyResult: 0))],
            hasChecksum: true)
        let bytes = header.encoded()
        var hidden: Set<Int> = []
        for index in bytes.indices {
            for wrong in UInt8.min...UInt8.max where wrong != bytes[index] {
                var other = bytes
                other[index] = wrong
                guard case .header(let found, _) = Outcome(of: other) else { continue }
                #expect(found.command == .local || !found.hasChecksum, "byte \(index) as \(wrong)")
                hidden.insert(index)
            }
        }
        // The command, the length's low byte (12: no TLVs), the checksum's type.
        #expect(hidden == [12, 15, 28])
    }

    @Test("a checksum over wrong addresses, ports or values is always refused")
    func corruptionOfRandomHeaders() {
        var random = SplitMix64(seed: 14)
        for _ in 0..<100 {
            let header = random.header()
            guard header.hasChecksum else { continue }
            let bytes = header.encoded()
            for index in bytes.indices {
                var other = bytes
                other[index] ^= UInt8.random(in: 1...255, using: &random)
                guard case .header(let found, _) = Outcome(of: other) else { continue }
                #expect(found.command == .local || !found.hasChecksum, "\(bytes) at \(index)")
            }
        }
    }

    @Test("random bytes never trap")
    func noise() {
        var random = SplitMix64(seed: 15)
        for _ in 0..<20_000 {
            let bytes = random.bytes(Int.random(in: 0...64, using: &random))
            _ = Outcome(of: bytes)
        }
    }

    @Test("random bytes behind a sound beginning never trap and are answered the same in any pieces")
    func noiseBehindBeginnings() {
        var random = SplitMix64(seed: 16)
        let beginnings: [[UInt8]] = [
            signature, signature + [0x21], signature + [0x21, 0x00, 0x00], signature + [0x21, 0x11, 0x00],
            signature + [0x21, 0x21, 0x00], signature + [0x20, 0x00, 0x00], Array("PROXY ".utf8),
            Array("PROXY TCP4 ".utf8), Array("PROXY TCP6 ::".utf8), Array("PROXY UNKNOWN".utf8),
        ]
        let characters = Array("0123456789abcdef:. \r\n".utf8)
        for round in 0..<600 {
            let count = Int.random(in: 0...120, using: &random)
            let isText = random.chance(1, in: 2)
            let noise =
                isText
                ? (0..<count).map { _ in characters[Int.random(in: 0..<characters.count, using: &random)] }
                : random.bytes(count)
            _ = read(beginnings[round % beginnings.count] + noise)
        }
    }

    @Test("random TLVs behind sound addresses never trap, and what is accepted is written and read back the same")
    func noiseInTLVs() {
        var random = SplitMix64(seed: 17)
        var acceptedCount = 0
        for _ in 0..<5_000 {
            // Small numbers make types and lengths that mean something.
            let tail = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                random.chance(1, in: 2) ? 0 : UInt8.random(in: 0...0x21, using: &random)
            }
            guard let header = Outcome(of: tcp4(tail)).header else { continue }
            acceptedCount += 1
            #expect(Outcome(of: header.encoded()).header == header)
        }
        #expect(acceptedCount > 50)
    }

    @Test("nothing at all needs the shortest header")
    func nothing() {
        #expect(Outcome(of: []) == .needs(15))
    }

    @Test("a first byte of neither version is refused at once")
    func firstByte() {
        for byte in UInt8.min...UInt8.max {
            let isBeginning = byte == 0x0D || byte == 0x50
            #expect(Outcome(of: [byte]).isNeeds == isBeginning)
            if !isBeginning { #expect(Outcome(of: [byte]) == .error(.badSignature)) }
        }
    }
}
