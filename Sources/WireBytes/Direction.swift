/// Which way bytes travel through the relay.
public enum Direction: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// From the client to the server.
    case inbound
    /// From the server to the client.
    case outbound

    /// The way back.
    @inlinable
    public var opposite: Direction { self == .inbound ? .outbound : .inbound }

    /// Who sends in this direction, as operators write it: `client` or `server`.
    @inlinable
    public var sender: String { self == .inbound ? "client" : "server" }
}

/// One value for each direction.
public struct PerDirection<Value> {
    /// What belongs to bytes from the client.
    public var inbound: Value
    /// What belongs to bytes from the server.
    public var outbound: Value

    /// One value for each direction.
    @inlinable
    public init(inbound: Value, outbound: Value) {
        self.inbound = inbound
        self.outbound = outbound
    }

    /// The same value both ways.
    @inlinable
    public init(both value: Value) {
        self.init(inbound: value, outbound: value)
    }

    /// The value of one direction.
    @inlinable
    public subscript(direction: Direction) -> Value {
        _read {
            switch direction {
            case .inbound: yield inbound
            case .outbound: yield outbound
            }
        }
        _modify {
            switch direction {
            case .inbound: yield &inbound
            case .outbound: yield &outbound
            }
        }
    }
}

extension PerDirection: Sendable where Value: Sendable {}
extension PerDirection: Equatable where Value: Equatable {}
extension PerDirection: BitwiseCopyable where Value: BitwiseCopyable {}
