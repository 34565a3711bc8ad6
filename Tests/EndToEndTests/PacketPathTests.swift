import Testing

extension EndToEnd {
    /// What a packet costs in things that can be counted: they are the same on every machine, and so is the limit.
    ///
    /// What is not in a budget may not happen at all: no heap allocation, no retain or release, no exclusivity check,
    /// no lock, no other system call (`Tests/Counters/functions.h` lists all that is counted). When a test here fails,
    /// its message names the functions and who called them.
    @Suite(
        "The packet path, counted",
        .enabled(if: CountedProgram.isCountable, "Tests/Counters is written for x86-64, and this is another machine"))
    struct PacketPathTests {
        /// Most calls of a round trip.
        typealias Budget = [String: Int]

        /// One packet each way, when nobody else speaks.
        private static let roundTrip: Budget = [
            // On each side one read, since a short one was the last under edge triggering, and one send.
            "syscall": 4,
            // One wake-up for each side, which connections that speak at once share.
            "epoll_wait": 2,
            // No system call: the time of each batch.
            "clock_gettime": 2,
        ]

        @Test("a packet there and one back take four system calls and two waits, and nothing else")
        func lockStep() throws {
            let relay = try CountedRelay(.full())
            try expect(Self.roundTrip, of: relay) { try relay.echo($0) }
        }

        @Test("sixteen packets in one read leave in one send, and cost no more system calls than one")
        func pipelined() throws {
            let relay = try CountedRelay(.full())
            try expect(Self.roundTrip, of: relay) { number in
                try relay.echo((0..<16).flatMap { relay.packet(number + $0, byteCount: 64) })
            }
        }

        @Test("without a protocol nothing is allocated or retained either")
        func bare() throws {
            let relay = try CountedRelay(nil)
            try expect(Self.roundTrip, of: relay) { try relay.echo($0) }
        }

        @Test("a packet in two pieces that rules read whole takes the memory in which it is put together")
        func twoPieces() throws {
            let relay = try CountedRelay(.full())
            let budget: Budget = [
                // The server's packet goes on as it comes, in two sends, because no rule reads it.
                "syscall": 7, "epoll_wait": 4, "clock_gettime": 4,
                // The first piece is copied to a block of its size, which grows once to take a whole read behind it.
                "swift_slowAlloc": 2, "posix_memalign": 2, "swift_slowDealloc": 2, "free": 2,
            ]
            try expect(budget, of: relay, roundTripCount: 100) { number in
                let packet = relay.packet(number, byteCount: 96)
                let before = try relay.counters.whenWaiting()
                try relay.player.send(Array(packet[..<50]))
                _ = try relay.counters.whenWaiting { $0["syscall"] > before["syscall"] }
                try relay.player.send(Array(packet[50...]))
                #expect(try relay.game.receive(96) == packet)
                for piece in [packet[..<50], packet[50...]] {
                    try relay.game.send(Array(piece))
                    #expect(try relay.player.receive(piece.count) == Array(piece))
                }
            }
        }

        @Test("a packet of a hundred thousand bytes that no rule reads passes in ten pieces and is kept nowhere")
        func larger() throws {
            let relay = try CountedRelay(.full(lengthByteCount: 4, serverMost: "1MiB"))
            let answer = relay.packet(0, byteCount: 100_000)
            let budget: Budget = ["syscall": 22, "epoll_wait": 11, "clock_gettime": 11]
            try expect(budget, of: relay, roundTripCount: 100) { number in
                let question = relay.packet(number, byteCount: 96)
                try relay.player.send(question)
                #expect(try relay.game.receive(96) == question)
                for start in stride(from: 0, to: answer.count, by: 10_000) {
                    let piece = Array(answer[start..<start + 10_000])
                    try relay.game.send(piece)
                    #expect(try relay.player.receive(piece.count) == piece)
                }
            }
        }

        @Test(
            "the counters see memory, reference counts and system calls where there are some: a connection that opens")
        func opening() throws {
            let relay = try CountedRelay(.full())
            let before = try relay.counters.whenWaiting()
            let player = try relay.relay.connect()
            try player.send(relay.packet(0, byteCount: 64))
            let opening = try relay.counters.whenWaiting { $0["connect"] > before["connect"] } - before
            for name in ["malloc", "swift_retain", "swift_release", "swift_allocObject", "accept4", "epoll_ctl"] {
                #expect(opening[name] > 0, "\(name) of \(opening.calls)")
            }
        }

        /// Counts two rows of round trips, once everything that happens only once has happened.
        private func expect(
            _ budget: Budget, of relay: CountedRelay, roundTripCount: Int = 2_000,
            sourceLocation: SourceLocation = #_sourceLocation, _ roundTrip: (Int) throws -> Void
        ) throws {
            for number in 0..<roundTripCount { try roundTrip(number) }
            var counts = [try relay.counters.whenWaiting()]
            for _ in 0..<2 {
                for number in 0..<roundTripCount { try roundTrip(number) }
                counts.append(try relay.counters.whenWaiting())
            }
            for (later, earlier) in zip(counts.dropFirst(), counts) {
                let difference = later - earlier
                #expect(
                    difference["syscall"] >= 4 * roundTripCount,
                    "nothing is counted: \(difference.calls)", sourceLocation: sourceLocation)
                let excess = difference.calls.filter { $0.value > roundTripCount * budget[$0.key, default: 0] }
                guard !excess.isEmpty else { continue }
                let lines = excess.sorted { $0.key < $1.key }.map { name, count in
                    "\(name): \(count) calls in \(roundTripCount) round trips, most \(budget[name, default: 0]) each"
                }
                let ways = try relay.counters.ways {
                    for number in 0..<roundTripCount { try roundTrip(number) }
                }
                let callers = try Self.callers(ways.filter { excess[$0.function] != nil }, relay)
                Issue.record(
                    "\((lines + ["who calls them:"] + callers).joined(separator: "\n"))",
                    sourceLocation: sourceLocation)
                return
            }
        }

        /// The most frequent ways to the functions, in words.
        private static func callers(_ ways: [Counters.Way], _ relay: CountedRelay) throws -> [String] {
            let names = try CallerNames(of: relay.relay.child.process.processIdentifier)
            return ways.sorted { $0.count > $1.count }.prefix(12).flatMap { way in
                ["  \(way.function), \(way.count) times:"]
                    + names.lines(Array(way.frames.prefix(6))).map { "    \($0)" }
            }
        }
    }
}

private func + (left: [String: Int], right: [String: Int]) -> [String: Int] {
    left.merging(right, uniquingKeysWith: +)
}
