import ArgumentParser
import ConfigurationFiles
import Inspection

/// `portcullis manual PAGE`: the parts of the manual that are generated from the code, for `make manual`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print a generated page of the manual.", shouldDisplay: false)

    enum Page: String, ExpressibleByArgument {
        case terminationCodes = "termination-codes"
        case reference
    }

    @Argument(help: "termination-codes or reference.")
    var page = Page.terminationCodes

    func run() {
        switch page {
        case .terminationCodes: print(Termination.manualPage, terminator: "")
        case .reference: print(ConfigurationLanguage.referencePage, terminator: "")
        }
    }
}
