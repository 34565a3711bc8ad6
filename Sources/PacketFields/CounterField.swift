import WireBytes

/// A number that a sender raises by one from packet to packet.
public struct CounterField: Hashable, Sendable, BitwiseCopyable {
    /// Where it stands.
    public let place: IntegerPlace
    /// What the first packet of a connection carries.
    public let first: UInt64

    /// A counter.
    ///
    /// - Parameter first: fits the place; `ConfigurationFiles` has checked it.
    public init(place: IntegerPlace, first: UInt64) {
        precondition(first <= place.largest, "\(first) does not fit \(place.byteCount) bytes")
        self.place = place
        self.first = first
    }

    /// What a packet carries; `nil` where it is too short.
    public func value(in packet: RawSpan) -> UInt64? { place.value(in: packet) }

    /// Writes a number; `false` where the packet is too short.
    public func write(_ value: UInt64, into packet: inout [UInt8]) -> Bool {
        place.write(value & place.largest, into: &packet)
    }

    /// What follows a number: one more, and 0 behind the largest that fits.
    public func next(after value: UInt64) -> UInt64 { (value &+ 1) & place.largest }
}
