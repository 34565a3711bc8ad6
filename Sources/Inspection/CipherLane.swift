import GameProtocol
import StreamCiphers
import WireBytes

/// One direction of an enciphered stream: makes clear what came, and enciphers what goes on.
///
/// Shape: two states of one cipher. The incoming one always advances. The outgoing one stands where the receiver's own
/// state stands: as long as all bytes go on as they came, that follows from the incoming one and nothing is enciphered;
/// from the first packet on that is dropped, changed or put in, every byte that goes on is enciphered anew.
///
/// An object, because hardly any session has one, and because the relay and the session both use it.
@safe
public final class CipherLane {
    private var incoming: CipherRun
    private var outgoing: CipherRun
    /// Bytes that went on as they came since `outgoing` was set; it is so far behind.
    private var lag = 0
    private var hasDiverged: Bool
    /// The clear text of unread bytes from earlier calls; empty while all that came is settled.
    private var text = ClearText()
    /// Whether the text of the last call is in `text` and not in the caller's buffer.
    private var isKept = false

    /// Bytes of one on the heap, its two states with it, without the clear text that waits.
    static let byteCountMax = 16 + 2 * MemoryLayout<CipherRun>.stride + 64 + 2 * StreamCipher.heapByteCountMax

    /// Most bytes `outgoing` falls behind: what a packet that is dropped costs.
    private static let lagMost = 65_536

    /// A stream whose next byte is the first that is enciphered.
    ///
    /// - Parameter part: what of each packet is enciphered; `nil` where every byte is.
    init(_ cipher: StreamCipher, part: PhaseCipher.PacketPart?, lane: CipherCutting?) {
        incoming = CipherRun(cipher, part: part, lane: lane, isOutgoing: false)
        outgoing = CipherRun(cipher, part: part, lane: lane, isOutgoing: true)
        // Where packets matter their bytes are gone through once for each leg.
        hasDiverged = part != nil
    }

    /// Where the packets of another phase begin and end, from the next byte on.
    func follow(_ lane: CipherCutting?) {
        incoming.lane = lane
        outgoing.lane = lane
    }

    /// Makes unread bytes clear.
    ///
    /// - Parameters:
    ///   - wire: all unread bytes as they came, oldest first; those of the last call that were not settled stand first.
    ///   - room: where the clear text may be put.
    /// - Returns: the clear text of the first of them: of all, or to the end of a packet; valid until `room` is used
    ///   for something else or `settle` is called.
    public func open(
        _ wire: UnsafeRawBufferPointer, room: UnsafeMutableRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        let known = text.count
        precondition(known <= wire.count, "\(known) bytes are clear of \(wire.count)")
        if known == 0, !hasDiverged {
            outgoing.catchUp(with: &incoming)
            lag = 0
        }
        isKept = known > 0 || wire.count > room.count
        guard isKept else {
            let byteCount = unsafe incoming.apply(from: wire, into: room)
            // In bounds: no more than `wire`, which fits.
            return unsafe UnsafeRawBufferPointer(rebasing: room[..<byteCount])
        }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: wire[known...])
        let target = unsafe text.room(for: rest.count)
        text.grow(by: unsafe incoming.apply(from: rest, into: target))
        return unsafe text.bytes
    }

    /// A packet, or a part of one, goes on: puts on the wire what the receiver must get.
    ///
    /// - Parameters:
    ///   - clear: its clear text.
    ///   - wire: the same bytes as they came; changed where they must be enciphered anew.
    public func forward(_ clear: UnsafeRawBufferPointer, _ wire: UnsafeMutableRawBufferPointer) {
        precondition(clear.count == wire.count, "\(clear.count) bytes stand for \(wire.count)")
        guard !hasDiverged else {
            unsafe outgoing.applyAll(from: clear, into: wire)
            return
        }
        lag += clear.count
        if lag > Self.lagMost { catchUp() }
    }

    /// Bytes that came do not go on, or others go in their place: from here on the two legs differ.
    public func diverge() {
        guard !hasDiverged else { return }
        catchUp()
        hasDiverged = true
    }

    /// Enciphers whole packets that go on beside or instead of what came.
    public func seal(_ packets: inout [UInt8]) {
        diverge()
        let clear = packets
        unsafe clear.withUnsafeBytes { clear in
            unsafe packets.withUnsafeMutableBytes { wire in unsafe outgoing.applyAll(from: clear, into: wire) }
        }
    }

    /// The first bytes of what was opened last are settled; the rest is kept for the next call.
    ///
    /// - Parameter clear: what `open` returned.
    public func settle(_ byteCount: Int, of clear: UnsafeRawBufferPointer) {
        if isKept {
            text.removeFirst(byteCount)
        } else {
            unsafe text.append(UnsafeRawBufferPointer(rebasing: clear[byteCount...]))
        }
    }

    private func catchUp() {
        outgoing.skip(lag)
        lag = 0
    }
}
