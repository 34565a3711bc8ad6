public import Reputation
public import Settings
public import WireBytes

/// A ban as an operator sees it: with times of the clock on the wall.
public struct BanView: Sendable, Equatable {
    /// Whom it shuts out.
    public var subject: Subject
    /// The address that caused it, in full; `nil` where none did.
    public var address: IPAddress?
    /// How far it goes.
    public var kind: Ban.Kind
    /// Wall-clock microseconds since 1970.
    public var startedWallUS: Int64
    /// Wall-clock microseconds since 1970; `nil` until it is lifted.
    public var untilWallUS: Int64?
    /// 1 for the first within the memory.
    public var number: UInt32
    /// Why.
    public var cause: BanCause

    /// Translates a ban.
    ///
    /// - Parameters:
    ///   - nowNS: monotonic nanoseconds that belong to `nowWallUS`.
    public init(_ ban: Ban, nowNS: UInt64, nowWallUS: Int64) {
        subject = ban.subject
        address = ban.address
        kind = ban.kind
        startedWallUS = ban.startedWallUS
        number = ban.number
        cause = ban.cause
        guard !ban.isForever else {
            untilWallUS = nil
            return
        }
        let isAhead = ban.untilNS >= nowNS
        let distanceUS = Int64(clamping: (isAhead ? ban.untilNS - nowNS : nowNS - ban.untilNS) / 1_000)
        let (sum, overflow) = nowWallUS.addingReportingOverflow(isAhead ? distanceUS : -distanceUS)
        untilWallUS = overflow ? .max : sum
    }
}

/// What became of a request to lift a ban.
public struct UnbanOutcome: Sendable, Equatable {
    /// The bans that were lifted, with the time at which they ended; none where nobody was banned.
    public var lifted: [BanView]
    /// Bans of networks that still shut the subject out.
    public var stillBanned: [BanView]
}

/// What became of a ban.
public struct BanOutcome: Sendable, Equatable {
    /// What was done.
    public enum Change: String, Sendable {
        /// It is new.
        case banned
        /// One was in force and is now as the operator wants it.
        case changed
        /// It was in force just so.
        case unchanged
    }

    /// What was done.
    public var change: Change
    /// The ban as it is now.
    public var ban: BanView
}

/// Why a command was not carried out.
public enum OperationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whom it should ban is allowed, by this network.
    case allowed(subject: Subject, by: IPNetwork)
    /// The allowlist is full.
    case tooManyAllowed(most: Int)
    /// It stands in the service's file and can only be removed there.
    case configured(IPNetwork)
    /// It holds, but could not be written to disk.
    case notStored(String)
    /// There is no such listener.
    case unknownListener(String)
    /// The listener has no limits for an attack.
    case noAttackLimits(String)

    /// For the operator.
    public var description: String {
        switch self {
        case .allowed(let subject, let network):
            "\(subject) is allowed by \(network) and cannot be banned; remove that from the allowlist first"
        case .tooManyAllowed(let most): "the allowlist has \(most) entries, and that is the most"
        case .configured(let network):
            "\(network) is allowed by 'reputation.allow' in the service's file; remove it there and reload"
        case .notStored(let why): "it holds, but is not on disk yet; a restart before it is written loses it: \(why)"
        case .unknownListener(let name): "there is no listener '\(name)'"
        case .noAttackLimits("*"): "no listener has 'under_attack' in the service's file"
        case .noAttackLimits(let name): "the listener '\(name)' has no 'under_attack'"
        }
    }
}

/// What an operator wants of the mode for attacks.
public enum AttackOrder: String, Sendable, CaseIterable {
    case on
    case off
    /// As the thresholds say.
    case automatic = "auto"
}
