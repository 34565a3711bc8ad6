/// Draws a scene as lines of text.
struct View {
    var width: Int
    var isColoured: Bool
    /// Most lines; the ban log gives way first.
    var height = Int.max

    /// The widths of the columns that both tables have.
    private enum Column {
        static let name = 18
        static let address = 12
        static let number = 8
    }

    /// Whether there is room for the column that tells least: without it everything else fits into 68 columns.
    private var showsAddresses: Bool { width >= 80 }

    func lines(of scene: Scene) -> [String] {
        var lines = [title(scene), StyledLine(), playerHead]
        lines += scene.players.map(line)
        lines += [StyledLine(), attackerHead]
        lines += scene.attackers.map(line)
        let footer = footer(scene)
        // Behind the bans come an empty line, the footer and the cursor's line; before them two more.
        let room = height - lines.count - 5
        if room > 0, !scene.banLines.isEmpty {
            lines += [StyledLine(), banHead(scene)]
            lines += scene.banLines.suffix(room).map { StyledLine(" " + $0) }
        }
        lines += [StyledLine(), footer]
        return lines.prefix(max(1, height - 1)).map { $0.rendered(width: width, isColoured: isColoured) }
    }

    private func title(_ scene: Scene) -> StyledLine {
        var line = StyledLine(" portcullis demo", .bold)
        line.add(right: "\(scene.elapsedS) s", width: 7)
        line.add("   players ─► ", .dim)
        line.add(scene.gate)
        line.add(" ─► world ", .dim)
        line.add(scene.world)
        return line
    }

    private var playerHead: StyledLine {
        var line = StyledLine()
        line.add(left: " PLAYER", width: Column.name, .dim)
        if showsAddresses { line.add(left: "ADDRESS", width: Column.address, .dim) }
        line.add(right: "COMMANDS", width: Column.number, .dim)
        line.add(right: "ROUND TRIP", width: 12, .dim)
        line.add(right: "DROPPED", width: 9, .dim)
        line.add("  STATE", .dim)
        return line
    }

    private func line(_ row: Scene.PlayerRow) -> StyledLine {
        var line = StyledLine()
        line.add(left: " " + row.name, width: Column.name)
        if showsAddresses { line.add(left: row.address, width: Column.address) }
        line.add(right: "\(row.commandCount)", width: Column.number)
        line.add(right: row.roundTripUS.map(Self.milliseconds) ?? "-", width: 12)
        line.add(right: "\(row.droppedCount)", width: 9, row.droppedCount == 0 ? .plain : .red)
        line.add("  ")
        switch row.state {
        case .connecting: line.add("connecting", .dim)
        case .loggingIn: line.add("logging in", .dim)
        case .playing: line.add("playing", .green)
        case .disturbed(let complaint): line.add(complaint, .red)
        }
        return line
    }

    private var attackerHead: StyledLine {
        var line = StyledLine()
        line.add(left: " ATTACK", width: Column.name, .dim)
        if showsAddresses { line.add(left: "ADDRESS", width: Column.address, .dim) }
        line.add(right: "SENT", width: 6, .dim)
        line.add("  ")
        line.add(left: "STOPPED BY", width: 21, .dim)
        line.add(left: "STATE", width: 13, .dim)
        line.add(right: "REFUSED", width: 8, .dim)
        return line
    }

    private func line(_ row: Scene.AttackerRow) -> StyledLine {
        var line = StyledLine()
        line.add(left: " " + row.title, width: Column.name)
        if showsAddresses { line.add(left: row.address, width: Column.address) }
        line.add(right: "\(row.sentCount)", width: 6)
        line.add("  ")
        line.add(left: row.ruleName ?? "-", width: 20, row.ruleName == nil ? .dim : .plain)
        line.add(" ")
        var refused = "-"
        switch row.state {
        case .waiting: line.add(left: "not yet", width: 13, .dim)
        case .attacking: line.add(left: "attacking", width: 13, .yellow)
        case .banned(let seconds, let refusedCount):
            line.add(left: "banned \(Self.duration(seconds))", width: 13, .red)
            refused = "\(refusedCount)×"
        case .leaking: line.add(left: "still served!", width: 13, .yellow)
        }
        line.add(right: refused, width: 8, .dim)
        return line
    }

    private func banHead(_ scene: Scene) -> StyledLine {
        var line = StyledLine()
        line.add(left: " BANS", width: Column.name, .dim)
        let rest = showsAddresses ? 60 : 60 - Column.address
        line.add(right: "bytes that reached the world afterwards:", width: rest, .dim)
        line.add(" \(scene.lateByteCount)", scene.lateByteCount == 0 ? .dim : .red)
        return line
    }

    private func footer(_ scene: Scene) -> StyledLine {
        let end = "Ctrl-C ends"
        var line = StyledLine()
        line.add(left: " \(scene.logNote)", width: max(0, width - end.count - 2), .dim)
        line.add(" ")
        line.add(end, .dim)
        return line
    }

    /// Microseconds as milliseconds with two digits behind the point.
    static func milliseconds(_ microseconds: UInt64) -> String {
        let hundredths = (microseconds + 5) / 10
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) ms"
    }

    /// Seconds in the largest unit that loses nothing.
    static func duration(_ seconds: UInt64) -> String {
        for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "min")] as [(UInt64, String)]
        where seconds >= unit && seconds % unit == 0 { return "\(seconds / unit) \(name)" }
        return "\(seconds) s"
    }
}
