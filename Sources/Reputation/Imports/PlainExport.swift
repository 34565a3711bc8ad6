import WireBytes

/// A list of addresses, networks and ranges, in any format that lists have.
enum PlainExport {
    static func read(_ bytes: [UInt8]) -> BanImportReading {
        var reading = BanImportReading(format: .plain)
        let list = ListText.read(bytes.span, entryCountMax: BanImportReading.entryCountMax) { entry, line in
            switch entry {
            case .network(let network):
                reading.take(BanImport(subject: .network(network), line: line), nowWallUS: 0)
            case .range(let first, let last):
                for network in IPNetwork.covering(first, last) {
                    reading.take(BanImport(subject: .network(network), line: line), nowWallUS: 0)
                }
            }
        }
        for mistake in list.mistakes {
            reading.note(BanImportMistake(line: mistake.line, "column \(mistake.column): \(mistake.kind.description)"))
        }
        reading.mistakeCount = list.mistakeCount
        return reading
    }
}

extension IPNetwork {
    /// The fewest networks that hold what lies from one address to another and nothing else: at most 254, in order.
    static func covering(_ first: IPAddress, _ last: IPAddress) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        var start = first.number
        while start <= last.number {
            let left = last.number - start
            // As large as the place where it begins lets it be, and no larger than what is left.
            var bitCount = min(start.trailingZeroBitCount, 128)
            if left < .max { bitCount = min(bitCount, 127 - (left + 1).leadingZeroBitCount) }
            networks.append(IPNetwork(holding: IPAddress(start), prefixLength: 128 - bitCount))
            let (next, isOver) = start.addingReportingOverflow(bitCount == 128 ? 0 : 1 << UInt128(bitCount))
            guard !isOver, next > start else { break }
            start = next
        }
        return networks
    }
}
