import Testing

@Suite("Planted faults")
struct CanaryTests {
    @Test("the checkers notice a planted fault", arguments: SimulatedNetwork.Sabotage.allCases)
    func notices(sabotage: SimulatedNetwork.Sabotage) throws {
        var noticed: UInt64?
        for seed in UInt64(0)..<300 where noticed == nil {
            if try !RandomRun(seed: seed, sabotage: sabotage).complaints().isEmpty { noticed = seed }
        }
        #expect(noticed != nil)
    }

    @Test("an operation on a closed descriptor, and closing it twice, are noticed")
    func closedDescriptor() throws {
        let network = SimulatedNetwork(seed: 1, workerCount: 1, faults: .none)
        var driver = SimulatedDriver(network: network, worker: 0)
        let listener = try driver.listen(on: Game.listener, token: 2)
        driver.close(listener, resets: false)
        #expect(network.violations.isEmpty)
        driver.close(listener, resets: false)
        #expect(network.violations.count == 1)
        _ = driver.accept(from: listener)
        #expect(network.violations.count == 2)
    }

    @Test("the same seed gives the same run, step by step")
    func repeats() throws {
        let runs = try (0..<2).map { _ in
            let run = try RandomRun(seed: 7, traces: true)
            _ = run.complaints()
            return run.world.network.trace ?? []
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0].count > 10)
    }
}
