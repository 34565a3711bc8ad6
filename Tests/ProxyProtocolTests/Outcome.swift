import ProxyProtocol
import WireBytes

/// What a decoder said, errors among it, so that outcomes can be compared.
enum Outcome: Equatable {
    case needs(Int)
    case header(ProxyHeader, byteCount: Int)
    case error(ProxyHeaderError)

    init(of bytes: some Collection<UInt8>, byteCountMax: Int = ProxyHeader.byteCountMax) {
        let bytes = Array(bytes)
        do throws(ProxyHeaderError) {
            switch try ProxyHeader.decode(bytes.span.bytes, byteCountMax: byteCountMax) {
            case .needs(let byteCount): self = .needs(byteCount)
            case .header(let header, let byteCount): self = .header(header, byteCount: byteCount)
            }
        } catch {
            self = .error(error)
        }
    }

    init(line: String) {
        self.init(of: Array(line.utf8))
    }

    var isNeeds: Bool {
        if case .needs = self { true } else { false }
    }

    var header: ProxyHeader? {
        if case .header(let header, _) = self { header } else { nil }
    }
}

/// The bytes of a hexadecimal text.
func hex(_ text: String) -> [UInt8] {
    do { return try HexPattern(parsing: text).bytes } catch { preconditionFailure("\(text): \(error)") }
}

/// An endpoint that the test's author wrote.
func endpoint(_ text: String) -> Endpoint {
    do { return try Endpoint(parsing: text) } catch { preconditionFailure("\(text): \(error)") }
}

/// Version 2's first twelve bytes.
let signature = hex("0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a")

/// A header of version 2 for 192.0.2.1:1024 to 192.0.2.2:7801, with these bytes behind the addresses.
func tcp4(_ tail: [UInt8]) -> [UInt8] {
    let length = 12 + tail.count
    return signature + [0x21, 0x11, UInt8(length >> 8), UInt8(length & 0xFF)]
        + hex("c0 00 02 01 c0 00 02 02 04 00 1e 79") + tail
}

/// One TLV.
func tlv(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
    [type, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
}
