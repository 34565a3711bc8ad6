/// Why bytes are no PROXY header; the raw value is the word that logs show and never changes.
public enum ProxyHeaderError: String, Error, Sendable, CaseIterable {
    /// The first bytes are those of neither version.
    case badSignature = "bad-signature"
    /// Version 2's signature, but another version behind it.
    case badVersion = "bad-version"
    /// A command that is neither LOCAL nor PROXY.
    case badCommand = "bad-command"
    /// A family or transport that the protocol does not define.
    case badFamily = "bad-family"
    /// Longer than allowed: version 1 than 107 bytes, version 2 than the listener's bound.
    case tooLong = "too-long"
    /// The header ends before the addresses that its family has.
    case shortAddresses = "short-addresses"
    /// A TLV ends outside the header, or one inside another outside of that.
    case truncatedTLV = "truncated-tlv"
    /// A checksum that has not four bytes.
    case badChecksum = "bad-checksum"
    /// Two checksums.
    case duplicateChecksum = "duplicate-checksum"
    /// The checksum is not that of the header.
    case checksumMismatch = "checksum-mismatch"
    /// A unique id of more than 128 bytes.
    case longUniqueID = "long-unique-id"
    /// A CR without LF, or a LF without CR.
    case bareLineEnd = "bare-line-end"
    /// A line that has not exactly two addresses and two ports with one space between each.
    case badFields = "bad-fields"
    /// An address that is not one of the line's family.
    case badAddress = "bad-address"
    /// A port that is not a number of 0 to 65535 without leading zeros.
    case badPort = "bad-port"

    /// The word that logs show.
    public var name: String { rawValue }
}
