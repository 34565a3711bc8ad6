import Reputation
import WireBytes

/// A subject as the key of a row: IPv4 in 6 bytes, IPv6 in 18, an account as its kind and its name.
///
/// Shape: a byte for the kind, the address with its most significant byte first, the prefix. The order of the bytes is
/// that of ``Subject`` within a kind, so that neighbours stand on one page.
enum SubjectKey {
    private static let ipv4: UInt8 = 0x34
    private static let ipv6: UInt8 = 0x36
    private static let account: UInt8 = 0x61

    static func bytes(of subject: Subject) -> [UInt8] {
        switch subject {
        case .network(let network): bytes(of: network)
        case .account(let name): [account] + name.text.utf8
        }
    }

    static func bytes(of network: IPNetwork) -> [UInt8] {
        var key: [UInt8] = []
        if let bits = network.base.ipv4, network.prefixLength >= 96 {
            key.reserveCapacity(6)
            key.append(ipv4)
            for shift in stride(from: UInt32(24), through: 0, by: -8) {
                key.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
            key.append(UInt8(network.prefixLength - 96))
        } else {
            key.reserveCapacity(18)
            key.append(ipv6)
            append(network.base, to: &key)
            key.append(UInt8(network.prefixLength))
        }
        return key
    }

    /// The 16 bytes of an address, the most significant first.
    static func append(_ address: IPAddress, to bytes: inout [UInt8]) {
        for word in [address.high, address.low] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
    }

    /// `nil` for bytes that are no subject's key.
    static func subject(_ key: RawSpan) -> Subject? {
        if key.byte(at: 0) == account {
            let name = key.extracting(1..<key.byteCount).copied()
            return String(validating: name, as: UTF8.self).flatMap { AccountName($0) }.map(Subject.account)
        }
        return network(key).map(Subject.network)
    }

    /// `nil` for bytes that are no network's key.
    static func network(_ key: RawSpan) -> IPNetwork? {
        let address: IPAddress
        let prefix: Int
        switch (key.byte(at: 0), key.byteCount) {
        case (ipv4, 6):
            guard let bits = key.unsignedInteger(at: 1, byteCount: 4, littleEndian: false) else { return nil }
            address = IPAddress(ipv4: UInt32(truncatingIfNeeded: bits))
            prefix = 96 + Int(key.byte(at: 5) ?? .max)
        case (ipv6, 18):
            var offset = 1
            guard let read = readAddress(key, &offset) else { return nil }
            address = read
            prefix = Int(key.byte(at: 17) ?? .max)
        default: return nil
        }
        guard prefix <= 128 else { return nil }
        let network = IPNetwork(holding: address, prefixLength: prefix)
        return network.base == address ? network : nil
    }

    /// The 16 bytes of an address.
    static func readAddress(_ bytes: RawSpan, _ offset: inout Int) -> IPAddress? {
        guard let high = bytes.unsignedInteger(at: offset, byteCount: 8, littleEndian: false),
            let low = bytes.unsignedInteger(at: offset + 8, byteCount: 8, littleEndian: false)
        else { return nil }
        offset += 16
        return IPAddress(high: high, low: low)
    }

    /// The places of keys in the order of their bytes.
    ///
    /// Cost: a million in less than a second; what two keys have in their first 16 bytes is compared as two numbers.
    static func order(of keys: [[UInt8]]) -> [Int] {
        let places = keys.enumerated().map { index, key in
            KeyPlace(high: number(key.prefix(8)), low: number(key.dropFirst(8).prefix(8)), index: index)
        }
        return places.sorted { left, right in
            if left.high != right.high { return left.high < right.high }
            if left.low != right.low { return left.low < right.low }
            return keys[left.index].lexicographicallyPrecedes(keys[right.index])
        }.map(\.index)
    }

    private struct KeyPlace {
        var high: UInt64
        var low: UInt64
        var index: Int
    }

    /// Up to eight bytes, the first one in the highest place.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var number: UInt64 = 0
        for byte in bytes { number = number << 8 | UInt64(byte) }
        return number << UInt64(8 * (8 - bytes.count))
    }
}
