import ConfigurationFiles
import DataPlane
import Events
import Glibc
import Records
import Reputation
import RuleEngine
import Settings
import WireBytes

/// Portcullis itself, as `portcullis run` runs it: the shipped rules, real workers, real logs.
final class Gate {
    /// Where players connect.
    let endpoint: Endpoint
    /// What was reported so far.
    private(set) var ledger = Ledger()

    private let service: Service
    private let recorder: Recorder
    private let noticesFile: Int32

    /// Loads the rules and begins to listen in front of the world.
    init(world: Endpoint, rulesFolder: String, logs: LogFolder) throws(SetupFailure) {
        let host = IPAddress(ipv4: 0x7F00_0001)
        endpoint = Endpoint(host, port: try LoopbackSocket.freePort(on: host))
        let file = ServiceFile(gate: endpoint, world: world, rulesFolder: rulesFolder, logFolder: logs.path)
        try logs.write(file.text, to: "portcullis.yaml")
        let result = ConfigurationLoader.load("\(logs.path)/portcullis.yaml")
        guard let configuration = result.configuration else { throw .rulesInvalid(result.text) }
        noticesFile = try logs.open("notices.log")
        do {
            recorder = try Recorder(
                settings: configuration.settings.logs, processID: getpid(), noticeDescriptor: noticesFile)
            var random = SystemRandomNumberGenerator()
            let shared = SharedState(
                reputation: ReputationBook(settings: configuration.settings.reputation, seed: random.next()),
                buckets: SharedBuckets(capacity: 4_096), events: EventQueue(), instance: random.next())
            service = try Service(
                plan: ServicePlan(settings: configuration.settings, rulesets: configuration.rulesets),
                workerCount: 2, shared: shared)
        } catch {
            throw .service("\(error)")
        }
    }

    /// Writes what has happened since the last time.
    ///
    /// - Returns: the addresses that were banned.
    func record() -> [IPAddress] {
        let (events, leftOutCount) = service.shared.events.take()
        recorder.record(events, leftOutCount: leftOutCount, nowUS: Clock.wallUS)
        return ledger.record(events, leftOutCount: leftOutCount)
    }

    /// Ends everything, and writes what is left to write.
    func stop() {
        service.stop()
        service.join()
        _ = record()
        recorder.finish(nowUS: Clock.wallUS)
        close(noticesFile)
    }
}
