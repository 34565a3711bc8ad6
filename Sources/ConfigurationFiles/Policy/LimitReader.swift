import RuleEngine

/// Reads a rule's limit.
struct LimitReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("a limit", keys: ["count", "per", "rate", "burst", "most"])

    private enum Key {
        case scope(Limit.Scope)
        case packet
    }

    func limit(_ node: Node) -> Limit? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let counts: Kind<Limit.Count> = .choice([
            "packets": .packets, "bytes": .bytes, "connections": .connections, "open": .open,
        ])
        let count = fields.has("count") ? fields.optional("count", counts) : .packets
        guard let (scope, perPacket) = scope(fields), let count else { return nil }
        if count == .open || count == .connections {
            if perPacket { fields.error(.packetAtOpen, at: "per", "a connection has no packet when it opens") }
            if scope == .account {
                fields.error(
                    .packetAtOpen, at: "per", "when a connection opens, nobody knows whose account it is for",
                    help: "per: address, network or listener")
                return nil
            }
            if scope == .connection {
                diagnostics.error(
                    .conflict, at: fields["per"]?.place ?? fields.place,
                    "connections cannot be counted per connection", help: "add per: address, network or listener")
                return nil
            }
        }
        return count == .open ? open(fields, scope) : bucket(fields, count, scope, perPacket)
    }

    private func scope(_ fields: Fields) -> (Limit.Scope, perPacket: Bool)? {
        guard fields.has("per") else { return (.connection, false) }
        let keys: Kind<Key> = .choice([
            "connection": .scope(.connection), "address": .scope(.address), "network": .scope(.network),
            "listener": .scope(.listener), "account": .scope(.account), "packet": .packet,
        ])
        guard let given = fields.optional("per", keys.located.oneOrMore) else { return nil }
        var scope: Limit.Scope?
        var perPacket = false
        for key in given {
            switch key.value {
            case .packet: perPacket = true
            case .scope(let one):
                if scope != nil {
                    diagnostics.error(
                        .conflict, at: key.place, "a limit is per connection, address, network, account or listener",
                        help: "only 'packet' can be added to one of them")
                    return nil
                }
                scope = one
            }
        }
        return (scope ?? .connection, perPacket)
    }

    private func open(_ fields: Fields, _ scope: Limit.Scope) -> Limit? {
        for key in ["rate", "burst"] where fields.has(key) {
            diagnostics.error(
                .conflict, at: fields.keyPlace(key), "'\(key)' does not go with 'count: open'",
                help: "write most: 8 for eight at once")
        }
        let most = fields.required("most", .number(in: 1...Rate.amountMax))
        return most.map { Limit(count: .open, scope: scope, amount: 1, periodNS: 1, burst: $0) }
    }

    private func bucket(
        _ fields: Fields, _ count: Limit.Count, _ scope: Limit.Scope, _ perPacket: Bool
    ) -> Limit? {
        if fields.has("most") {
            diagnostics.error(
                .conflict, at: fields.keyPlace("most"), "'most' goes with 'count: open' only",
                help: "write burst: for what may come at once")
        }
        let isBytes = count == .bytes
        let rate = fields.required("rate", isBytes ? .byteRate : .rate)
        let amounts: ClosedRange<UInt64> = 1...Rate.amountMax
        let sizes = Kind<Int>.size(in: 1...Int(Rate.amountMax)).map { UInt64($0) }
        let burst = fields.optional("burst", isBytes ? sizes : .number(in: amounts))
        guard let rate, burst != nil || !fields.has("burst") else { return nil }
        let limit = Limit(
            count: count, scope: scope, perPacket: perPacket, amount: rate.amount, periodNS: rate.periodNS,
            burst: burst ?? rate.amountPerSecond)
        let product = limit.burst.multipliedFullWidth(by: limit.periodNS)
        let isTooSlow =
            product.high >= limit.amount || limit.amount.dividingFullWidth(product).quotient > Rate.fillNSMax
        if isTooSlow {
            fields.error(.outOfRange, at: "burst", "this bucket would take more than a year to fill")
            return nil
        }
        return limit
    }
}
