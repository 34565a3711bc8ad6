import Foundation
import Glibc
import TestSupport

/// The real CrowdSec with the files that are shipped, in a folder of its own: its local API runs as long as the value.
///
/// `packaging/install-packages` unpacks Debian's package; nothing of it is installed, and nothing asks the internet.
final class Crowdsec {
    /// What a decision of CrowdSec says.
    struct Decision: Equatable {
        var scenario: String
        var scope: String
        var value: String
        /// From now to the decision's end, in whole hours.
        var hours: Int
    }

    static let package = PackageFiles.root + "/.build/crowdsec"

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: package + "/usr/bin/cscli") }

    private let folder: LogDirectory
    private let service = Process()
    private var configuration: String { folder.path + "/config.yaml" }

    init() throws {
        folder = try LogDirectory()
        try installFiles()
        try writeConfiguration(port: try Self.freePort())
        _ = try run("cscli", ["machines", "add", "test", "--password", "test", "--force", "-f", credentials])
        try startService()
    }

    deinit {
        service.terminate()
        service.waitUntilExit()
    }

    /// What `cscli explain` says of each line of a log: the parser's successes, and the scenario that it set off.
    func explain(_ log: String) throws -> [String: (isParsed: Bool, scenarios: [String])] {
        let text = try run("cscli", ["explain", "-f", log, "-t", "portcullis"])
        var found: [String: (isParsed: Bool, scenarios: [String])] = [:]
        for part in text.split(separator: "\nline: ") {
            let lines = part.split(separator: "\n").map(String.init)
            guard let line = lines.first?.replacing("line: ", with: ""), line.hasPrefix("2") else { continue }
            let scenarios = lines.drop { !$0.contains("├ Scenarios") }.dropFirst().compactMap {
                $0.contains("🟢") ? $0.split(separator: " ").last.map(String.init) : nil
            }
            found[line] = (part.contains("parser success"), scenarios)
        }
        return found
    }

    /// Puts a log through parser, scenarios and profile, and says what was decided.
    func decisions(on log: String) throws -> [Decision] {
        _ = try run("crowdsec", ["-no-api", "-dsn", "file://\(log)", "-type", "portcullis"])
        let text = try run("cscli", ["alerts", "list", "-o", "json"])
        let alerts = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
        return alerts.flatMap { alert -> [Decision] in
            let decisions = alert["decisions"] as? [[String: Any]] ?? []
            return decisions.map { decision in
                Decision(
                    scenario: decision["scenario"] as? String ?? "", scope: decision["scope"] as? String ?? "",
                    value: decision["value"] as? String ?? "",
                    hours: Self.hours(decision["duration"] as? String ?? ""))
            }
        }.sorted { $0.value < $1.value }
    }

    private var credentials: String { folder.path + "/credentials.yaml" }

    /// The shipped files, and of CrowdSec's own those that every installation has: patterns, and two parsers that take
    /// a line as it is and read its time.
    private func installFiles() throws {
        let files = FileManager.default
        let hub = Self.package + "/usr/share/crowdsec/hub/parsers"
        let shipped = PackageFiles.root + "/packaging/crowdsec"
        let sources = [
            "etc/patterns": Self.package + "/etc/crowdsec/patterns",
            "etc/parsers/s00-raw/syslog-logs.yaml": hub + "/s00-raw/crowdsecurity/syslog-logs.yaml",
            "etc/parsers/s01-parse/portcullis-logs.yaml": shipped + "/parsers/s01-parse/portcullis-logs.yaml",
            "etc/parsers/s02-enrich/dateparse-enrich.yaml": hub + "/s02-enrich/crowdsecurity/dateparse-enrich.yaml",
            "etc/scenarios/portcullis-ban.yaml": shipped + "/scenarios/portcullis-ban.yaml",
            "etc/profiles.yaml": shipped + "/profiles-example.yaml",
            "etc/acquis.yaml": shipped + "/acquis.d/portcullis.yaml",
        ]
        for (name, source) in sources {
            let target = "\(folder.path)/\(name)"
            try files.createDirectory(
                atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try files.copyItem(atPath: source, toPath: target)
        }
        for name in ["data", "hub", "etc/postoverflows", "etc/collections"] {
            try files.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
        // A hub in which nothing is offered: all items are local.
        try write("hub/.index.json", #"{"parsers":{},"scenarios":{},"collections":{},"postoverflows":{}}"#)
        try write("etc/simulation.yaml", "")
    }

    private func writeConfiguration(port: UInt16) throws {
        try write("credentials.yaml", "url: http://127.0.0.1:\(port)\nlogin: test\npassword: test\n")
        try write(
            "config.yaml",
            """
            common: { daemonize: false, log_media: stdout, log_level: info, working_dir: . }
            config_paths:
              config_dir: \(folder.path)/etc/
              data_dir: \(folder.path)/data/
              simulation_path: \(folder.path)/etc/simulation.yaml
              hub_dir: \(folder.path)/hub/
              index_path: \(folder.path)/hub/.index.json
            crowdsec_service: { acquisition_path: \(folder.path)/etc/acquis.yaml, parser_routines: 1 }
            cscli: { output: human }
            db_config: { type: sqlite, db_path: \(folder.path)/data/crowdsec.db, use_wal: false }
            api:
              client: { credentials_path: \(credentials) }
              server:
                log_level: info
                listen_uri: 127.0.0.1:\(port)
                profiles_path: \(folder.path)/etc/profiles.yaml
            prometheus: { enabled: false }

            """)
    }

    /// Starts the local API, which parsers and `cscli` speak with, and returns when it listens.
    private func startService() throws {
        let output = Pipe()
        prepare(service, "crowdsec", ["-no-cs"])
        service.standardOutput = output
        service.standardError = output
        try service.run()
        var said = ""
        while !said.contains("Local API listening") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CrowdsecFailure(description: said) }
            said += String(decoding: more, as: UTF8.self)
        }
        // What it says later must not fill the pipe.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        prepare(process, program, arguments)
        process.standardOutput = output
        try write("words", "")
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/words"))
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw CrowdsecFailure(description: "\(program) \(arguments): \(text)\n\(try folder.text("words"))")
        }
        return text
    }

    private func prepare(_ process: Process, _ program: String, _ arguments: [String]) {
        process.executableURL = URL(fileURLWithPath: "\(Self.package)/usr/bin/\(program)")
        process.arguments = ["-c", configuration] + arguments
        // `cscli explain` starts `crowdsec` by its name.
        process.environment = ["PATH": "\(Self.package)/usr/bin:/usr/bin:/bin", "HOME": folder.path]
        process.standardInput = FileHandle.nullDevice
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }

    /// `2h59m58.5s` in whole hours.
    private static func hours(_ text: String) -> Int {
        text.wholeMatch(of: /(\d+)h[\dm.s]+/).flatMap { Int($0.1) } ?? 0
    }

    /// A port on which nobody listens now.
    private static func freePort() throws -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, length) | getsockname(probe, $0, &length)
            }
        }
        guard result == 0 else { throw CrowdsecFailure(description: "no port is free: errno \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// What CrowdSec said when it ended otherwise than it should.
struct CrowdsecFailure: Error, CustomStringConvertible {
    let description: String
}
