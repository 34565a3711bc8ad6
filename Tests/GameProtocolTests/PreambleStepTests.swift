import GameProtocol
import TestSupport
import Testing
import WireBytes

@Suite("PreambleStep: matching")
struct PreambleStepTests {
    private typealias Alternative = PreambleStep.Alternative

    private func step(_ alternatives: Alternative...) -> PreambleStep {
        PreambleStep(direction: .inbound, alternatives: alternatives, capture: nil)
    }

    private func ask(_ step: PreambleStep, _ bytes: [UInt8]) throws(PreambleViolation) -> PreambleMatch {
        var scannedByteCount = 0
        return try step.match(bytes.span.bytes, scannedByteCount: &scannedByteCount)
    }

    private enum End: Equatable {
        case complete(Int)
        case violation(PreambleViolation)
        case waits
    }

    /// What a stream comes to whose bytes arrive one by one; `whole` asks only once they are all there.
    private func end(_ step: PreambleStep, _ stream: [UInt8], whole: Bool = false, isPatient: Bool = false) -> End {
        var scannedByteCount = 0
        var needed = 0
        for count in (whole ? stream.count : 0)...stream.count where count >= (isPatient ? needed : 0) {
            let bytes = Array(stream.prefix(count))
            do {
                switch try step.match(bytes.span.bytes, scannedByteCount: &scannedByteCount) {
                case .complete(let byteCount):
                    #expect(isPatient || count >= needed)
                    return .complete(byteCount)
                case .needs(let more):
                    #expect(more > count)
                    needed = more
                }
            } catch {
                #expect(isPatient || count >= needed)
                return .violation(error)
            }
        }
        return .waits
    }

    @Test("a step of a fixed size is complete with its last byte")
    func fixed() throws {
        let key = step(Alternative(starts: HexPattern([]), extent: .bytes(128)))
        #expect(try ask(key, []) == .needs(128))
        #expect(try ask(key, [UInt8](repeating: 1, count: 127)) == .needs(128))
        #expect(try ask(key, [UInt8](repeating: 1, count: 128)) == .complete(byteCount: 128))
        #expect(try ask(key, [UInt8](repeating: 1, count: 500)) == .complete(byteCount: 128))
    }

    @Test("bytes that must equal others are refused at the first that does not")
    func equals() throws {
        let magic = step(Alternative(starts: HexPattern([1, 0, 0, 0]), extent: .bytes(4)))
        #expect(throws: PreambleViolation.unexpectedBytes) { try ask(magic, [2]) }
        for count in 0..<4 { #expect(try ask(magic, Array([1, 0, 0, 0].prefix(count))) == .needs(count + 1)) }
        #expect(throws: PreambleViolation.unexpectedBytes) { try ask(magic, [1, 0, 0, 1]) }
        #expect(try ask(magic, [1, 0, 0, 0, 9]) == .complete(byteCount: 4))
    }

    @Test("the first alternative that fits is taken, as soon as no earlier one can fit any more")
    func alternatives() throws {
        // Ultima Online: a seed of four bytes, or packet EF with 21.
        let seed = step(
            Alternative(starts: HexPattern([0xEF]), extent: .bytes(21)),
            Alternative(starts: HexPattern([]), extent: .bytes(4)))
        #expect(try ask(seed, []) == .needs(1))
        #expect(try ask(seed, [0xEF]) == .needs(21))
        #expect(try ask(seed, [0xEE]) == .needs(4))
        #expect(try ask(seed, [0xEE, 1, 2, 3]) == .complete(byteCount: 4))

        let both = step(
            Alternative(starts: HexPattern([0xAA, 0xBB, 0xCC]), extent: .bytes(3)),
            Alternative(starts: HexPattern([0xAA, 0, 0x0D], masks: [0xFF, 0, 0x0F]), extent: .bytes(8)),
            Alternative(starts: HexPattern([0xAA, 0xBB]), extent: .bytes(2)))
        #expect(try ask(both, [0xAA, 0xBB]) == .needs(3))
        #expect(try ask(both, [0xAA, 0xBB, 0xCC]) == .complete(byteCount: 3))
        #expect(try ask(both, [0xAA, 0xBB, 0xCD]) == .needs(8))
        #expect(try ask(both, [0xAA, 0xBB, 0xCE]) == .complete(byteCount: 2))
        #expect(throws: PreambleViolation.unexpectedBytes) { try ask(both, [0xAA, 0xBA, 0xCE]) }
        #expect(throws: PreambleViolation.unexpectedBytes) { try ask(both, [0xAB]) }
    }

    @Test("bytes that may be anything need not come to choose")
    func anyBytes() throws {
        let loose = step(
            Alternative(starts: HexPattern([1, 0, 0], masks: [0xFF, 0, 0]), extent: .bytes(6)),
            Alternative(starts: HexPattern([]), extent: .bytes(0)))
        #expect(try ask(loose, [1]) == .needs(6))
        #expect(try ask(loose, [2]) == .complete(byteCount: 0))
    }

    @Test("a step up to a delimiter ends with it, within its most bytes")
    func until() throws {
        let line = step(Alternative(starts: HexPattern([]), extent: .until([13, 10], most: 5)))
        #expect(try ask(line, [1, 2, 3, 13, 10]) == .complete(byteCount: 5))
        #expect(try ask(line, [13, 10, 13, 10]) == .complete(byteCount: 2))
        #expect(try ask(line, [1, 2, 3]) == .needs(4))
        #expect(throws: PreambleViolation.noDelimiter(most: 5)) { try ask(line, [1, 2, 3, 4]) }
        #expect(throws: PreambleViolation.noDelimiter(most: 5)) { try ask(line, [1, 2, 3, 13, 13]) }
        #expect(throws: PreambleViolation.noDelimiter(most: 5)) { try ask(line, [1, 2, 3, 4, 13, 10]) }
    }

    @Test("any stream comes to the same, however it is split, and never traps")
    func splits() {
        let steps = [
            step(
                Alternative(starts: HexPattern([1, 2]), extent: .bytes(5)),
                Alternative(starts: HexPattern([1]), extent: .until([0], most: 7)),
                Alternative(starts: HexPattern([0, 0x10], masks: [0, 0xF0]), extent: .bytes(2)),
                Alternative(starts: HexPattern([2]), extent: .until([2, 2, 3], most: 9))),
            step(Alternative(starts: HexPattern([1, 2, 3]), extent: .bytes(3))),
            step(Alternative(starts: HexPattern([]), extent: .until([1, 1], most: 6))),
        ]
        var random = SplitMix64(seed: 7)
        var ends: Set<Int> = []
        for _ in 0..<4000 {
            let count = Int.random(in: 0...12, using: &random)
            let stream = (0..<count).map { _ in random.pick([0, 1, 2, 3, 0x10] as [UInt8]) }
            for step in steps {
                let end = end(step, stream, whole: true)
                #expect(self.end(step, stream) == end)
                #expect(self.end(step, stream, isPatient: true) == end)
                switch end {
                case .complete(let byteCount):
                    #expect(byteCount <= stream.count && byteCount <= step.byteCountMax)
                    ends.insert(0)
                case .violation(.unexpectedBytes): ends.insert(1)
                case .violation(.noDelimiter): ends.insert(2)
                case .waits: ends.insert(3)
                }
            }
        }
        #expect(ends == [0, 1, 2, 3])
    }

    @Test("bytes to begin with that do not fit into the step are a bug of whoever built it")
    func startsTooLong() async {
        await #expect(processExitsWith: .failure) {
            let step = PreambleStep(
                direction: .inbound,
                alternatives: [PreambleStep.Alternative(starts: HexPattern([1, 2, 3]), extent: .bytes(2))],
                capture: nil)
            var scannedByteCount = 0
            let bytes: [UInt8] = [1]
            _ = try step.match(bytes.span.bytes, scannedByteCount: &scannedByteCount)
        }
    }
}
