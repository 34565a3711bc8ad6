import CLinux
import ConfigurationFiles
import ControlPlane
import DataPlane
import Events
import Glibc
import KernelBans
import Operations
import Records
import Reputation
import RuleEngine
import Settings
import WireBytes

/// The running program: the service, its records, and what signals ask of them.
final class Daemon {
    /// How often events are written and ended bans are looked for.
    private static let tickMS: Int32 = 100

    private let file: String
    private let isShadow: Bool
    let service: Service
    private let replaced: ReplacedFiles
    private var recorder: Recorder
    private var logs: LogSettings
    private var isDraining = false
    private let kernel = KernelGuard()
    private var control: ControlServer?
    private let writer: StateWriter
    /// What the control socket asks for.
    let operations: Operations
    /// What only a start takes up.
    private let fixed: (state: StateSettings?, admin: AdminSettings?)

    /// Reads the file and starts everything.
    ///
    /// - Throws: `Failure` with what is wrong: the files, a log, a listener.
    init(file: String, workerCount: Int, isShadow: Bool) throws {
        self.file = file
        self.isShadow = isShadow
        let result = ConfigurationLoader.load(file, shadow: isShadow)
        if !result.text.isEmpty { Terminal.printError(result.text) }
        guard let configuration = result.configuration else {
            throw Failure(code: .configuration, message: "\(file): \(result.errorSummary); nothing was started")
        }
        logs = configuration.settings.logs
        fixed = (configuration.settings.state, configuration.settings.admin)
        do {
            recorder = try Recorder(settings: logs, processID: getpid())
        } catch {
            throw Failure(code: .operation, message: "\(error)")
        }
        var random = SystemRandomNumberGenerator()
        let shared = SharedState(
            reputation: ReputationBook(settings: configuration.settings.reputation, seed: random.next()),
            buckets: SharedBuckets(capacity: Self.sharedBucketCount), events: EventQueue(), instance: random.next(),
            known: KnownPlayers(settings: configuration.settings.reputation.known))
        let plan = ServicePlan(
            settings: configuration.settings, rulesets: configuration.rulesets, lists: configuration.lists,
            atlas: configuration.atlas)
        writer = Self.makeWriter(configuration.settings.state, shared)
        do {
            service = try Service(plan: plan, workerCount: workerCount, shared: shared)
            replaced = ReplacedFiles(service, configuration)
            try replaced.start()
        } catch {
            throw Failure(code: .operation, message: "\(error)")
        }
        operations = Operations(
            service: service, writer: writer, clock: Self.clock, version: Version.text, kernel: kernel)
        // Who is in and was banned in what could only be read late must go.
        writer.afterLateLoad { [service] in service.reconsiderAllowed() }
        writer.start()
        let places = configuration.settings.listeners.map { "\($0.name) \($0.bind)" }.joined(separator: ", ")
        let workers = "\(workerCount.counted("worker")) \(workerCount == 1 ? "listens" : "listen")"
        notice(.info, "started", "\(workers): \(places)\(isShadow ? "; in shadow" : "")")
        noticeLists(configuration.lists)
        noticeGeo(configuration)
        try takeCommands(configuration.settings.admin)
        // The last one, so that nothing stays in the kernel when the start fails.
        followKernel(configuration.settings)
    }

    /// Opens the control socket, where the file has one.
    private func takeCommands(_ admin: AdminSettings?) throws {
        guard let admin else { return }
        do {
            let server = try ControlServer(
                path: FilePath.join(FilePath.folder(of: file), admin.socket), group: admin.group,
                service: OperationsService(operations, processID: getpid()))
            control = server
            notice(.info, "control", "commands are taken at \(server.path)")
        } catch {
            throw Failure(code: .operation, message: "\(error)")
        }
    }

    /// Buckets that connections share.
    private static let sharedBucketCount = 65_536

    /// The most memory that the service can be made to take.
    static func memoryBound(_ configuration: LoadedConfiguration, workerCount: Int) -> MemoryBound {
        let plan = ServicePlan(
            settings: configuration.settings, rulesets: configuration.rulesets, lists: configuration.lists,
            atlas: configuration.atlas)
        var bound = plan.memoryBound(
            workerCount: workerCount, sharedBucketCount: sharedBucketCount, eventCount: EventQueue.defaultCapacity)
        let settings = configuration.settings
        if settings.kernel != nil {
            bound.kernel = KernelBounds.byteCountMax(banCount: settings.reputation.addressCountMax)
        }
        return bound
    }

    /// Serves until a signal has ended the last connection.
    func serve(until signals: Signals) {
        while !service.isFinished {
            switch signals.next(withinMS: Self.tickMS) {
            case SIGHUP: reload()
            case SIGUSR1:
                recorder.reopen(nowUS: clinux_wall_us())
                notice(.info, "logs-reopened", "every log is written to its path again")
            case SIGTERM, SIGINT: end()
            default: break
            }
            record()
        }
        service.join()
        control?.stop()
        record()
        writer.stop()
        notice(.info, "stopped", "every connection has ended")
        record()
        recorder.finish(nowUS: clinux_wall_us())
    }

    private func end() {
        if isDraining {
            notice(.info, "stopping", "a second signal: every connection ends now")
            service.stop()
        } else {
            isDraining = true
            notice(.info, "draining", "listening ends; connections may finish")
            service.drain()
            // Now and not at the end: another program may listen there by then, and have the table.
            kernel.stop()
        }
    }

    /// A bad file changes nothing, and says so.
    private func reload() {
        guard !isDraining else {
            return notice(.warning, "reload-refused", "the service drains; no other configuration is taken any more")
        }
        let result = ConfigurationLoader.load(file, shadow: isShadow)
        if !result.text.isEmpty { Terminal.printError(result.text) }
        guard let configuration = result.configuration else {
            let first = result.diagnostics.first.map { ": \($0.file):\($0.line):\($0.column): \($0.message)" } ?? ""
            return notice(
                .error, "reload-failed", "the running configuration stays; \(result.errorSummary)\(first)")
        }
        do {
            let newLogs = configuration.settings.logs
            let newRecorder = newLogs == logs ? recorder : try Recorder(settings: newLogs, processID: getpid())
            let plan = ServicePlan(
                settings: configuration.settings, rulesets: configuration.rulesets, lists: configuration.lists,
                atlas: configuration.atlas)
            try replaced.follow(configuration) { () throws(ServiceFailure) in try service.reload(plan) }
            record()
            if newRecorder !== recorder { recorder.finish(nowUS: clinux_wall_us()) }
            (recorder, logs) = (newRecorder, newLogs)
            notice(.info, "reloaded", file)
            if (configuration.settings.state, configuration.settings.admin) != fixed {
                notice(.warning, "reload-waits", "'state' and 'admin' are as they were until the next start")
            }
            noticeLists(configuration.lists)
            noticeGeo(configuration)
            followKernel(configuration.settings)
        } catch {
            notice(.error, "reload-failed", "the running configuration stays: \(error)")
        }
    }

    /// Bans hold in the kernel as this configuration says.
    private func followKernel(_ settings: ServiceSettings) {
        kernel.follow(settings, book: service.shared.reputation, clock: Self.clock, events: service.shared.events)
    }

    private func noticeLists(_ lists: AddressLists) {
        guard !lists.lists.isEmpty else { return }
        notice(.info, "lists-read", lists.summary)
    }

    private func noticeGeo(_ configuration: LoadedConfiguration) {
        for file in configuration.atlasFiles {
            notice(.info, "geo-read", "\(file.path): \(configuration.atlas.summary(of: file.part))")
        }
    }

    private func notice(_ level: Notice.Level, _ name: String, _ text: String) {
        service.shared.events.post(
            .notice(Notice(wallUS: clinux_wall_us(), level: level, name: name, text: text)))
    }

    /// Writes what has happened since the last time.
    private func record() {
        let wallUS = clinux_wall_us()
        service.shared.reputation.synchronise(nowNS: clinux_monotonic_ns(), wallUS: wallUS)
        service.shared.postEnded(nowNS: clinux_monotonic_ns(), wallUS: wallUS)
        endAllowances(wallUS: wallUS)
        let (events, leftOutCount) = service.shared.events.take()
        for case .ban(let ban) in events { writer.note(ban) }
        kernel.post(events)
        recorder.record(events, leftOutCount: leftOutCount, nowUS: wallUS)
    }
}
