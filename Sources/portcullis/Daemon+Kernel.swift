import CLinux
import DataPlane
import Events
import Operations
import Reputation
import Settings

/// The kernel's bans.
extension Daemon {
    /// Begins, follows or ends the bans in the kernel, as the service's file says.
    func followKernel(_ settings: ServiceSettings) {
        guard let wanted = settings.kernel else {
            kernel?.stop(removing: true)
            kernel = nil
            return
        }
        let shared = service.shared
        let wish: @Sendable () -> KernelWish = {
            KernelWish(bans: shared.reputation.bans(nowNS: clinux_monotonic_ns()), allowed: settings.reputation.allow)
        }
        if let kernel { return kernel.update(settings: wanted, listeners: settings.listeners, wish: wish) }
        kernel = KernelBanWriter(settings: wanted, listeners: settings.listeners, wish: wish) { level, name, text in
            shared.events.post(.notice(Notice(wallUS: clinux_wall_us(), level: level, name: name, text: text)))
        }
    }
}
