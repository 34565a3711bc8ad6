/// What the search in the packets of one list is about.
struct FilterScope: Sendable, BitwiseCopyable {
    /// The filters to ask, -1 for none.
    var long: Int32 = -1
    var short: Int32 = -1
    /// The phases in which any of their signatures holds.
    var phases: UInt64 = 0
    /// The packet sizes that any of them allows.
    var lowestSize = Int.max
    var highestSize = 0
    /// No shorter bytes hold any of them.
    var leastByteCount = Int.max
    /// The bytes that decide them all.
    var inspectedByteCount = 0

    subscript(kind: SignatureFilters.Kind) -> Int32 {
        get { kind == .long ? long : short }
        set { if kind == .long { long = newValue } else { short = newValue } }
    }
}

extension PolicyCompiler {
    /// Decides which of a list's signatures a filter looks for, and says of each check how many can be passed over.
    mutating func appendScope(of rules: [Int], to list: inout CheckList) {
        var scope = FilterScope()
        for kind in SignatureFilters.Kind.allCases
        where rules.count(where: { self.kind(of: $0) == kind }) >= filteredCountMin ?? kind.countMin {
            // Which filter it is comes when all lists of the direction are there.
            scope[kind] = 0
        }
        var run: Int32 = 0
        for (offset, rule) in rules.enumerated().reversed() {
            guard let kind = kind(of: rule), scope[kind] >= 0 else {
                run = 0
                continue
            }
            include(rule, in: &scope)
            let check = Int(list.first) + offset
            run += 1
            checks[check].run = run
        }
        guard scope.phases != 0 else { return }
        list.filterScope = Int32(filterScopes.count)
        filterScopes.append(scope)
    }

    private func include(_ rule: Int, in scope: inout FilterScope) {
        let definition = definitions[rule]
        scope.phases |= Self.phases(of: definition)
        for range in definition.byteCounts.isEmpty ? [0...Int.max] : definition.byteCounts {
            scope.lowestSize = min(scope.lowestSize, range.lowerBound)
            scope.highestSize = max(scope.highestSize, range.upperBound)
        }
        scope.leastByteCount = min(scope.leastByteCount, signatures.leastByteCount(Int(signature(of: rule))))
        scope.inspectedByteCount = max(scope.inspectedByteCount, inspectedByteCount(of: rule))
    }

    /// Makes the filters of one direction's lists.
    mutating func appendFilters(checks range: Range<Int>, scopes: Range<Int>) {
        let numbers = Set(range.filter { checks[$0].run != 0 }.map { details[$0].signature }).sorted()
        for kind in SignatureFilters.Kind.allCases {
            let ofKind = numbers.filter { signatures.kind(Int($0)) == kind }
            guard !ofKind.isEmpty else { continue }
            let filter = Int32(filters.append(ofKind, of: signatures))
            for index in scopes where filterScopes[index][kind] >= 0 { filterScopes[index][kind] = filter }
        }
    }
}
