import ArgumentParser
import ControlPlane

/// The command `portcullis status`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the running program fares.",
        discussion: "Exit code 0 when all is well, 1 when the state on disk is not kept although it should be.")

    @OptionGroup var control: ControlOptions

    func run() throws {
        let status = try control.ask { try $0.request("GET", "/v1/status", as: StatusReply.self) }
        switch control.output {
        case .json: try control.show(json: status)
        case .raw: try control.show(status.state.isUp || status.state.file == nil ? "ok" : "failed")
        case .human: try control.show(Self.page(status))
        }
        if !status.state.isUp, status.state.file != nil { throw Failure(code: .operation, message: "") }
    }

    private static func page(_ status: StatusReply) -> String {
        var lines = [
            "portcullis \(status.version), process \(status.processID), since \(Moment.clock(status.started)) "
                + "(\(Moment.relative(status.started)))", "",
        ]
        if status.isDraining { lines[0] += "; draining" }
        for listener in status.listeners {
            let attack =
                listener.isUnderAttack
                ? "  UNDER ATTACK" + (listener.underAttackOrder == "on" ? " by command" : "")
                : listener.underAttackOrder == "off" ? "  never under attack, by command" : ""
            lines.append(
                Column.line([
                    (listener.name, 16), (listener.bind, 22),
                    ("\(listener.open) open\(attack)", 0),
                ]))
        }
        lines += [
            "",
            Column.line([
                ("connections", 16),
                (
                    "\(status.connections.open) open, \(status.connections.accepted) came, "
                        + "\(status.connections.refused) refused at once", 0
                ),
            ]),
            Column.line([("bans", 16), ("\(status.bans) in force, \(status.bansTotal) since the start", 0)]),
            Column.line([("allowed", 16), ("\(status.allowed)", 0)]),
            Column.line([
                ("remembered", 16), ("\(status.remembered) addresses and accounts, \(status.evictions) made room", 0),
            ]),
            Column.line([("state", 16), (state(status.state), 0)]),
        ]
        if status.kernel.table != nil { lines.append(Column.line([("kernel", 16), (kernel(status.kernel), 0)])) }
        return lines.joined(separator: "\n")
    }

    private static func kernel(_ kernel: StatusReply.Kernel) -> String {
        kernel.isUp
            ? "\(kernel.entries) in the table inet \(kernel.table ?? "")"
            : "HAS NO BANS: \(kernel.problem ?? "it cannot be reached")"
    }

    private static func state(_ state: StatusReply.State) -> String {
        guard let file = state.file else { return "not kept: the service's file has no `state`" }
        return state.isUp ? file : "\(file) IS NOT KEPT: \(state.problem ?? "it cannot be written")"
    }
}
