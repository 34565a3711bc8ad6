import WireBytes

/// Version 1 of the protocol: `PROXY TCP4 192.0.2.1 192.0.2.2 1024 7801` and CRLF.
enum HeaderLine {
    static let signature = Array("PROXY ".utf8)

    /// `PROXY UNKNOWN` and CRLF.
    static let shortestByteCount = 15

    /// The word behind the signature.
    enum Family: CaseIterable {
        case tcp4
        case tcp6
        case unknown

        var word: [UInt8] {
            switch self {
            case .tcp4: Array("TCP4".utf8)
            case .tcp6: Array("TCP6".utf8)
            case .unknown: Array("UNKNOWN".utf8)
            }
        }
    }

    static func decode(_ bytes: RawSpan) throws(ProxyHeaderError) -> ProxyDecoding {
        try require(signature, beginning: bytes)
        guard let family = try family(in: bytes), let end = try lineEnd(in: bytes) else {
            return .needs(max(shortestByteCount, bytes.byteCount + (endsInCR(bytes) ? 1 : 2)))
        }
        let byteCount = end + 2
        guard family != .unknown else {
            return .header(ProxyHeader(version: .v1, addresses: .unspecified), byteCount: byteCount)
        }
        let start = signature.count + family.word.count
        let line = bytes.extracting(start..<end).copied()
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        // The first is what stands between the family and its space: nothing.
        guard fields.count == 5 else { throw .badFields }
        let source = Endpoint(try address(fields[1], family), port: try port(fields[3]))
        let destination = Endpoint(try address(fields[2], family), port: try port(fields[4]))
        return .header(
            ProxyHeader(version: .v1, addresses: .tcp(source: source, destination: destination)),
            byteCount: byteCount)
    }

    /// The line's family, or `nil` as long as it may become one.
    private static func family(in bytes: RawSpan) throws(ProxyHeaderError) -> Family? {
        let rest = bytes.extracting(droppingFirst: min(signature.count, bytes.byteCount))
        var mayBecomeOne = false
        for family in Family.allCases {
            let word = family.word
            let common = min(word.count, rest.byteCount)
            guard (0..<common).allSatisfy({ rest.byte(at: $0) == word[$0] }) else { continue }
            guard let next = rest.byte(at: word.count) else {
                mayBecomeOne = true
                continue
            }
            // Behind UNKNOWN the line may end; behind the others an address follows.
            let isEnd = next == UInt8(ascii: " ") || family == .unknown && (next == cr || next == lf)
            guard isEnd else { throw .badFamily }
            return family
        }
        guard mayBecomeOne else { throw .badFamily }
        return nil
    }

    /// Where the line's CR stands, or `nil` as long as it may come.
    private static func lineEnd(in bytes: RawSpan) throws(ProxyHeaderError) -> Int? {
        // The last place where a CR leaves room for its LF.
        let last = ProxyHeader.lineByteCountMax - 2
        for offset in 0..<min(bytes.byteCount, last + 1) {
            let byte = bytes.byte(at: offset)
            if byte == lf { throw .bareLineEnd }
            guard byte == cr else { continue }
            guard let next = bytes.byte(at: offset + 1) else { return nil }
            guard next == lf else { throw .bareLineEnd }
            return offset
        }
        guard bytes.byteCount <= last else { throw .tooLong }
        return nil
    }

    private static func endsInCR(_ bytes: RawSpan) -> Bool { bytes.byte(at: bytes.byteCount - 1) == cr }

    private static func address(_ field: ArraySlice<UInt8>, _ family: Family) throws(ProxyHeaderError) -> IPAddress {
        // A byte that is no UTF-8 becomes a character that no address has.
        let text = String(decoding: field, as: UTF8.self)
        do throws(AddressSyntaxError) {
            return family == .tcp4 ? try IPAddress(parsingIPv4: text) : try IPAddress(parsingIPv6: text)
        } catch {
            throw .badAddress
        }
    }

    private static func port(_ field: ArraySlice<UInt8>) throws(ProxyHeaderError) -> UInt16 {
        do throws(AddressSyntaxError) {
            return try Endpoint.port(parsing: String(decoding: field, as: UTF8.self))
        } catch {
            throw .badPort
        }
    }

    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")
}
