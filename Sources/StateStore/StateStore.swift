import GRDB

/// What outlives the program: bans, scores, the allowlist, and what happened before.
public final class StateStore: Sendable {}
