import GameProtocol
import Inspection
import ProxyProtocol
import Settings
import TestSupport
import WireBytes

@testable import DataPlane

/// What the operator does in the middle of a run, and how it comes to its end.
extension RandomRun {
    private enum Act: Int {
        case reload, ban, drain, stop
    }

    func arrangeActs() {
        world.network.onAct = { [unowned self] number in
            guard let act = Act(rawValue: number) else { return }
            perform(act)
        }
        if reloadVariant != nil { arrange(.reload) }
        if random.chance(1, in: 4) { arrange(.ban) }
        if random.chance(1, in: 10) { arrange(.drain) }
        if random.chance(1, in: 20) { arrange(.stop) }
    }

    private func arrange(_ act: Act) {
        let timeNS = world.network.nowNS + UInt64.random(in: 0...6_000_000_000, using: &random)
        world.network.timeline.add(.act(act.rawValue), atNS: timeNS)
    }

    private func perform(_ act: Act) {
        switch act {
        case .reload:
            guard let variant = reloadVariant else { return }
            reloadedNS = world.network.nowNS
            world.reload(
                settings, rulesets: [GameRules.ruleset(variant, opening, isEnciphered: isEnciphered)],
                lists: Self.lists(listed))
        case .ban:
            guard let address = IPAddress(Self.addresses[Int.random(in: 0..<Self.addresses.count, using: &random)])
            else { return }
            world.ban(address, forNS: UInt64.random(in: 500_000_000...20_000_000_000, using: &random))
        case .drain:
            world.drain()
        case .stop:
            world.stop()
        }
    }

    /// Runs to the end, and says everything that is wrong.
    func complaints() -> [String] {
        world.run(forNS: 200 * Game.secondNS)
        comeToRest()
        return world.network.violations + RunCheck(self).complaints()
    }

    /// Faults off: every session must end by itself, in bounded steps and time.
    private func comeToRest() {
        world.network.faults = .none
        for peer in world.clients + world.servers where peer.socket != nil {
            peer.script = [.resume, .finish]
            peer.nextStep = 0
            peer.isWaitingForEnd = false
            peer.awaitedByteCount = nil
            world.network.proceed(peer)
        }
        // Servers dialled from now on are patient and short.
        world.serverScript = { [unowned self] _ in
            (hasPreamble ? [.send(GameRules.serverPreamble)] : []) + [.awaitEnd, .finish]
        }
        let steps = world.stepCount
        world.run(forNS: 60 * Game.secondNS) {
            world.openCount == 0 && world.clients.allSatisfy { $0.socket != nil || $0.isRefused }
        }
        if world.openCount > 0 { world.network.violate("\(world.openCount) connections never end") }
        let most = 2_000 + 600 * world.clients.count
        if world.stepCount - steps > most { world.network.violate("\(world.stepCount - steps) steps to come to rest") }
        world.drain()
        world.run(forNS: 31 * Game.secondNS)
        if world.boxes.contains(where: { !$0.worker.isFinished }) { world.network.violate("a worker never finishes") }
    }
}
