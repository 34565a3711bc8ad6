import WireBytes

/// What the bytes at hand say about a step of a preamble.
public enum PreambleMatch: Equatable, Sendable, BitwiseCopyable {
    /// Nothing yet: ask again when the stream holds at least this many bytes, always more than now.
    case needs(Int)
    /// The step is there and takes this many bytes; 0 for an alternative that stands for nothing at all.
    case complete(byteCount: Int)
}

/// Why bytes are not the step of a preamble.
public enum PreambleViolation: Error, Equatable, Sendable, BitwiseCopyable {
    /// They begin like none of the alternatives.
    case unexpectedBytes
    /// No delimiter within the alternative's most.
    case noDelimiter(most: Int)
}

extension PreambleStep {
    /// Finds how many of the stream's next bytes belong to this step.
    ///
    /// The first alternative whose `starts` fits is taken, and it is taken for good: if no delimiter follows, the
    /// next one is not tried. The answer does not depend on what follows the step, nor on how the stream was split.
    ///
    /// - Parameters:
    ///   - bytes: the unread bytes of the sender, oldest first.
    ///   - scannedByteCount: how many of them a delimiter was already looked for in; 0 at a new step. Updated; 0 again
    ///     with `.complete`.
    /// - Throws: that the bytes are no such step, as soon as those at hand prove it.
    public func match(
        _ bytes: RawSpan, scannedByteCount: inout Int
    ) throws(PreambleViolation) -> PreambleMatch {
        for alternative in alternatives {
            let starts = alternative.starts
            precondition(
                starts.count <= alternative.byteCountMax,
                "\(starts.count) bytes to begin with do not fit into \(alternative.byteCountMax)")
            let judged = min(starts.count, bytes.byteCount)
            guard Self.fits(bytes, starts, byteCount: judged) else { continue }
            // Bytes that may be anything need not come to decide.
            if starts.masks[judged...].contains(where: { $0 != 0 }) { return .needs(bytes.byteCount + 1) }
            let match = try Self.extend(bytes, alternative.extent, scannedByteCount: &scannedByteCount)
            if case .complete = match { scannedByteCount = 0 }
            return match
        }
        throw .unexpectedBytes
    }

    private static func fits(_ bytes: RawSpan, _ pattern: HexPattern, byteCount: Int) -> Bool {
        for offset in 0..<byteCount where bytes.octet(offset) & pattern.masks[offset] != pattern.bytes[offset] {
            return false
        }
        return true
    }

    private static func extend(
        _ bytes: RawSpan, _ extent: Extent, scannedByteCount: inout Int
    ) throws(PreambleViolation) -> PreambleMatch {
        switch extent {
        case .bytes(let count):
            return bytes.byteCount >= count ? .complete(byteCount: count) : .needs(count)
        case .until(let delimiter, let most):
            precondition(!delimiter.isEmpty, "a delimiter has at least one byte")
            let pattern = delimiter.map { PatternByte(value: $0, mask: 0xFF) }
            let scanned = min(scannedByteCount, bytes.byteCount)
            let run = TableRun(start: 0, count: pattern.count)
            switch bytes.search(run, in: pattern, scannedByteCount: scanned, most: most) {
            case .end(let end):
                return .complete(byteCount: end)
            case .notYet:
                scannedByteCount = bytes.byteCount
                return .needs(bytes.byteCount + 1)
            case .never:
                throw .noDelimiter(most: most)
            }
        }
    }
}

extension PreambleStep.Alternative {
    fileprivate var byteCountMax: Int {
        switch extent {
        case .bytes(let count): count
        case .until(_, let most): most
        }
    }
}
