import Glibc
import NIOCore

/// Who holds the other end of a Unix socket, as the kernel says.
enum PeerIdentity {
    /// `struct ucred` of `SO_PEERCRED`, which needs a feature macro that Swift's Glibc is imported without.
    private struct Credentials: Sendable, BitwiseCopyable {
        var processID: Int32 = 0
        var userID: UInt32 = .max
        var groupID: UInt32 = .max
    }

    /// The user who connected; `nil` where the socket has none to tell.
    static func userID(of channel: any Channel) async -> uid_t? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        let option = NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        // The structure is the one of this option, three numbers of 32 bits.
        let answer: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket, name: option)
        guard let credentials = try? await answer.get(), credentials.userID != .max else { return nil }
        return credentials.userID
    }
}
