import WireBytes

/// What few rules ask of a packet beside phase, size, signature and limit.
extension PolicyCompiler {
    static func hasExtra(_ definition: RuleDefinition) -> Bool {
        definition.notAfter != nil || definition.repeats != nil
            || Direction.allCases.contains { !definition.fields[$0].isEmpty }
    }

    /// What a rule asks of one packet, as an index of `extras`; -1 for nothing.
    mutating func extra(of rule: Int, _ packet: UInt16, _ direction: Direction) -> Int32 {
        let definition = definitions[rule]
        guard Self.hasExtra(definition) else { return -1 }
        var extra = CheckExtra()
        if let fields = definition.fields[direction][packet] {
            extra.firstFlat = Int32(flatConditions.count)
            let rest = FieldRule(
                layout: fields.layout,
                conditions: fields.conditions.filter {
                    !flatConditions.append($0, fields.layout, isInverted: false)
                },
                conditionsNot: fields.conditionsNot.filter {
                    !flatConditions.append($0, fields.layout, isInverted: true)
                }, edits: fields.edits, byteCounts: fields.byteCounts)
            extra.flatCount = Int32(flatConditions.count) - extra.firstFlat
            if !(rest.conditions.isEmpty && rest.conditionsNot.isEmpty && rest.edits.isEmpty) {
                extra.fields = Int32(fieldRules.count)
                fieldRules.append(rest)
            }
        }
        if let notAfter = definition.notAfter {
            extra.notAfter = memories.append(.notAfter, ruleID: definition.id, packetTag: PacketTag.all)
            extra.notAfterNS = notAfter.withinNS
        }
        if let repeats = definition.repeats {
            extra.repeats = repeats
            extra.sharesMemory = definition.packets[direction] == .all
            extra.memory = memories.append(
                .repeats, ruleID: definition.id,
                packetTag: extra.sharesMemory ? PacketTag.all : PacketTag.of(packet, direction))
        }
        extras.append(extra)
        return Int32(extras.count - 1)
    }

    /// Gives the memories their places behind the buckets, and finds out who writes into them.
    mutating func placeMemories(_ packetCounts: PerDirection<Int>) {
        let bucketCount = slots.local.count
        var words: PerDirection<[UInt16: [Int32]]> = PerDirection(both: [:])
        for definition in definitions {
            guard let notAfter = definition.notAfter,
                let word = memories.firstWord(.notAfter, ruleID: definition.id, packetTag: PacketTag.all)
            else { continue }
            for direction in Direction.allCases {
                for packet in Set(notAfter.packets[direction]) {
                    precondition(
                        packet < max(1, packetCounts[direction]),
                        "rule \(definition.id) names packet \(packet) of \(packetCounts[direction])")
                    words[direction][packet, default: []].append(word)
                }
            }
        }
        memories.setNotes(words, packetCounts: packetCounts)
        memories.place(behind: bucketCount)
        for index in extras.indices {
            if extras[index].notAfter >= 0 { extras[index].notAfter += Int32(bucketCount) }
            if extras[index].memory >= 0 { extras[index].memory += Int32(bucketCount) }
        }
    }
}
