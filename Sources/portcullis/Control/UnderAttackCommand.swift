import ArgumentParser
import ControlPlane

/// The command `portcullis under-attack STATE`.
struct UnderAttackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "under-attack",
        abstract: "Tighten a listener's limits by hand, or relax them.",
        discussion: """
            `on` and `off` hold until told otherwise; `auto` leaves it to the thresholds in the service's file. A \
            listener without `under_attack` in the file cannot be told: exit code 1.
            """)

    @Argument(help: "on, off or auto.")
    var state: State

    @Argument(help: "The listener's name; all that have `under_attack` when left out.")
    var listener: String?

    @OptionGroup var control: ControlOptions

    /// What a listener is told.
    enum State: String, ExpressibleByArgument, CaseIterable {
        case on
        case off
        case auto
    }

    func run() throws {
        let order = UnderAttackBody(state: UnderAttackBody.State(rawValue: state.rawValue) ?? .auto)
        let target = listener.map { "/v1/under-attack/" + ControlPath.escaped($0) } ?? "/v1/under-attack"
        let reply = try control.ask { try $0.request("PUT", target, order, as: UnderAttackBody.self) }
        switch control.output {
        case .json: try control.show(json: reply)
        case .raw: try control.show(reply.state.rawValue)
        case .human:
            try control.show("\(listener ?? "every listener with under_attack"): \(Self.sentence(reply.state))")
        }
    }

    private static func sentence(_ state: UnderAttackBody.State) -> String {
        switch state {
        case .on: "under attack until told otherwise"
        case .off: "not under attack until told otherwise"
        case .auto: "under attack when its thresholds say so"
        }
    }
}
