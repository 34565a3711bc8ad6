import ArgumentParser
import Captures
import ConfigurationFiles
import Rehearsal

/// The command `portcullis replay CAPTURE --config FILE`.
struct ReplayCommand: ParsableCommand {
    /// How the report is written.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case human
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run recorded traffic through the rules, and show what would have happened.",
        discussion: """
            CAPTURE is a pcap or pcapng file, as tcpdump and Wireshark write them; - reads from stdin. Every TCP \
            connection in it to a listener's port is judged as if it came in now. Exits with 1 when the capture \
            cannot be read, or with --expect-clean when anything would have been dropped, delayed, closed, banned or \
            refused.
            """)

    @Argument(help: "A capture.")
    var capture: String

    @Option(help: "The service's file.")
    var config: String

    @Option(help: "Only this listener.")
    var listener: String?

    @Option(help: "The server's port in the capture, where it is not the listener's.")
    var port: UInt16?

    @Option(help: "Another service's file: shows what it would do differently.")
    var compare: String?

    @Flag(help: "Fail when anything would have been done to a player.")
    var expectClean = false

    @Option(help: "The most players to show; json shows all.")
    var players = 20

    @Option(name: .shortAndLong, help: "human or json.")
    var output = Output.human

    func validate() throws {
        guard players >= 0 else { throw ValidationError("--players takes 0 or more, not \(players)") }
    }

    func run() throws {
        let configuration = try LoadedConfiguration.loaded(config)
        let other = try compare.map { try LoadedConfiguration.loaded($0) }
        let target = try target(configuration)
        let otherTarget = try other.map { try self.target($0) }
        let ports = target.ports.union(otherTarget?.ports ?? [])

        var replay = Replay(configuration, target: target)
        var otherReplay: Replay?
        if let other, let otherTarget { otherReplay = Replay(other, target: otherTarget) }
        let (counts, breakage) = try read(ports) { event in
            replay.take(event)
            otherReplay?.take(event)
        }
        let summary = CaptureSummary(
            path: capture, counts: counts, breakage: breakage, ports: ports.sorted())
        let report = replay.finish()
        let otherReport = otherReplay.take()?.finish()
        try show(report, summary, otherReport)
        if let breakage { Terminal.printError("\(capture): breaks off: \(breakage)") }
        try judge(report, summary)
    }

    private func target(_ configuration: LoadedConfiguration) throws -> ReplayTarget {
        do {
            return try ReplayTarget(configuration, listener: listener, port: port)
        } catch {
            throw Failure(code: .usage, message: "\(error)")
        }
    }

    /// Reads the capture to its end, or to where it breaks off: what was read before is worth telling.
    private func read(
        _ ports: Set<UInt16>, _ take: (CaptureEvent) -> Void
    ) throws -> (CaptureCounts, breakage: String?) {
        var events: [CaptureEvent] = []
        var breakage: String?
        do throws(CaptureError) {
            var reader = try CaptureReader(path: capture, serverPorts: ports)
            do throws(CaptureError) {
                while try reader.read(into: &events) {
                    for event in events { take(event) }
                    events.removeAll(keepingCapacity: true)
                }
            } catch {
                breakage = "\(error)"
            }
            reader.finish(into: &events)
            for event in events { take(event) }
            return (reader.counts, breakage)
        } catch {
            throw Failure(code: .operation, message: "\(capture): \(error)")
        }
    }

    private func show(_ report: ReplayReport, _ summary: CaptureSummary, _ otherReport: ReplayReport?) throws {
        let comparison = otherReport.map { ReplayComparison(report, $0) }
        var text: String
        switch output {
        case .human:
            var words = ReplayText()
            words.playerCountMax = players
            text = words.text(of: report, summary)
            if let comparison, let compare { text += "\n\n" + words.text(of: comparison, compare) }
        case .json:
            if let comparison, let compare, let otherReport {
                text = ReplayJSON.text(of: report, summary, compared: (compare, otherReport, comparison))
            } else {
                text = ReplayJSON.text(of: report, summary)
            }
        }
        guard Terminal.print(text) else {
            throw Failure(code: .operation, message: "the result cannot be written to stdout")
        }
    }

    private func judge(_ report: ReplayReport, _ summary: CaptureSummary) throws {
        guard report.connectionCount == 0, report.refusals.isEmpty else {
            if expectClean, !report.isClean {
                throw Failure(code: .operation, message: "\(capture): not clean under \(config)")
            }
            return
        }
        // A capture of which nothing was judged is no proof of anything.
        let ports =
            (summary.ports.count == 1 ? "port " : "ports ") + summary.ports.map { "\($0)" }.joined(separator: ", ")
        var message = "\(capture): no connection to \(ports) could be judged"
        let others = summary.counts.segmentsByOtherPort.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        if !others.isEmpty {
            message += "; there are segments to port \(others.map { "\($0.key)" }.joined(separator: ", ")), "
            message += "and --port names the server's port in a capture"
        }
        if expectClean { throw Failure(code: .operation, message: message) }
        Terminal.printError(message)
    }
}

extension LoadedConfiguration {
    /// A service's files; what is wrong in them goes to stderr.
    static func loaded(_ path: String) throws -> LoadedConfiguration {
        let result = ConfigurationLoader.load(path)
        if !result.text.isEmpty { Terminal.printError(result.text) }
        guard let configuration = result.configuration else {
            throw Failure(code: .configuration, message: "\(path): \(result.errorSummary)")
        }
        return configuration
    }
}
