public import Inflation
import WireBytes

/// Which part of a packet is compressed, for rules to read: the packet itself goes on as it came.
///
/// Rules see the packet's bytes before that part, and behind them what the part inflates to.
public struct InflationRule: Sendable, Hashable, BitwiseCopyable {
    /// Where the compressed part begins; it reaches to the packet's end.
    public enum Start: Sendable, Hashable, BitwiseCopyable {
        /// At this offset.
        case offset(Int)
        /// Behind the length of its frame.
        case afterLength
    }

    /// How it is compressed.
    public let format: InflationFormat
    /// Where it begins.
    public let start: Start
    /// Whether a varint stands before it that says how long it will be; with 0 there, the part is not compressed.
    public let hasSize: Bool
    /// Bytes that it may inflate to.
    public let byteCountMax: Int

    /// A part that is compressed.
    public init(format: InflationFormat, start: Start, hasSize: Bool, byteCountMax: Int) {
        self.format = format
        self.start = start
        self.hasSize = hasSize
        self.byteCountMax = byteCountMax
    }

    /// What rules read of a packet.
    ///
    /// - Parameters:
    ///   - packet: the whole packet.
    ///   - lengthEnd: the offset behind the length of its frame.
    /// - Throws: that the compressed part is corrupt or too large.
    public func view(of packet: RawSpan, lengthEnd: Int) throws(InflationFault) -> [UInt8] {
        var begin = lengthEnd
        if case .offset(let offset) = start { begin = offset }
        guard begin <= packet.byteCount else { throw .corrupt }
        var view = packet.extracting(first: begin).copied()
        let clearCount = begin
        var declared: Int?
        if hasSize {
            guard case .value(let size, let end) = packet.varint(at: begin, byteCountMax: 5, limit: packet.byteCount)
            else { throw .corrupt }
            begin = end
            if size > UInt64(byteCountMax) { throw .tooLarge(most: byteCountMax) }
            declared = Int(size)
            if size == 0 {
                view += packet.extracting(droppingFirst: begin).copied()
                return view
            }
        }
        let rest = packet.extracting(droppingFirst: begin).copied()
        let format = format
        let most = declared ?? byteCountMax
        let fault = unsafe rest.withUnsafeBytes { bytes -> InflationFault? in
            do throws(InflationFault) {
                try unsafe format.inflate(bytes, most: most, into: &view)
                return nil
            } catch {
                return error
            }
        }
        if let fault { throw declared == nil ? fault : .corrupt }
        // A reader that believed the number would read something else.
        if let declared, view.count - clearCount != declared { throw .corrupt }
        return view
    }
}
