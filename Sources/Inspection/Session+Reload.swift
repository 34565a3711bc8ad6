import GameProtocol
public import RuleEngine
import WireBytes

/// A reload reaches open connections.
extension Session {
    /// What became of a session whose ruleset was replaced.
    public enum Following: Sendable, Equatable, BitwiseCopyable {
        /// It goes on under the new one.
        case follows
        /// A phase it is in is gone, or is cut in another way now: it keeps the old one, which must be passed on.
        case keeps
        /// Its bytes were not cut any more, because the old rules only looked on; under the new ones that closes.
        case ends
    }

    /// Goes on under another ruleset.
    ///
    /// Buckets are carried over by rule id, phases and packets by name.
    ///
    /// - Parameter keys: whom the limits count against from now on, also where the old rules are kept.
    public mutating func follow(
        from old: Ruleset, to new: Ruleset, keys: BucketKeys, nowNS: UInt64
    ) -> Following {
        let following = follow(from: old, to: new, nowNS: nowNS)
        var keys = keys
        keys.account = account.map { buckets.accountKey(of: $0) }
        findStraightWays(ruleset: following == .follows ? new : old)
        hasNewDeadlines = true
        switch following {
        case .follows: buckets.carry(from: old.policy, to: new.policy, keys: keys, nowNS: nowNS)
        case .keeps: buckets.carry(from: old.policy, to: old.policy, keys: keys, nowNS: nowNS)
        case .ends: break
        }
        return following
    }

    private mutating func follow(from old: Ruleset, to new: Ruleset, nowNS: UInt64) -> Following {
        guard old !== new else { return .follows }
        let phases = PhaseMap(from: old, to: new)
        var places = [phase]
        for direction in Direction.allCases {
            places.append(streams[direction].phase)
            places.append(streams[direction].nextPhase)
            if let packet = streams[direction].followAfter, packet > 0,
                Self.renamed(packet, direction, from: old.descriptor, to: new.descriptor) == 0
            {
                return .keeps
            }
        }
        guard places.allSatisfy({ phases.target(of: $0) != nil }) else { return .keeps }
        let ciphers = rareStates.first?.cipherNumbers ?? PerDirection(both: 0)
        for direction in Direction.allCases where ciphers[direction] > 0 {
            // The cipher goes on where the phase that names it is the same.
            let origin = phases.target(of: Int(ciphers[direction]) - 1)
            let target = phases.target(of: streams[direction].phase)
            guard let origin, let target, Int(new.phases[target].cipher) == origin + 1 else { return .keeps }
        }
        for direction in Direction.allCases where streams[direction].isUncut {
            guard new.policy.looksOn(at: .framing, direction) else { return .ends }
        }
        for direction in Direction.allCases where old.hasCiphers {
            // Also where it is not enciphered yet: else a phase that now has its number would seem to be entered.
            let phase = rare.cipheredPhases[direction].flatMap { phases.target(of: Int($0)) }
            rare.cipheredPhases[direction] = phase.map { UInt8($0) }
            guard ciphers[direction] > 0 else { continue }
            rare.cipherNumbers[direction] = UInt8((phases.target(of: Int(ciphers[direction]) - 1) ?? 0) + 1)
        }
        renameCounters { Self.renamed($0, $1, from: old.descriptor, to: new.descriptor) }
        phase = phases.target(of: phase) ?? phase
        isPhaseDeadlineWaived = false
        let grace = rareStates.isEmpty ? 0 : rare.graceAccept.phases
        if grace != 0 {
            var moved: UInt64 = 0
            for phase in old.phases.indices where grace >> UInt64(phase) & 1 == 1 {
                if let target = phases.target(of: phase) { moved |= 1 << UInt64(target) }
            }
            rare.graceAccept.phases = moved
        }
        for direction in Direction.allCases {
            let judged = Int(streams[direction].judgedPhase)
            streams[direction].judgedPhase = UInt8(truncatingIfNeeded: phases.target(of: judged) ?? phase)
            streams[direction].phase = phases.target(of: streams[direction].phase) ?? 0
            streams[direction].nextPhase = phases.target(of: streams[direction].nextPhase) ?? 0
            streams[direction].renamePackets {
                Self.renamed($0, direction, from: old.descriptor, to: new.descriptor)
            }
        }
        return .follows
    }

    /// The packet of the same name in the same version of the protocol; 0 when there is none.
    private static func renamed(
        _ packet: PacketIndex, _ direction: Direction, from old: Descriptor, to new: Descriptor
    ) -> PacketIndex {
        guard packet > 0 else { return 0 }
        let entry = old.packets[direction].entries[Int(packet) - 1]
        guard let version = new.versionNames.firstIndex(of: old.versionNames[entry.version]) else { return 0 }
        let index = new.packets[direction].entries.firstIndex { $0.name == entry.name && $0.version == version }
        return PacketIndex((index ?? -1) + 1)
    }
}

/// Where the phases of one ruleset are found in another.
private struct PhaseMap {
    private let targets: [Int?]

    init(from old: Ruleset, to new: Ruleset) {
        let sizesStay = old.descriptor.hasSizes(of: new.descriptor)
        targets = old.descriptor.phases.map { phase in
            let version = old.descriptor.versionNames[phase.version]
            return new.descriptor.phases.firstIndex {
                $0.name == phase.name && new.descriptor.versionNames[$0.version] == version && $0.isCut(like: phase)
                    && (sizesStay || !phase.isCutByTable)
            }
        }
    }

    func target(of phase: Int) -> Int? { targets[phase] }
}

extension Descriptor {
    /// Whether every packet has the same opcode and size in the other, as a table frame needs them.
    fileprivate func hasSizes(of other: Descriptor) -> Bool {
        Direction.allCases.allSatisfy { direction in
            Set(packets[direction].entries.map(TableSize.init))
                == Set(other.packets[direction].entries.map(TableSize.init))
        }
    }
}

/// What a table frame knows of a packet.
private struct TableSize: Hashable {
    let identity: PacketIdentity
    let byteCounts: ClosedRange<Int>?
    let lengthField: LengthField?

    init(_ entry: PacketTable.Entry) {
        identity = entry.identity
        byteCounts = entry.byteCounts
        lengthField = entry.lengthField
    }
}

extension FrameRule {
    fileprivate var usesTable: Bool {
        switch frame {
        case .table: true
        case .select(_, let cases, _, _, let otherwise):
            cases.values.contains { $0.usesTable } || otherwise?.usesTable == true
        case .length, .varint, .marked, .delimited, .uncut: false
        }
    }
}

extension Phase {
    fileprivate var isCutByTable: Bool {
        guard let lanes else { return false }
        return Direction.allCases.contains { lanes[$0].frame.usesTable }
    }

    /// Whether bytes in the middle of this phase mean the same in the other.
    fileprivate func isCut(like other: Phase) -> Bool {
        guard isOpaque == other.isOpaque, preamble == other.preamble else { return false }
        guard cipher?.scheme == other.cipher?.scheme, cipher?.keys == other.cipher?.keys,
            cipher?.scope == other.cipher?.scope
        else { return false }
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
        case .held(var judged):
            judged.packet = renamed(judged.packet)
            state = .held(judged)
        case .passing(let remaining, let packet):
            state = .passing(remaining: remaining, packet: renamed(packet))
        }
    }
}
