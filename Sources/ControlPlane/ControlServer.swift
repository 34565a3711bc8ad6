import Hummingbird

/// The admin API: HTTP and JSON on a Unix socket.
public final class ControlServer: Sendable {}
