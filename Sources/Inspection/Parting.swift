/// How a session ends that has something to say before.
public struct Parting: Sendable {
    /// The end that was put off.
    public let end: SessionEnd
    /// Where in its life the connection was.
    public let stage: Termination.Stage
    /// What the client gets before; `nil` once it was taken.
    public fileprivate(set) var reply: [UInt8]?
    /// Until when it may take, in monotonic nanoseconds.
    public let untilNS: UInt64

    /// Puts the parts together.
    public init(end: SessionEnd, stage: Termination.Stage, reply: [UInt8], untilNS: UInt64) {
        self.end = end
        self.stage = stage
        self.reply = reply
        self.untilNS = untilNS
    }
}

extension Session {
    /// The end that is put off until the client has got a reply; `nil` while there is none.
    public var parting: Parting? {
        get { rareStates.first?.parting }
        set { rare.parting = newValue }
    }

    /// What the client gets; once.
    public mutating func takeReply() -> [UInt8]? {
        guard let reply = parting?.reply else { return nil }
        rare.parting?.reply = nil
        return reply
    }
}
