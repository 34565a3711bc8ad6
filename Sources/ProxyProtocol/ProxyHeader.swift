import WireBytes

/// A PROXY protocol header, either version (specification of 2026-04-27).
public struct ProxyHeader: Sendable, Equatable {
}
