import Glibc
import Synchronization
import Testing

/// How many seeds are tried, and where they begin.
enum Seeds {
    /// Set to try more or fewer in all.
    static let count = number("PORTCULLIS_SEEDS") ?? 3_000
    /// Set to replay one.
    static let replayed = number("PORTCULLIS_SEED")
    static let groupCount = 6

    static func group(_ number: Int) -> Range<Int> {
        let each = (count + groupCount - 1) / groupCount
        return number * each..<min(count, (number + 1) * each)
    }

    private static func number(_ name: String) -> Int? {
        guard let text = getenv(name) else { return nil }
        return Int(String(cString: text))
    }
}

@Suite("Random runs")
struct SeedTests {
    private struct Sum {
        var groupCount = 0
        var connectionCount = 0
        var packetCount: UInt64 = 0
    }

    /// Over all groups; the last to end prints it.
    private static let sum = Mutex(Sum())

    @Test(
        "whatever a seed brings, only allowed bytes pass, in order, and every connection ends and is named",
        .enabled(if: Seeds.replayed == nil), arguments: 0..<Seeds.groupCount)
    func seeds(group: Int) throws {
        var connectionCount = 0
        var packetCount: UInt64 = 0
        var failureCount = 0
        let seeds = Seeds.group(group)
        for seed in seeds {
            let run = try RandomRun(seed: UInt64(seed))
            let complaints = run.complaints()
            connectionCount += run.world.records.count
            let counts = run.world.shared.counters.reading.packetCounts
            packetCount += counts.inbound + counts.outbound
            guard !complaints.isEmpty else { continue }
            failureCount += 1
            Issue.record(
                """
                seed \(seed): \(complaints.joined(separator: "\n"))
                replay: PORTCULLIS_SEED=\(seed) swift test --filter SimulatorTests
                """)
            if failureCount == 3 { break }
        }
        Self.sum.withLock { sum in
            sum.groupCount += 1
            sum.connectionCount += connectionCount
            sum.packetCount += packetCount
            guard sum.groupCount == Seeds.groupCount else { return }
            print("simulator: \(Seeds.count) seeds, \(sum.connectionCount) connections, \(sum.packetCount) packets")
        }
        #expect(connectionCount > 0 || seeds.isEmpty)
    }

    @Test("a replayed seed shows what happened", .enabled(if: Seeds.replayed != nil))
    func replay() throws {
        let run = try RandomRun(seed: UInt64(Seeds.replayed ?? 0), traces: true)
        let complaints = run.complaints()
        for line in run.world.network.trace ?? [] { print(line) }
        #expect(complaints == [])
    }
}
