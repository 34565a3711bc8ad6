import ConfigurationFiles
import Foundation
import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

@testable import Demonstration

/// The demonstration's own service file with the shipped rules, loaded as the demonstration loads it.
enum ShippedRules {
    static let loaded: LoadResult = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("demo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("portcullis.yaml").path
        let file = ServiceFile(
            gate: Endpoint(IPAddress(ipv4: 0x7F00_0001), port: 40_001),
            world: Endpoint(IPAddress(ipv4: 0x7F00_0001), port: 40_002), rulesFolder: PackageFiles.root + "/rules",
            logFolder: folder.path)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? file.text.write(toFile: path, atomically: true, encoding: .utf8)
        return ConfigurationLoader.load(path)
    }()
}

/// A session under the shipped rules, between somebody and the world.
struct GuardedLink: ~Copyable {
    let ruleset: Ruleset
    private var session: SessionRunner
    private var events: [SessionEvent] = []

    init(nowNS: UInt64) throws {
        let listener = try #require(ShippedRules.loaded.configuration?.listeners.first)
        ruleset = listener.ruleset
        let timeouts = listener.settings.timeouts
        let keys = BucketKeys(address: nil, network: nil, listener: 0, isExempt: false)
        let buckets = BucketSet(
            policy: ruleset.policy, keys: keys, shared: SharedBuckets(capacity: 64), nowNS: nowNS)
        session = SessionRunner(
            ruleset: ruleset, buckets: buckets,
            limits: SessionLimits(packetNS: timeouts.packetNS, idleNS: timeouts.idleNS, delayNS: timeouts.delayNS),
            nowNS: nowNS, collects: true)
    }

    var end: SessionEnd? { session.end }

    var findings: [Finding] {
        events.compactMap {
            if case .finding(let finding) = $0 { return finding }
            return nil
        }
    }

    /// What goes on of these bytes.
    mutating func pass(_ bytes: [UInt8], _ direction: Direction, nowNS: UInt64) -> [UInt8] {
        let before = session.delivered[direction].count
        session.receive(bytes, direction, nowNS: nowNS, ruleset: ruleset, events: &events)
        return Array(session.delivered[direction].dropFirst(before))
    }

    /// Lets time pass.
    mutating func wait(untilNS: UInt64) {
        session.pass(nowNS: untilNS, ruleset: ruleset, events: &events)
    }

    /// The names of the rules that fired, each once, in order.
    var ruleNames: [String] {
        var names: [String] = []
        for finding in findings {
            let name = ruleset.policy.rules[Int(finding.rule)].name
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Points the client collected.
    var score: Double { findings.reduce(0) { $0 + $1.score } }
}
