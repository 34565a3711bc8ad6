import GameProtocol
import StreamCiphers
import WireBytes

/// A cipher on its way through a stream, and which bytes of the stream it applies to.
///
/// Shape: where it applies to all bytes, the cipher alone. Where it applies to a part of each packet, it knows where
/// packets begin, from the frame of the phase.
struct CipherRun {
    private var cipher: StreamCipher
    /// What of each packet it applies to; `nil` where it applies to every byte.
    private let part: PhaseCipher.PacketPart?
    /// Whether clear text comes in, and not what is on the wire.
    private let isOutgoing: Bool
    /// How the packets are cut now; `nil` where none are.
    var lane: CipherCutting?

    /// Bytes of the packet at hand that are done.
    private var offset = 0
    /// Its size; `nil` until its header is done.
    private var byteCount: Int?
    /// Its first bytes, clear, until its size is known.
    private var header: [UInt8] = []
    /// How many of them it takes to say more than was said of those before.
    private var neededByteCount = 1
    /// In how many of them a delimiter was looked for.
    private var scannedByteCount = 0
    /// Its header made no sense: the session refuses it, or where it only looks on, nothing is enciphered any more.
    private var isBroken = false

    init(_ cipher: StreamCipher, part: PhaseCipher.PacketPart?, lane: CipherCutting?, isOutgoing: Bool) {
        self.cipher = cipher
        self.part = part
        self.lane = lane
        self.isOutgoing = isOutgoing
    }

    var isWholeStream: Bool { part == nil }

    /// Goes on where the other leg stands; only a cipher that applies to all bytes.
    ///
    /// The other is not changed; passed like this it is not copied either.
    mutating func catchUp(with other: inout CipherRun) { cipher.follow(other.cipher) }

    /// Leaves out bytes of a cipher that applies to all of them.
    mutating func skip(_ byteCount: Int) {
        precondition(isWholeStream, "\(byteCount) bytes of packets cannot be skipped unseen")
        cipher.skip(byteCount)
    }

    /// Applies the cipher to all bytes.
    mutating func applyAll(from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        var done = 0
        while done < source.count {
            // In bounds: `done` is less than both counts, which are equal.
            done += unsafe apply(
                from: UnsafeRawBufferPointer(rebasing: source[done...]),
                into: UnsafeMutableRawBufferPointer(rebasing: target[done...]))
        }
    }

    /// Applies the cipher to bytes, where it concerns packets to no more than the end of one.
    ///
    /// - Parameter target: at least as many bytes as `source`.
    /// - Returns: how many were done; all of them, or at least one.
    mutating func apply(from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
        guard !isWholeStream else {
            unsafe cipher.apply(
                from: source, into: UnsafeMutableRawBufferPointer(rebasing: target[..<source.count]))
            return source.count
        }
        var done = 0
        while done < source.count {
            let span = min(source.count - done, spanByteCount)
            let isEnciphered = !isBroken && isInPart
            // In bounds: `done + span` is at most the count of both.
            let input = unsafe UnsafeRawBufferPointer(rebasing: source[done..<done + span])
            let output = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done..<done + span])
            if isEnciphered {
                unsafe cipher.apply(from: input, into: output)
            } else {
                unsafe output.copyMemory(from: input)
            }
            done += span
            offset += span
            if byteCount == nil, !isBroken {
                header += unsafe isOutgoing ? Array(input) : Array(UnsafeRawBufferPointer(output))
                measure()
            }
            guard offset == byteCount else { continue }
            offset = 0
            byteCount = nil
            return done
        }
        return done
    }

    /// How many bytes from here on are treated alike: one at a time until the size is known.
    private var spanByteCount: Int {
        if isBroken { return .max }
        guard let byteCount else { return 1 }
        for edge in [part?.start, part?.end] {
            if let edge, edge > offset, edge < byteCount { return edge - offset }
        }
        return byteCount - offset
    }

    /// Whether the next byte is enciphered.
    private var isInPart: Bool {
        guard let part else { return true }
        return offset >= part.start && offset < part.end ?? .max
    }

    /// Finds the packet's size, when enough of its header is there.
    private mutating func measure() {
        guard header.count >= neededByteCount else { return }
        switch cut() {
        case .packet(let packet):
            byteCount = packet.byteCount
            header = []
            (neededByteCount, scannedByteCount) = (1, 0)
        case .needs(let needed): neededByteCount = needed
        case nil: isBroken = true
        }
    }

    private mutating func cut() -> Cut? {
        guard let lane else { return nil }
        var scanned = scannedByteCount
        defer { scannedByteCount = scanned }
        do throws(FramingViolation) {
            // Safe: any bits are a byte, and the array lives as long as the span.
            return try unsafe lane.cutter.cut(
                header.span.bytes, lane.direction, phase: lane.phase, scannedByteCount: &scanned)
        } catch {
            // Without a name it has a size all the same.
            guard case .noOpcode(let byteCount) = error else { return nil }
            return .packet(CutPacket(byteCount: byteCount, packet: 0, opcode: 0))
        }
    }
}

/// Where the packets of a direction are found while a phase lasts, as the session finds them.
struct CipherCutting {
    let cutter: PacketCutter
    let direction: Direction
    /// The index of a phase that cuts this direction.
    let phase: Int
}
