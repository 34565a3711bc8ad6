import GameProtocol
import Inspection
import NetworkDriver
import Reputation
import RuleEngine
import Settings
import WireBytes

/// What was there to see when a ban was decided.
extension Worker where Driver: ~Copyable {
    /// - Parameter packet: what the session was given; empty where no packet was involved.
    mutating func evidence(_ slot: Int, _ finding: Finding, _ packet: UnsafeRawBufferPointer) -> Evidence {
        let plan = plans[connections[slot].plan].plan
        var evidence = Evidence(
            listener: plan.settings.name, connection: name(slot), client: connections[slot].client)
        evidence.packet = packetName(finding, plan.ruleset)
        evidence.opcode = finding.packet.opcode
        evidence.byteCount = finding.packet.byteCount
        evidence.phase = plan.ruleset.descriptor.phases[Int(finding.packet.phase)].name
        // Safe: the bytes are alive until the worker goes on, and are copied here.
        let excerpt = unsafe plan.ruleset.excerpt(of: finding, in: RawSpan(_unsafeBytes: packet))
        evidence.excerpt = excerpt.bytes
        evidence.redacted = excerpt.redacted
        evidence.detail = detail(slot, finding)
        evidence.ageUS = Int64(clamping: (nowNS &- connections[slot].acceptedNS) / 1_000)
        evidence.byteCounts = connections[slot].session?.byteCounts ?? PerDirection(both: 0)
        evidence.packetCounts = connections[slot].session?.packetCounts ?? PerDirection(both: 0)
        evidence.droppedCounts = connections[slot].session?.droppedCounts ?? PerDirection(both: 0)
        return evidence
    }
}
