import Testing

@testable import DataPlane

@Suite("Relaying on the simulated network")
struct RelayTests {
    @Test("packets reach the server and its answers the client, and both FINs end the connection")
    func relays() throws {
        let world = try World(settings: Game.settings(), rulesets: [Game.ruleset()])
        let request = Game.packet(Opcode.plain, byteCount: 40)
        let answer = Game.packet(Opcode.plain, byteCount: 90)
        world.serverScript = { _ in [.awaitBytes(40), .send(answer), .awaitEnd, .finish] }
        let client = world.addClient([.send(request), .awaitBytes(90), .finish, .awaitEnd])
        world.run()
        #expect(world.network.violations == [])
        #expect(world.servers.first?.received == request)
        #expect(client.received == answer)
        #expect(client.isWhole)
        #expect(world.record(of: client)?.termination.code == "CE")
        #expect(world.openCount == 0)
    }
}
