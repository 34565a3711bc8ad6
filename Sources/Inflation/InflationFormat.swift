/// How bytes are compressed; all of them are deflate, with another wrapping.
public enum InflationFormat: String, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    /// RFC 1950.
    case zlib
    /// RFC 1952.
    case gzip
    /// RFC 1951, without any wrapping.
    case deflate

    /// What zlib calls the window's bits: sign and size say which wrapping it expects.
    var windowBits: Int32 {
        switch self {
        case .zlib: 15
        case .gzip: 15 + 16
        case .deflate: -15
        }
    }
}

/// Why bytes could not be inflated.
public enum InflationFault: Error, Equatable, Sendable, BitwiseCopyable {
    /// They are not of the format, or end in the middle of it.
    case corrupt
    /// They would become more than this.
    case tooLarge(most: Int)
}

extension InflationFault: CustomStringConvertible {
    /// One clause for a log line, without a full stop.
    public var description: String {
        switch self {
        case .corrupt: "the compressed part is corrupt"
        case .tooLarge(let most): "the compressed part would be longer than \(most) bytes"
        }
    }
}
