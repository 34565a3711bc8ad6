/// What stands between a socket and the session: it turns what is on the wire into the game's bytes, and back.
///
/// Plain TCP is the identity and costs nothing. A secure stream, WebSocket or one channel of a multiplexed link each
/// become a case, and the session never learns of them.
public enum Leg: Sendable, BitwiseCopyable {
    /// The wire carries the game's bytes as they are.
    case plain

    /// Turns wire bytes that have arrived into game bytes, in place.
    ///
    /// - Returns: how many game bytes now stand at the start of `wire`.
    @inlinable
    public mutating func unwrap(_ wire: UnsafeMutableRawBufferPointer) -> Int {
        switch self {
        case .plain: wire.count
        }
    }

    /// Turns game bytes that are about to be sent into wire bytes.
    ///
    /// - Returns: the bytes to send; for the identity the very same.
    @inlinable
    public mutating func wrap(_ game: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        switch self {
        case .plain: unsafe game
        }
    }
}
