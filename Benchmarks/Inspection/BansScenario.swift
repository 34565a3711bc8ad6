import Glibc
import Reputation
import TestSupport
import WireBytes

/// What a million refused addresses and ten thousand networks take: memory, time to load, time to ask.
enum BansScenario {
    private static let addressCount = 1_000_000
    private static let networkCount = 10_000
    private static let askedCount = 1 << 20

    /// One JSON object a row.
    static func rows(roundCount: Int) -> [String] {
        // Loading takes a thousand times as long as a round of asking, and varies less.
        let loadCount = min(roundCount, 7)
        let mixed = [
            AddressCrowd(isIPv6: false, count: addressCount * 4 / 5, networkCount: networkCount / 2, seed: 1),
            AddressCrowd(isIPv6: true, count: addressCount / 5, networkCount: networkCount / 2, seed: 2),
        ]
        let tables: [(name: String, crowds: [AddressCrowd])] = [
            ("IPv4 addresses", [AddressCrowd(isIPv6: false, count: addressCount, networkCount: 0, seed: 3)]),
            ("IPv6 addresses", [AddressCrowd(isIPv6: true, count: addressCount, networkCount: 0, seed: 4)]),
            ("IPv4 networks", [AddressCrowd(isIPv6: false, count: 0, networkCount: networkCount, seed: 5)]),
            ("IPv6 networks", [AddressCrowd(isIPv6: true, count: 0, networkCount: networkCount, seed: 6)]),
            ("IPv4 ranges", [AddressCrowd(isIPv6: false, rangeCount: addressCount, seed: 7)]),
            ("all of these", mixed),
        ]
        return tables.flatMap { name, crowds in
            let file = ListFile(crowds)
            let load = Sample(roundCount: loadCount) { file.loadMS() }
            let map = file.load()
            return crowds.map { crowd in
                row(name, crowd, map, load, roundCount: roundCount)
            }
        }
    }

    private static func row(
        _ name: String, _ crowd: AddressCrowd, _ map: AddressMap, _ load: Sample, roundCount: Int
    ) -> String {
        let present = crowd.known(count: askedCount)
        let absent = crowd.strangers(count: askedCount).filter { !map.contains($0) }
        let presentNS = Sample(roundCount: roundCount) { nanoseconds(asking: map, present, areKnown: true) }
        let absentNS = Sample(roundCount: roundCount) { nanoseconds(asking: map, absent, areKnown: false) }
        let entryCount = map.addressCount + map.networkCount
        let bytes = Double(map.byteCount * 100 / max(1, entryCount)) / 100
        return """
            {"table": "\(name)", "entries": \(entryCount), "bytes_per_entry": \(bytes), "load_ms": \(load.json), \
            "asked": "\(crowd.isIPv6 ? "IPv6" : "IPv4")", "listed_ns": \(presentNS.json), "other_ns": \(absentNS.json)}
            """
    }

    private static func nanoseconds(asking map: AddressMap, _ addresses: [IPAddress], areKnown: Bool) -> Double {
        var foundCount = 0
        let start = threadNS()
        for address in addresses where map.contains(address) { foundCount += 1 }
        let spent = threadNS() - start
        precondition(foundCount == (areKnown ? addresses.count : 0), "\(foundCount) of \(addresses.count) found")
        return spent / Double(addresses.count)
    }
}

/// Random addresses and networks of one kind.
struct AddressCrowd {
    let isIPv6: Bool
    /// Written as ranges, from the first address to the last.
    private(set) var areRanges = false
    let networks: [IPNetwork]
    private let seed: UInt64

    /// Ranges of 4 to 256 addresses.
    init(isIPv6: Bool, rangeCount: Int, seed: UInt64) {
        self.init(isIPv6: isIPv6, count: 0, networkCount: rangeCount, seed: seed, prefixes: 120...126)
        areRanges = true
    }

    init(isIPv6: Bool, count: Int, networkCount: Int, seed: UInt64, prefixes: ClosedRange<Int>? = nil) {
        self.isIPv6 = isIPv6
        self.seed = seed
        var random = SplitMix64(seed: seed)
        var networks: [IPNetwork] = []
        for number in 0..<count + networkCount {
            let address = Self.address(isIPv6: isIPv6, using: &random)
            let prefixes = prefixes ?? (isIPv6 ? 28...64 : 108...126)
            let prefix = number < count ? 128 : Int.random(in: prefixes, using: &random)
            networks.append(IPNetwork(holding: address, prefixLength: prefix))
        }
        self.networks = networks
    }

    /// Of IPv6 those that are given to anybody: 2000::/3.
    private static func address(isIPv6: Bool, using random: inout SplitMix64) -> IPAddress {
        let (high, low) = (random.next(), random.next())
        return isIPv6
            ? IPAddress(high: 1 << 61 | high >> 3, low: low) : IPAddress(ipv4: UInt32(truncatingIfNeeded: low))
    }

    /// How a list says it.
    func line(_ network: IPNetwork) -> String {
        if network.prefixLength == 128 { return "\(network.base)" }
        guard areRanges else { return "\(network)" }
        let last = IPAddress(network.base.number | UInt128.max >> UInt128(network.prefixLength))
        return "\(network.base)-\(last)"
    }

    /// Addresses that an entry holds, in random order.
    func known(count: Int) -> [IPAddress] {
        var random = SplitMix64(seed: ~seed)
        return (0..<count).map { _ in
            let network = networks[Int(random.next() % UInt64(networks.count))]
            let low = network.prefixLength == 128 ? 0 : random.next() >> UInt64(max(64, network.prefixLength) - 64)
            return IPAddress(high: network.base.high, low: network.base.low | low)
        }
    }

    /// Addresses that most likely nobody named.
    func strangers(count: Int) -> [IPAddress] {
        var random = SplitMix64(seed: seed &+ 1_000)
        return (0..<count).map { _ in Self.address(isIPv6: isIPv6, using: &random) }
    }
}

/// A list in a file, one entry a line, which goes with the value.
final class ListFile {
    private let path = "/tmp/portcullis-benchmark-\(getpid()).txt"

    init(_ crowds: [AddressCrowd]) {
        var text: [UInt8] = []
        for crowd in crowds {
            for network in crowd.networks { text.append(contentsOf: (crowd.line(network) + "\n").utf8) }
        }
        let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "\(path) cannot be made: errno \(errno)")
        defer { close(descriptor) }
        var written = 0
        while written < text.count {
            // Safe: the array is alive for the call, and the count is what is left of it.
            let count = unsafe text.withUnsafeBytes { bytes in
                unsafe write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            }
            precondition(count > 0, "\(path) cannot be written: errno \(errno)")
            written += count
        }
    }

    deinit { unsafe unlink(path) }

    /// Reads the file and makes the map.
    func load() -> AddressMap {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        precondition(descriptor >= 0, "\(path) cannot be read: errno \(errno)")
        defer { close(descriptor) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            // Safe: the buffer's own count bounds the call.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            precondition(count >= 0, "\(path) cannot be read: errno \(errno)")
            if count == 0 { break }
            text.append(contentsOf: chunk[..<count])
        }
        var builder = AddressMapBuilder()
        let reading = builder.read(text.span)
        precondition(reading.mistakeCount == 0, "\(reading.mistakes.first as Any)")
        return builder.build()
    }

    /// Milliseconds of CPU that this takes.
    func loadMS() -> Double {
        let start = threadNS()
        let map = load()
        let spent = threadNS() - start
        precondition(!map.isEmpty, "the list is empty")
        return spent / 1e6
    }
}
