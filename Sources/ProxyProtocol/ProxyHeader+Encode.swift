import WireBytes

extension ProxyHeader {
    /// The header's bytes.
    ///
    /// The header is what our own code made, so what it cannot hold is a bug and traps: more than 65,535 bytes behind
    /// the first 16, a unique id of more than 128 bytes, a path of more than 108, a value of a kind that has its own
    /// place (checksum, TLS).
    ///
    /// Cost: one allocation.
    public func encoded() -> [UInt8] {
        switch version {
        case .v1: HeaderLine.encode(addresses)
        case .v2: BinaryHeader.encode(self)
        }
    }
}

extension HeaderLine {
    static func encode(_ addresses: ProxyAddresses) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(ProxyHeader.lineByteCountMax)
        append("PROXY ", to: &line)
        if case .tcp(let source, let destination) = addresses {
            let isIPv4 = source.address.isIPv4 && destination.address.isIPv4
            append(isIPv4 ? "TCP4" : "TCP6", to: &line)
            for endpoint in [source, destination] {
                line.append(UInt8(ascii: " "))
                if isIPv4 {
                    endpoint.address.appendText(to: &line)
                } else {
                    endpoint.address.appendIPv6Text(to: &line)
                }
            }
            for endpoint in [source, destination] {
                line.append(UInt8(ascii: " "))
                Endpoint.appendPort(endpoint.port, to: &line)
            }
        } else {
            append("UNKNOWN", to: &line)
        }
        append("\r\n", to: &line)
        return line
    }

    private static func append(_ text: String, to line: inout [UInt8]) {
        for character in text.utf8 { line.append(character) }
    }
}
