/// Which way bytes travel through the relay.
public enum Direction: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// From the client to the server.
    case inbound
    /// From the server to the client.
    case outbound

    /// Both, first that of the client's bytes; written out so that a loop over it in another module is unrolled.
    @inlinable
    public static var allCases: [Direction] { [.inbound, .outbound] }

    /// The way back.
    @inlinable
    public var opposite: Direction { self == .inbound ? .outbound : .inbound }

    /// Who sends in this direction, as operators write it: `client` or `server`.
    @inlinable
    public var sender: String { self == .inbound ? "client" : "server" }
}

/// One value for each direction.
///
/// Shape: the two values side by side, so that choosing one is an index and no branch; reading or changing a part of
/// one copies nothing.
public struct PerDirection<Value> {
    @usableFromInline
    var values: InlineArray<2, Value>

    /// One value for each direction.
    @inlinable
    public init(inbound: Value, outbound: Value) {
        values = [inbound, outbound]
    }

    /// The same value both ways.
    @inlinable
    public init(both value: Value) {
        self.init(inbound: value, outbound: value)
    }

    /// What belongs to bytes from the client.
    @inlinable
    public var inbound: Value {
        _read { yield values[0] }
        _modify { yield &values[0] }
    }

    /// What belongs to bytes from the server.
    @inlinable
    public var outbound: Value {
        _read { yield values[1] }
        _modify { yield &values[1] }
    }

    /// The value of one direction.
    @inlinable
    public subscript(direction: Direction) -> Value {
        _read { yield values[Int(direction.rawValue)] }
        _modify { yield &values[Int(direction.rawValue)] }
    }
}

extension PerDirection: Sendable where Value: Sendable {}
extension PerDirection: BitwiseCopyable where Value: BitwiseCopyable {}

extension PerDirection: Equatable where Value: Equatable {
    /// Whether both values are equal.
    @inlinable
    public static func == (left: PerDirection, right: PerDirection) -> Bool {
        left.inbound == right.inbound && left.outbound == right.outbound
    }
}
