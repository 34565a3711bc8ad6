/// Why a capture could not be read.
public enum CaptureError: Error, Equatable {
    /// The first four bytes are not those of a pcap file.
    case unknownMagic
    /// The file is longer than the reader takes.
    case fileTooLong(byteCount: Int)
    /// Bytes are missing at this offset of the file or the packet.
    case truncated(at: Int)
    /// Frames of this link type are not understood.
    case unknownLinkType(UInt16)
    /// The capture holds only the beginning of a packet.
    case snapped(captured: Int, original: Int)
    /// A header contradicts itself.
    case malformed(String)
    /// Part of a packet's way that the reader does not follow.
    case unsupported(String)
    /// More conversations than the reader takes.
    case tooManyConversations
    /// More bytes arrived ahead of a missing piece than the reader keeps.
    case tooFarAhead
    /// The capture ends while bytes of a stream are missing.
    case missingBytes(afterByteCount: Int)
}
