import GameProtocol
import RuleEngine
import WireBytes

/// A reload reaches open connections.
extension Session {
    /// Goes on under another ruleset, from the next packet on.
    ///
    /// Buckets are carried over by rule id, phases and packets by name.
    ///
    /// - Returns: whether it could: not when a phase it is in is gone, or is cut in another way now. Then nothing has
    ///   changed, and the old ruleset must be passed on.
    public mutating func follow(from old: Ruleset, to new: Ruleset, nowNS: UInt64) -> Bool {
        guard old !== new else { return true }
        guard let phases = PhaseMap(from: old, to: new) else { return false }
        var places = [phase]
        for direction in Direction.allCases {
            places.append(streams[direction].phase)
            places.append(streams[direction].nextPhase)
        }
        guard places.allSatisfy({ phases.target(of: $0) != nil }) else { return false }
        phase = phases.target(of: phase) ?? phase
        if let grace = graceAccept {
            graceAccept = phases.target(of: grace.phase).map { ($0, grace.untilNS) }
        }
        for direction in Direction.allCases {
            streams[direction].phase = phases.target(of: streams[direction].phase) ?? 0
            streams[direction].nextPhase = phases.target(of: streams[direction].nextPhase) ?? 0
            streams[direction].renamePackets {
                Self.renamed($0, from: old.descriptor.packets[direction], to: new.descriptor.packets[direction])
            }
        }
        buckets.carry(from: old.policy, to: new.policy, nowNS: nowNS)
        return true
    }

    private static func renamed(_ packet: PacketIndex, from old: PacketTable, to new: PacketTable) -> PacketIndex {
        guard packet > 0 else { return 0 }
        let name = old.name(of: packet)
        return PacketIndex((new.entries.firstIndex { $0.name == name } ?? -1) + 1)
    }
}

/// Where the phases of one ruleset are found in another.
private struct PhaseMap {
    private let targets: [Int?]

    init?(from old: Ruleset, to new: Ruleset) {
        targets = old.descriptor.phases.map { phase in
            new.descriptor.phases.firstIndex { $0.name == phase.name && $0.isCut(like: phase) }
        }
        guard targets.contains(where: { $0 != nil }) else { return nil }
    }

    func target(of phase: Int) -> Int? { targets[phase] }
}

extension Phase {
    /// Whether bytes in the middle of this phase mean the same in the other.
    fileprivate func isCut(like other: Phase) -> Bool {
        guard isOpaque == other.isOpaque, preamble.count == other.preamble.count else { return false }
        switch (lanes, other.lanes) {
        case (nil, nil): return true
        case (let mine?, let theirs?):
            return Direction.allCases.allSatisfy {
                mine[$0].frame == theirs[$0].frame && mine[$0].opcode == theirs[$0].opcode
            }
        case (nil, _?), (_?, nil): return false
        }
    }
}

extension Stream {
    /// The packets at hand have other indices now.
    fileprivate mutating func renamePackets(_ renamed: (PacketIndex) -> PacketIndex) {
        followAfter = followAfter.map(renamed)
        switch state {
        case .boundary, .swallowing: break
        case .inspecting(var cut):
            cut.packet = renamed(cut.packet)
            state = .inspecting(cut)
        case .held(var cut, let untilNS, let sinceNS):
            cut.packet = renamed(cut.packet)
            state = .held(cut, untilNS: untilNS, sinceNS: sinceNS)
        case .passing(let remaining, let packet):
            state = .passing(remaining: remaining, packet: renamed(packet))
        }
    }
}

extension BucketSet {
    /// Goes on under another policy.
    fileprivate mutating func carry(from old: borrowing Policy, to new: borrowing Policy, nowNS: UInt64) {
        self = (consume self).carried(from: old, to: new, nowNS: nowNS)
    }
}
