/// Puts one direction's segments into the order in which they were written.
///
/// **Shape**: bytes that came ahead of a missing piece wait, at most `waitingByteCountMax` of them; what was sent
/// again is cut off.
struct StreamAssembler {
    static let waitingByteCountMax = 4 << 20

    /// Bytes handed out so far.
    private(set) var deliveredByteCount = 0
    private var expected: UInt32?
    private var waiting: [UInt32: ArraySlice<UInt8>] = [:]
    private var waitingByteCount = 0

    /// True while a piece is missing.
    var isIncomplete: Bool { !waiting.isEmpty }

    /// The sequence number of the first byte.
    ///
    /// Without it (a capture that begins in the middle) the first segment seen is taken as the beginning.
    mutating func begin(at sequence: UInt32) {
        if expected == nil { expected = sequence }
    }

    /// - Returns: the bytes that can be read now, possibly none.
    mutating func receive(_ payload: ArraySlice<UInt8>, at sequence: UInt32) throws(CaptureError) -> [UInt8] {
        guard !payload.isEmpty else { return [] }
        begin(at: sequence)
        try keep(payload, at: sequence)
        var ready: [UInt8] = []
        while let piece = nextPiece() {
            ready.append(contentsOf: piece)
            expected? &+= UInt32(piece.count)
        }
        deliveredByteCount += ready.count
        return ready
    }

    private mutating func keep(_ payload: ArraySlice<UInt8>, at sequence: UInt32) throws(CaptureError) {
        let known = waiting[sequence]?.count ?? 0
        guard payload.count > known else { return }
        waitingByteCount += payload.count - known
        guard waitingByteCount <= Self.waitingByteCountMax else { throw .tooFarAhead }
        waiting[sequence] = payload
    }

    /// Takes out a piece that begins at or before the next byte and has something new.
    private mutating func nextPiece() -> ArraySlice<UInt8>? {
        guard let expected else { return nil }
        for (sequence, payload) in waiting {
            // Sequence numbers wrap: the signed difference orders two that are less than 2 GiB apart.
            let late = Int(Int32(bitPattern: expected &- sequence))
            guard late >= 0 else { continue }
            waiting[sequence] = nil
            waitingByteCount -= payload.count
            if late < payload.count { return payload.dropFirst(late) }
        }
        return nil
    }
}
