import WireBytes

@testable import KernelBans

/// A packet filter that notes what it is given.
final class FakeFilter: PacketFilter {
    var runs: [String] = []
    var number: Int64 = 1
    var failure: KernelBanError?
    /// What the table looks like without elements; `nil` when there is none.
    var shape: String? = "shape"
    /// What a whole listing says.
    var listing = ""
    /// How often it was listed.
    var listCount = 0
    /// Somebody else changes something during the next run.
    var isDisturbed = false

    func generation() throws(KernelBanError) -> Int64 { number }

    func run(_ commands: String) throws(KernelBanError) {
        if let failure { throw failure }
        runs.append(commands)
        number += isDisturbed ? 2 : 1
        isDisturbed = false
    }

    func list(_ table: String, shapeOnly: Bool) throws(KernelBanError) -> [UInt8]? {
        listCount += 1
        return shape.map { Array((shapeOnly ? $0 : listing).utf8) }
    }

    /// Everything since the last time, a command a line.
    func take() -> [String] {
        defer { runs = [] }
        return runs.flatMap { $0.split(separator: "\n").map(String.init) }
    }
}

extension KernelEntry {
    /// An entry that lasts so many seconds from 0.
    init(_ network: String, seconds: UInt64? = nil) throws {
        self.init(try IPNetwork(parsing: network), untilNS: seconds.map { $0 * 1_000_000_000 } ?? .max)
    }
}

extension KernelChange {
    static func ban(_ network: String, seconds: UInt64? = nil) throws -> KernelChange {
        let entry = try KernelEntry(network, seconds: seconds)
        return KernelChange(.banned, entry.network, untilNS: entry.untilNS)
    }

    static func unban(_ network: String) throws -> KernelChange {
        KernelChange(.banned, try IPNetwork(parsing: network), untilNS: nil)
    }
}
