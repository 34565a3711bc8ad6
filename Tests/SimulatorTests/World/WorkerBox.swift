import NetworkDriver

@testable import DataPlane

/// A worker that can stand in an array.
final class WorkerBox {
    var worker: Worker<SimulatedDriver>
    let number: Int
    private let alarm: SimulatedDriver.Alarm
    private let network: SimulatedNetwork
    var stepCount = 0

    init(network: SimulatedNetwork, number: Int, shared: SharedState) {
        let driver = SimulatedDriver(network: network, worker: number)
        alarm = driver.alarm
        self.network = network
        self.number = number
        worker = Worker(driver: driver, number: number, shared: shared, mailbox: WorkerMailbox(joining: shared))
    }

    /// Whether a thread would not sleep now.
    var isAwake: Bool {
        if worker.isFinished { return false }
        if alarm.isSet.load(ordering: .relaxed) || !worker.turns.isEmpty || network.hasEvents(worker: number) {
            return true
        }
        return (deadlineNS ?? .max) <= network.nowNS
    }

    var isFinished: Bool { worker.isFinished }

    /// When a thread would wake up by itself.
    var deadlineNS: UInt64? {
        if worker.isFinished { return nil }
        let lookNS = worker.attackLookNS == .max ? nil : worker.attackLookNS
        return (worker.listeners.map(\.retryNS) + [worker.deadlines.earliestNS, lookNS]).compactMap { $0 }.min()
    }
}
