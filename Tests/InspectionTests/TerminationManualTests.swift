import Inspection
import TestSupport
import Testing

@Suite("Termination codes")
struct TerminationManualTests {
    @Test("the manual's page is what the code says (make manual writes it)")
    func manual() throws {
        #expect(try PackageFiles.text("docs/manual/termination-codes.md") == Termination.manualPage)
    }

    @Test("every cause, stage and reason has a letter or word of its own")
    func distinct() {
        #expect(Set(Termination.Cause.allCases.map(\.letter)).count == Termination.Cause.allCases.count)
        #expect(Set(Termination.Stage.allCases.map(\.letter)).count == Termination.Stage.allCases.count)
        #expect(Set(Termination.Reason.allCases.map(\.rawValue)).count == Termination.Reason.allCases.count)
    }
}
