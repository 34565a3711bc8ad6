/// The body of `PUT /v1/under-attack/LISTENER`.
public struct UnderAttackBody: Codable, Sendable, Equatable {
    /// What a listener is told.
    public enum State: String, Codable, Sendable, CaseIterable, NamedChoice {
        /// Under attack until told otherwise.
        case on
        /// Not under attack until told otherwise.
        case off
        /// As its own thresholds say.
        case auto

        /// One of the words, or an error that names them all.
        public init(from decoder: any Decoder) throws { self = try Self.decode(decoder) }
    }

    /// What it is told.
    public var state: State

    enum CodingKeys: String, CodingKey, CaseIterable { case state }

    /// Puts the parts together.
    public init(state: State) {
        self.state = state
    }

    /// Refuses fields that it does not know.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseOtherKeys(than: CodingKeys.self)
        state = try decoder.container(keyedBy: CodingKeys.self).decode(State.self, forKey: .state)
    }
}
