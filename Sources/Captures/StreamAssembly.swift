import WireBytes

/// Puts one direction's segments into the order in which they were written.
///
/// Shape: pieces that came ahead of a missing one wait in order of their place, and no two overlap: of bytes that were
/// sent twice the first copy counts. Places are counted from the first byte of the stream, so that the 32-bit numbers
/// of TCP may wrap as often as they like.
///
/// Cost: an array for what can be read; a piece that comes early moves at most `pieceCountMax` others.
struct StreamAssembly {
    /// Pieces of one direction that may wait: more than fit in the largest usual window.
    static let pieceCountMax = 4_096
    /// Bytes of one direction that may wait.
    static let waitingByteCountMax = 8 << 20
    /// What a piece takes beside its bytes.
    static let pieceOverhead = 64

    private struct Piece {
        let start: UInt64
        let bytes: [UInt8]
        var end: UInt64 { start + UInt64(bytes.count) }
    }

    /// The place of the next byte to be read, and its number once that is known.
    private(set) var position: UInt64 = 0
    private var nextSequence: UInt32?
    private var waiting: [Piece] = []
    /// What waits, with what that takes beside its bytes.
    private(set) var waitingCost = 0
    /// Behind the last byte, once a FIN said so.
    private var finishPosition: UInt64?
    /// The receiver has everything before this.
    private var acknowledgedPosition: UInt64 = 0

    /// The number of the first byte is known.
    mutating func begin(at sequence: UInt32) {
        if nextSequence == nil { nextSequence = sequence }
    }

    var hasBegun: Bool { nextSequence != nil }
    /// A FIN was seen, perhaps with bytes missing before it.
    var hasFinish: Bool { finishPosition != nil }
    var isFinished: Bool { finishPosition == position }
    /// Bytes are missing in front of others.
    var hasGap: Bool { !waiting.isEmpty || isAcknowledgedAhead || (finishPosition ?? 0) > position }
    /// The receiver has bytes that the capture does not have.
    var isAcknowledgedAhead: Bool { acknowledgedPosition > position }

    /// How many bytes are missing before the next that is known of.
    var missingByteCount: UInt64 {
        let next = waiting.first?.start ?? max(acknowledgedPosition, finishPosition ?? 0)
        return next > position ? next - position : 0
    }

    /// Whether more waits than may wait.
    var isOverfull: Bool { waiting.count > Self.pieceCountMax || waitingCost > Self.waitingByteCountMax }

    /// Where in the stream a number stands; `nil` before the first byte, where a repeated segment can begin.
    private func place(of sequence: UInt32) -> UInt64? {
        guard let nextSequence else { return nil }
        let difference = Int64(Int32(bitPattern: sequence &- nextSequence))
        let (place, isBefore) = Int64(position).addingReportingOverflow(difference)
        return isBefore || place < 0 ? nil : UInt64(place)
    }

    /// Takes a segment's bytes.
    ///
    /// - Parameter ready: what can be read now is appended.
    /// - Returns: what there was to say about it.
    mutating func receive(_ bytes: RawSpan, at sequence: UInt32, ready: inout [UInt8]) -> Arrival {
        begin(at: sequence)
        guard bytes.byteCount > 0, let nextSequence else { return .nothing }
        let late = Int64(Int32(bitPattern: nextSequence &- sequence))
        guard late < Int64(bytes.byteCount) else { return .repeated }
        let fresh = bytes.extracting(droppingFirst: Int(max(0, late)))
        if waiting.isEmpty, late >= 0 {
            fresh.append(to: &ready)
            advance(by: fresh.byteCount)
            return late > 0 ? .overlapping : .inOrder
        }
        let isEarly = late < 0
        let before = waitingCost
        insert(fresh, at: isEarly ? position + UInt64(-late) : position)
        let isNew = waitingCost > before
        var readCount = 0
        while readCount < waiting.count, waiting[readCount].start == position {
            let bytes = waiting[readCount].bytes
            ready += bytes
            waitingCost -= bytes.count + Self.pieceOverhead
            advance(by: bytes.count)
            readCount += 1
        }
        if readCount > 0 { waiting.removeFirst(readCount) }
        return isNew ? (isEarly ? .early : .inOrder) : .repeated
    }

    /// What a segment brought.
    enum Arrival {
        case nothing
        case inOrder
        case overlapping
        case early
        case repeated
    }

    /// The receiver has everything before this number.
    mutating func acknowledge(_ sequence: UInt32) {
        // A FIN takes a number of its own, which is no byte.
        guard let place = place(of: sequence), place > acknowledgedPosition else { return }
        acknowledgedPosition = finishPosition.map { min(place, max($0, position)) } ?? place
    }

    /// A FIN stands at this number.
    mutating func finish(at sequence: UInt32) {
        begin(at: sequence)
        guard finishPosition == nil, let place = place(of: sequence), place >= position else { return }
        finishPosition = place
        // It may have been acknowledged before it was seen.
        acknowledgedPosition = min(acknowledgedPosition, place)
    }

    /// Gives up what waits.
    mutating func abandon() {
        waiting = []
        waitingCost = 0
    }

    private mutating func advance(by byteCount: Int) {
        position += UInt64(byteCount)
        nextSequence? &+= UInt32(truncatingIfNeeded: byteCount)
    }

    /// Keeps what no piece has yet.
    private mutating func insert(_ bytes: RawSpan, at start: UInt64) {
        let end = start + UInt64(bytes.byteCount)
        var place = start
        var index = firstIndex(endingAfter: start)
        while place < end {
            let nextStart = index < waiting.count ? min(waiting[index].start, end) : end
            if place < nextStart {
                let part = bytes.extracting(Int(place - start)..<Int(nextStart - start))
                waiting.insert(Piece(start: place, bytes: part.copied()), at: index)
                waitingCost += part.byteCount + Self.pieceOverhead
                index += 1
            }
            guard index < waiting.count, nextStart < end else { return }
            place = waiting[index].end
            index += 1
        }
    }

    /// By halving: the pieces stand in order.
    private func firstIndex(endingAfter place: UInt64) -> Int {
        var low = 0
        var high = waiting.count
        while low < high {
            let middle = (low + high) / 2
            if waiting[middle].end > place { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension RawSpan {
    /// Appends the bytes to an array.
    fileprivate func append(to bytes: inout [UInt8]) {
        // Safe: the bytes are copied before the closure returns, and nothing keeps the pointer.
        unsafe withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
}
