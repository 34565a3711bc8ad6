/// The state of one stream cipher at one place of one stream.
///
/// A copy is an independent state at the same place, so that a relay can go on from it with other bytes. Encrypting and
/// decrypting are the same. Any split of a stream into calls gives the same bytes.
///
/// Shape: at most 32 bytes, and on the heap no more than ``heapByteCountMax``, which go with the last copy.
///
/// Thread safety: a state is used by one thread at a time; copies of it by different ones.
public enum StreamCipher: Sendable {
    /// TERA's.
    case tera(TeraCipher)
    /// RC4.
    case rc4(RC4)
    /// A repeated key.
    case xor(RepeatingXor)

    /// The most that a state keeps beside itself, whichever cipher it is.
    public static let heapByteCountMax = max(
        TeraCipher.heapByteCount, RC4.heapByteCount, RepeatingXor.heapByteCount)

    /// Combines the bytes with the keystream, in place, and goes on behind them.
    public mutating func apply(_ bytes: UnsafeMutableRawBufferPointer) {
        unsafe apply(from: UnsafeRawBufferPointer(bytes), into: bytes)
    }

    /// Combines `source` with the keystream into `target`, of the same size, and goes on behind it; they may be the
    /// same bytes, and otherwise must not overlap.
    public mutating func apply(from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        // Taken out and put back, so that a state that is held once stays held once and nothing is retained.
        switch consume self {
        case .tera(var cipher):
            unsafe cipher.apply(from: source, into: target)
            self = .tera(cipher)
        case .rc4(var cipher):
            unsafe cipher.apply(from: source, into: target)
            self = .rc4(cipher)
        case .xor(var cipher):
            unsafe cipher.apply(from: source, into: target)
            self = .xor(cipher)
        }
    }

    /// Goes to where another state of the same cipher and key stands.
    ///
    /// Cost: nothing is allocated or retained, as it is where a state is replaced by a copy.
    public mutating func follow(_ other: borrowing StreamCipher) {
        switch other {
        case .tera(let other):
            guard case .tera(var cipher) = consume self else { preconditionFailure("another cipher than TERA's") }
            cipher.follow(other)
            self = .tera(cipher)
        case .rc4(let other):
            guard case .rc4(var cipher) = consume self else { preconditionFailure("another cipher than RC4") }
            cipher.follow(other)
            self = .rc4(cipher)
        case .xor(let other):
            guard case .xor(var cipher) = consume self else { preconditionFailure("another cipher than a key") }
            cipher.follow(other)
            self = .xor(cipher)
        }
    }

    /// Goes on in the keystream as if so many bytes had been applied.
    public mutating func skip(_ byteCount: Int) {
        switch consume self {
        case .tera(var cipher):
            cipher.skip(byteCount)
            self = .tera(cipher)
        case .rc4(var cipher):
            cipher.skip(byteCount)
            self = .rc4(cipher)
        case .xor(var cipher):
            cipher.skip(byteCount)
            self = .xor(cipher)
        }
    }
}
