import Glibc
import Reputation
import Settings
import StateStore
import TestSupport
import WireBytes

/// What a million bans take on disk and in memory, and how long it takes to write them and to have them in force again.
enum StateScenario {
    private static let banCount = 1_000_000
    private static let wallUS: Int64 = 1_777_636_800_000_000
    private static let nowNS: UInt64 = 10_000_000_000_000

    /// One JSON object a row.
    static func rows(roundCount: Int) -> [String] {
        let roundCount = min(roundCount, 3)
        let crowds = [
            ("IPv4 addresses", AddressCrowd(isIPv6: false, count: banCount, networkCount: 0, seed: 7)),
            ("IPv6 /64", AddressCrowd(isIPv6: true, count: banCount, networkCount: 0, seed: 8)),
        ]
        return crowds.map { name, crowd in row(name, entries(crowd), roundCount: roundCount) }
    }

    /// Bans as rules make them: each with its connection and its packet, and some that were banned before.
    private static func entries(_ crowd: AddressCrowd) -> [StoredEntry] {
        var random = SplitMix64(seed: 9)
        let rules = [("too-many-logins", "C_LOGIN_ARBITER"), ("chat-flood", "C_CHAT"), ("bad-length", "C_MOVE")]
        var seen: Set<IPNetwork> = []
        return crowd.networks.compactMap { network in
            let subject = IPNetwork(holding: network.base, prefixLength: network.base.isIPv4 ? 128 : 64)
            guard seen.insert(subject).inserted else { return nil }
            let (rule, packet) = rules[Int(random.next() % 3)]
            var entry = StoredEntry(subject: .network(subject))
            entry.ban = StoredBan(
                address: network.base, startedWallUS: wallUS - Int64(random.next() % 3_600_000_000),
                untilWallUS: wallUS + 600_000_000 + Int64(random.next() % 86_400_000_000), number: 1, kind: .hard,
                cause: BanCause(
                    origin: .ladder, ruleID: 104, ruleName: rule, packet: packet,
                    connection: String(random.next() >> 8, radix: 16)))
            if random.next() % 4 == 0 { entry.pastEndsWallUS = [wallUS - 86_400_000_000] }
            return entry
        }
    }

    private static func row(_ name: String, _ entries: [StoredEntry], roundCount: Int) -> String {
        let file = StateFile()
        // Most of it is the disk's, and varies with that.
        let writeMS = Sample(roundCount: 1) {
            file.remove()
            let store = file.store()
            let start = wallClockNS()
            do { try store.rewrite(StateSnapshot(entries: entries), nowNS: nowNS, nowWallUS: wallUS) } catch {
                preconditionFailure("the bans cannot be written: \(error)")
            }
            return (wallClockNS() - start) / 1e6
        }
        let byteCount = file.byteCount
        let restoreMS = Sample(roundCount: roundCount) {
            let start = threadNS()
            let book = restored(file, expecting: entries.count)
            let spent = (threadNS() - start) / 1e6
            withExtendedLifetime(book) {}
            return spent
        }
        let memory = file.memoryByteCount(count: entries.count)
        file.remove()
        return """
            {"bans": "\(name)", "count": \(entries.count), "restore_ms": \(restoreMS.json), "write_ms": \(writeMS.json), \
            "file_bytes_per_ban": \(perBan(byteCount, entries.count)), \
            "memory_bytes_per_ban": \(perBan(memory, entries.count))}
            """
    }

    private static func perBan(_ byteCount: Int, _ count: Int) -> Double {
        Double(byteCount * 10 / max(1, count)) / 10
    }

    /// Opens the file and puts all of it into a book, as the program does before it listens.
    private static func restored(_ file: StateFile, expecting count: Int) -> ReputationBook {
        var settings = ReputationSettings()
        settings.addressCountMax = banCount
        let book = ReputationBook(settings: settings, seed: 1)
        book.synchronise(nowNS: nowNS, wallUS: wallUS)
        let store = file.store()
        book.reserve(store.entryCount)
        do {
            let contents = try store.load(nowWallUS: wallUS) { book.restore($0, nowNS: nowNS) }
            precondition(contents.entryCount == count, "\(contents.entryCount) of \(count) came back")
        } catch { preconditionFailure("the bans cannot be read: \(error)") }
        precondition(book.counts.banCount == count, "\(book.counts.banCount) of \(count) are in force")
        return book
    }

    private static func wallClockNS() -> Double {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) * 1e9 + Double(now.tv_nsec)
    }

    /// Says how much memory a program has more for having these bans in force; for a program of its own, because what
    /// others freed before would be used again.
    static func printMemory(path: String, count: Int) {
        let before = residentByteCount()
        let book = restored(StateFile(path: path), expecting: count)
        print(residentByteCount() - before)
        withExtendedLifetime(book) {}
    }

    /// The second number of statm is resident pages.
    private static func residentByteCount() -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let numbers = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split(separator: UInt8(ascii: " "))
        return numbers.count > 1 ? (Int(String(decoding: numbers[1], as: UTF8.self)) ?? 0) * 4_096 : 0
    }
}

/// A file of state, which goes with the value.
private final class StateFile {
    private let path: String
    private let isOwn: Bool

    init(path: String? = nil) {
        isOwn = path == nil
        self.path = path ?? "/tmp/portcullis-benchmark-\(getpid()).db"
    }

    deinit { if isOwn { remove() } }

    /// What ``StateScenario/printMemory(path:count:)`` says in a program of its own.
    func memoryByteCount(count: Int) -> Int {
        let command = "'\(CommandLine.arguments[0])' memory '\(path)' \(count)"
        guard let pipe = unsafe popen(command, "r") else {
            preconditionFailure("no program could be started: \(errno)")
        }
        defer { unsafe pclose(pipe) }
        var line = [CChar](repeating: 0, count: 64)
        guard unsafe fgets(&line, Int32(line.count), pipe) != nil else { return 0 }
        let digits = line.prefix { $0 > 32 }.map { UInt8(bitPattern: $0) }
        return Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }

    func store() -> StateStore {
        let store = StateStore(StateSettings(file: path), nowNS: 0, nowWallUS: 0)
        precondition(store.health.isOnDisk, "\(store.takeNotices().map(\.text))")
        return store
    }

    func remove() {
        for name in ["", "-wal", "-shm", ".lock"] { unsafe unlink(path + name) }
    }

    var byteCount: Int {
        var status = stat()
        precondition(unsafe stat(path, &status) == 0, "\(path) is not there: errno \(errno)")
        return Int(status.st_size)
    }
}
