import NetworkDriver
import WireBytes

/// The relay's end of a connection, or a listener, as its kernel keeps it.
final class SimulatedSocket {
    enum Role {
        case listener
        case stream
    }

    let number: Int32
    let role: Role
    /// The worker whose driver it belongs to.
    let worker: Int
    /// The address it is bound to.
    let local: Endpoint
    /// The other end; `nil` for a listener, and while a server is dialled.
    var peer: Peer?

    /// Given to `watch` or `listen`; events come only then.
    var token: UInt64?
    /// Stands in the driver's ready list.
    var isListed = false
    /// The relay has it: it was accepted, dialled or listened on.
    var isHandedOut = false
    /// It was accepted, and neither kept nor refused yet.
    var isUndecided = false
    var isClosed = false
    /// The relay sent a FIN.
    var isFinished = false

    /// Connections that wait to be accepted.
    var queue: [SimulatedSocket] = []

    /// A connection attempt has not ended yet.
    var isConnecting = false
    /// Why a connection attempt failed.
    var connectErrorCode: Int32?

    /// Bytes that have arrived, from `receivedHead` on not read yet.
    var received: [UInt8] = []
    var receivedHead = 0
    /// A FIN has arrived behind them.
    var readsOn = false
    /// A reset has arrived.
    var isBroken = false
    /// When the last of what is on its way here arrives.
    var lastArrivalNS: UInt64 = 0

    /// Bytes the kernel holds for the peer at most.
    var sendCapacity = Int.max
    /// Bytes sent that the peer has not taken.
    var heldByteCount = 0
    /// A send found no room: the next room is an event.
    var wantsRoom = false
    /// When the last of what is on its way to the peer arrives.
    var lastDeliveryNS: UInt64 = 0

    init(number: Int32, role: Role, worker: Int, local: Endpoint) {
        self.number = number
        self.role = role
        self.worker = worker
        self.local = local
    }

    var unreadCount: Int { received.count - receivedHead }
    var room: Int { max(0, sendCapacity - heldByteCount) }

    /// What an event would say now; `nil` when there is nothing to say.
    func readiness(token: UInt64) -> Readiness? {
        if role == .listener {
            guard !queue.isEmpty else { return nil }
            return Readiness(
                token: token, isReadable: true, isWritable: false, readsOn: false, isBroken: false)
        }
        if isConnecting { return nil }
        let isFailed = isBroken || connectErrorCode != nil
        let isReadable = unreadCount > 0 || readsOn || isFailed
        let isWritable = isFailed || isFinished || room > 0
        guard isReadable || isWritable else { return nil }
        return Readiness(
            token: token, isReadable: isReadable, isWritable: isWritable,
            readsOn: readsOn || isFailed, isBroken: isFailed)
    }
}
