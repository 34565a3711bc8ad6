import WireBytes

/// What the view shows, as plain values.
struct Scene {
    /// One player.
    struct PlayerRow {
        var name: String
        var address: String
        var state: Player.State
        var commandCount: Int
        var roundTripUS: UInt64?
        var droppedCount: UInt64
    }

    /// One attacker.
    struct AttackerRow {
        /// How far it is.
        enum State: Equatable {
            case waiting
            case attacking
            case banned(seconds: UInt64, refusedCount: Int)
            /// Banned, and the world answered it nevertheless.
            case leaking
        }

        var title: String
        var address: String
        var sentCount: Int
        var ruleName: String?
        var state: State
    }

    var elapsedS: Int
    var gate: String
    var world: String
    var players: [PlayerRow]
    var attackers: [AttackerRow]
    /// The last bans of the ban log, oldest first.
    var banLines: [String]
    /// Bytes of banned addresses that reached the world.
    var lateByteCount: Int
    /// Where the logs are, and for how long.
    var logNote: String

    init(
        elapsedS: Int, gate: String, world: String, players: [PlayerRow], attackers: [AttackerRow],
        banLines: [String], lateByteCount: Int, logNote: String
    ) {
        self.elapsedS = elapsedS
        self.gate = gate
        self.world = world
        self.players = players
        self.attackers = attackers
        self.banLines = banLines
        self.lateByteCount = lateByteCount
        self.logNote = logNote
    }

    /// Puts together what the parts know.
    init(crowd: Crowd, gate: Gate, world: World, elapsedS: Int, banLines: [String], logNote: String) {
        let players = crowd.players.map { player in
            let entry = gate.ledger[player.address]
            return PlayerRow(
                name: player.name, address: "\(player.address)", state: player.state,
                commandCount: player.answeredCount, roundTripUS: player.roundTripUS,
                droppedCount: max(entry.droppedCount, entry.dropFindingCount))
        }
        let attackers = crowd.attackers.map { attacker in
            let entry = gate.ledger[attacker.address]
            var state = attacker.sentCount == 0 ? AttackerRow.State.waiting : .attacking
            if let ban = entry.ban { state = .banned(seconds: ban.seconds, refusedCount: attacker.refusedCount) }
            if attacker.servedCount > 0 || world.lateByteCount(of: attacker.address) > 0 { state = .leaking }
            return AttackerRow(
                title: attacker.kind.title, address: "\(attacker.address)", sentCount: attacker.sentCount,
                ruleName: entry.ban?.ruleName ?? entry.ruleName, state: state)
        }
        self.init(
            elapsedS: elapsedS, gate: "\(gate.endpoint)", world: "\(world.endpoint)", players: players,
            attackers: attackers, banLines: banLines,
            lateByteCount: crowd.attackers.reduce(0) { $0 + world.lateByteCount(of: $1.address) }, logNote: logNote)
    }
}
