import Reputation

extension Route {
    /// Reads the body and asks the service.
    func answer(
        body: [UInt8], service: any ControlledService, who: String, importCount: Int
    ) throws(ControlError) -> Reply {
        switch self {
        case .status, .metrics, .bans, .allowed, .why:
            try Self.expectNone(body)
            return try answerQuestion(service)
        case .unban, .unbanAll, .disallow:
            try Self.expectNone(body)
            return try answerRemoval(service, who)
        case .ban(let subject):
            let order = body.isEmpty ? BanBody() : try ControlJSON.value(BanBody.self, body)
            try ControlText.check(order.reason, "reason")
            return try Reply(json: service.ban(subject, order, who: who))
        case .importBans:
            let order = try ControlJSON.value(ImportBody.self, body)
            guard order.entries.count <= importCount else {
                throw ControlError(.tooLarge, "an import has at most \(importCount) entries; send several")
            }
            return try Reply(json: service.importBans(order, who: who))
        case .allow(let network):
            let order = body.isEmpty ? AllowBody() : try ControlJSON.value(AllowBody.self, body)
            try ControlText.check(order.comment, "comment")
            return try Reply(json: service.allow(network, order, who: who))
        case .underAttack(let listener):
            let order = try ControlJSON.value(UnderAttackBody.self, body)
            try service.setUnderAttack(listener: listener, order, who: who)
            return try Reply(json: order)
        }
    }

    private func answerQuestion(_ service: any ControlledService) throws(ControlError) -> Reply {
        switch self {
        case .metrics: Reply(MetricsText(service.status()).bytes, contentType: MetricsText.contentType)
        case .bans(let query): try Reply(json: service.bans(query))
        case .allowed: try Reply(json: service.allowed())
        case .why(let subject): try Reply(json: service.why(subject))
        default: try Reply(json: service.status())
        }
    }

    private func answerRemoval(_ service: any ControlledService, _ who: String) throws(ControlError) -> Reply {
        switch self {
        case .unban(let subject): try Reply(json: service.unban(subject, who: who))
        case .disallow(let network): try Reply(json: service.disallow(network, who: who))
        default: try Reply(json: service.unbanAll(who: who))
        }
    }

    private static func expectNone(_ body: [UInt8]) throws(ControlError) {
        guard body.isEmpty else { throw ControlError(.badRequest, "this request takes no body") }
    }
}

/// Texts of operators, which stand in logs.
enum ControlText {
    /// Most bytes of a reason or a comment.
    static let byteCountMax = 200

    static func check(_ text: String?, _ name: String) throws(ControlError) {
        guard let text else { return }
        guard text.utf8.count <= byteCountMax else {
            throw ControlError(.badRequest, "a \(name) has at most \(byteCountMax) bytes, not \(text.utf8.count)")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }) else {
            throw ControlError(.badRequest, "a \(name) has no control characters")
        }
    }
}
