import Reputation
import WireBytes

/// What a request asks for.
enum Route: Equatable {
    case status
    case metrics
    case bans(BanQuery)
    case ban(Subject)
    case unban(Subject)
    case unbanAll
    case importBans
    case allowed
    case allow(IPNetwork)
    case disallow(IPNetwork)
    case why(Subject)
    case underAttack(listener: String?)

    /// Finds the route of a method and a path.
    ///
    /// A table instead of a router, because a subject may hold a slash, and because a path that has other methods says
    /// which.
    init(method: String, _ target: RequestTarget) throws(ControlError) {
        let segments = target.segments
        if segments == ["metrics"] {
            self = try Self.one(method, ["GET": .metrics])
        } else if segments.first == "v1", segments.count >= 2 {
            self = try Self.versioned(method, target, String(segments[1]), hasName: segments.count > 2)
        } else {
            throw Self.notFound
        }
        guard case .bans = self else {
            _ = try target.parameters([])
            return
        }
    }

    /// Whether it changes anything.
    var isChange: Bool {
        switch self {
        case .status, .metrics, .bans, .allowed, .why: false
        case .ban, .unban, .unbanAll, .importBans, .allow, .disallow, .underAttack: true
        }
    }

    private static let notFound = ControlError(
        .notFound, "there is nothing at this path; the manual's page 'control' lists what there is")

    private static func versioned(
        _ method: String, _ target: RequestTarget, _ resource: String, hasName: Bool
    ) throws(ControlError) -> Route {
        let name = hasName ? try target.rest(after: 2) : ""
        switch (resource, hasName) {
        case ("status", false): return try one(method, ["GET": .status])
        case ("bans", false):
            let query = method == "GET" ? try BanQuery(target.parameters(BanQuery.names)) : BanQuery()
            return try one(method, ["GET": .bans(query), "DELETE": .unbanAll])
        case ("bans", true) where name == "import": return try one(method, ["POST": .importBans])
        case ("bans", true):
            let subject = try SubjectText.subject(name)
            return try one(method, ["PUT": .ban(subject), "DELETE": .unban(subject)])
        case ("allow", false): return try one(method, ["GET": .allowed])
        case ("allow", true):
            let network = try SubjectText.network(name)
            return try one(method, ["PUT": .allow(network), "DELETE": .disallow(network)])
        case ("why", true): return try one(method, ["GET": .why(SubjectText.subject(name))])
        case ("under-attack", _):
            return try one(method, ["PUT": .underAttack(listener: hasName ? name : nil)])
        default: throw notFound
        }
    }

    private static func one(_ method: String, _ routes: [String: Route]) throws(ControlError) -> Route {
        guard let route = routes[method] else {
            let list = routes.keys.sorted().joined(separator: ", ")
            var error = ControlError(.methodNotAllowed, "this path takes \(list), not \(method)")
            error.allow = list
            throw error
        }
        return route
    }
}
