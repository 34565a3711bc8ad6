import Testing

extension EndToEnd {
    /// The counters of `PacketPathTests` see functions; the kernel's side of the same way is seen here.
    @Suite("The packet path, traced")
    struct SystemCallTests {
        @Test("in the kernel's eyes a packet is received and sent, and its worker waits: no other system call")
        func traced() throws {
            let strace = try #require(
                Tools.strace, "strace is not installed: packaging/install-packages test does that")
            let relay = try CountedRelay(.full(), isCounted: false)
            for number in 0..<20 { try relay.echo(number) }
            let folder = try Scratch()
            let process = relay.relay.child.process.processIdentifier
            let tracer = try Child(strace, ["-f", "-o", folder.path + "/calls", "-p", "\(process)"])
            try eventually("strace is attached: \(tracer.err)") {
                tracer.err.contains("attached") || !tracer.process.isRunning ? true : nil
            }
            guard tracer.process.isRunning else {
                try Test.cancel("this machine lets nobody trace a process: \(tracer.err)")
            }
            let roundTripCount = 200
            for number in 0..<roundTripCount { try relay.echo(number) }
            // Each call is written when it has returned, which is after its effect was seen here.
            var counts: [String: Int] = [:]
            try eventually("all of it is written: \(counts)") {
                counts = Self.callsOfWorker(in: folder.text("calls"))
                return counts["sendto", default: 0] >= 2 * roundTripCount ? true : nil
            }
            // It ends by being killed with the test, and the traced program goes on.
            // What epoll_wait is called differs by machine.
            let waits = counts.filter { $0.key.hasPrefix("epoll_") && $0.key.contains("wait") }
            let others = Set(counts.keys).subtracting(waits.keys).subtracting(["recvfrom", "sendto"])
            #expect(others.isEmpty, "\(counts)")
            #expect(counts["recvfrom"] == 2 * roundTripCount && counts["sendto"] == 2 * roundTripCount, "\(counts)")
            // One more: it waits when the tracer comes.
            #expect(waits.values.reduce(0, +) <= 2 * roundTripCount + 1, "\(counts)")
        }

        /// How often each system call was begun by the thread that waits for events.
        private static func callsOfWorker(in trace: String) -> [String: Int] {
            var calls: [Substring: [String: Int]] = [:]
            // 4711  recvfrom(10, ...   4711  <... epoll_wait resumed> ...   4711  --- SIGCHLD ...
            for line in trace.split(separator: "\n") {
                // Short numbers of processes are padded with spaces.
                let cells = line.split(separator: " ")
                guard cells.count >= 2, let name = cells[1].split(separator: "(").first, cells[1].contains("("),
                    name.allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "_" })
                else { continue }
                calls[cells[0], default: [:]][String(name), default: 0] += 1
            }
            return calls.values.first { $0.keys.contains { $0.hasPrefix("epoll_") } } ?? [:]
        }
    }
}
