extension PacketLayout {
    /// Changes a field, and moves every declared offset, link and prefix that what lies behind it needs.
    ///
    /// The packet's own length, its counter and its checksum are the caller's to follow.
    ///
    /// - Parameter packet: in which ``fault(in:)`` finds nothing.
    public func apply(_ edit: FieldEdit, to packet: inout [UInt8]) -> EditOutcome {
        .unchanged
    }
}
