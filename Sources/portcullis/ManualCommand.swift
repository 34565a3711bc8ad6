import ArgumentParser
import Inspection

/// `portcullis manual`: the parts of the manual that are generated from the code, for `make manual`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the generated page of termination codes.", shouldDisplay: false)

    func run() {
        print(Termination.manualPage, terminator: "")
    }
}
