import NetworkDriver
import Reputation
import WireBytes

@testable import DataPlane

/// Looks at the workers after every step: what must always hold.
struct Monitor {
    /// A server connection and the client it is for, as the relay's tokens pair them.
    struct Pair: Hashable {
        var client: Int32
        var server: Int32
    }

    private struct Watched {
        var ban: Ban
        /// Steps that each worker must have taken before the ban is looked for.
        var stepCounts: [Int]
    }

    private var banned: [Watched] = []
    private(set) var everBanned: Set<IPNetwork> = []
    private(set) var pairs: Set<Pair> = []
    /// Bytes beyond the backlog mark that one more read may add.
    var readMost = 65_536
    private(set) var unsentMost = 0
    private(set) var unreadMost = 0

    mutating func noteBan(_ ban: Ban, in world: World) {
        if let network = ban.network { everBanned.insert(network) }
        banned.append(Watched(ban: ban, stepCounts: world.boxes.map(\.stepCount)))
    }

    mutating func lookAfterStep(of box: WorkerBox, in world: World) {
        let nowNS = world.network.nowNS
        banned.removeAll { $0.ban.untilNS <= nowNS }
        let inForce = banned.filter { watched in box.stepCount > watched.stepCounts[box.number] }
        var left = box.worker.connections.count
        var slot = 0
        while left > 0 {
            if box.worker.connections.holds(slot) {
                left -= 1
                look(at: slot, of: box, inForce, world)
            }
            slot += 1
        }
    }

    private mutating func look(at slot: Int, of box: WorkerBox, _ inForce: [Watched], _ world: World) {
        let client = box.worker.connections[slot].clientSide.socket
        let server = box.worker.connections[slot].serverSide.socket
        if server.isOpen { pairs.insert(Pair(client: client.number, server: server.number)) }
        let unsent = max(
            box.worker.connections[slot].clientSide.unsent.count, box.worker.connections[slot].serverSide.unsent.count)
        let unread = max(
            box.worker.connections[slot].clientSide.unread.count, box.worker.connections[slot].serverSide.unread.count)
        unsentMost = max(unsentMost, unsent)
        unreadMost = max(unreadMost, unread)
        let most = world.plan.listeners[0].settings.limits.backlogByteCount
        // The mark, one read more, the packet that was kept in part, and a PROXY header.
        if unsent > most + readMost + 4_096 + 536 { world.network.violate("\(unsent) bytes wait unsent") }
        if unread > readMost + 4_096 { world.network.violate("\(unread) bytes wait unread") }
        guard let endpoint = box.worker.connections[slot].client, !inForce.isEmpty else { return }
        if inForce.contains(where: { $0.ban.network?.contains(endpoint.address) == true && $0.ban.kind == .hard }),
            world.shared.reputation.standing(of: endpoint.address, nowNS: world.network.nowNS).isBanned
        {
            world.network.violate("a connection of the banned \(endpoint.address) is alive")
        }
    }

    /// The server's end that the relay joined with a client's.
    func servers(of client: Peer, in world: World) -> [Peer] {
        guard let number = client.socket?.number else { return [] }
        return pairs.filter { $0.client == number }.map { world.network.sockets[Int($0.server)] }
            .sorted { $0.number < $1.number }.compactMap(\.peer)
    }
}
