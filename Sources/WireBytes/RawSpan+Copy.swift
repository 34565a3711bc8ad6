extension RawSpan {
    /// The bytes in an array of their own: one allocation.
    @inlinable
    public func copied() -> [UInt8] {
        // Safe: the bytes are copied before the closure returns, and nothing keeps the pointer.
        unsafe withUnsafeBytes { bytes in unsafe [UInt8](bytes) }
    }
}
