/// What is wrong with a packet's layout, and where.
public struct LayoutFault: Hashable, Sendable, BitwiseCopyable {
    /// What it is wrong about.
    public enum Subject: Hashable, Sendable, BitwiseCopyable {
        /// A field, by its index.
        case field(Int)
        /// An array, by its index.
        case array(Int)
        /// The counter.
        case counter
        /// The checksum.
        case checksum
    }

    /// What is wrong.
    public enum Reason: UInt8, Hashable, Sendable, BitwiseCopyable {
        /// A part of it lies outside the packet.
        case outside
        /// An offset points into the packet's fixed part.
        case insideFixedPart
        /// A text does not end before the packet does, or not where its length says.
        case noTerminator
        /// A text ends before its length says.
        case innerTerminator
        /// A text does not consist of whole units.
        case brokenUnit
        /// A varint is longer than 10 bytes or larger than 64 bits.
        case varintTooLong
        /// More elements are announced than the packet can hold.
        case countTooLarge
        /// There are elements, but their first has no place.
        case noFirstElement
        /// An element does not begin with its own offset.
        case wrongHere
        /// An element's successor does not stand behind it, or there are fewer or more elements than announced.
        case wrongNext
    }

    /// What it is wrong about.
    public let subject: Subject
    /// What is wrong.
    public let reason: Reason

    /// A fault.
    public init(subject: Subject, reason: Reason) {
        self.subject = subject
        self.reason = reason
    }
}

extension LayoutFault.Reason: CustomStringConvertible {
    /// One clause for a log line, without a full stop.
    public var description: String {
        switch self {
        case .outside: "reaches outside the packet"
        case .insideFixedPart: "begins inside the fixed part"
        case .noTerminator: "is not ended"
        case .innerTerminator: "ends before its length says"
        case .brokenUnit: "ends inside a character"
        case .varintTooLong: "is too long a varint"
        case .countTooLarge: "has more elements than fit the packet"
        case .noFirstElement: "has elements, but no first"
        case .wrongHere: "has an element that does not begin with its own offset"
        case .wrongNext: "has an element whose successor is not where it must be"
        }
    }
}
