import Events
import NetworkDriver
import Synchronization
import Testing

@testable import DataPlane

@Suite("Mailboxes and budgets")
struct MailboxTests {
    @Test("commands are taken once, in the order they were sent, and each wakes the worker")
    func keepsOrder() {
        let mailbox = Mailbox()
        let count = WakeCount()
        mailbox.send(.drain)
        mailbox.attach(Waker { count.add() })
        mailbox.send(.stop)
        #expect(count.value == 1)
        let names = mailbox.take().map(Self.name)
        #expect(names == ["drain", "stop"])
        #expect(mailbox.take().isEmpty)
    }

    private static func name(_ command: Command) -> String {
        switch command {
        case .follow: "follow"
        case .ban: "ban"
        case .followLists: "lists"
        case .reconsider: "reconsider"
        case .attackChanged: "attack"
        case .survey: "survey"
        case .drain: "drain"
        case .stop: "stop"
        }
    }

    private final class WakeCount: Sendable {
        private let number = Atomic(0)
        func add() { number.wrappingAdd(1, ordering: .relaxed) }
        var value: Int { number.load(ordering: .relaxed) }
    }

    @Test("reports beyond the budget of a second are left out and counted, and the next second has its own")
    func budgetsReports() {
        let events = EventQueue()
        var budget = ReportBudget()
        let start: UInt64 = 5_000_000_000
        let made = (0..<10).filter { _ in budget.spend(nowNS: start, perSecond: 3, leftOutTo: events) }
        #expect(made.count == 3)
        #expect(events.take().leftOutCount == 7)
        let stillSpent = budget.spend(nowNS: start + 999_999_999, perSecond: 3, leftOutTo: events)
        #expect(!stillSpent)
        let spent = budget.spend(nowNS: start + 1_000_000_000, perSecond: 3, leftOutTo: events)
        #expect(spent)
    }

    @Test("a listener's count lets in as many as its limit, over all who ask")
    func countsOpen() {
        let count = OpenCount()
        #expect((0..<5).map { _ in count.enter(most: 3) } == [true, true, true, false, false])
        count.leave()
        #expect(count.enter(most: 3))
        #expect(!count.enter(most: 3))
    }
}
