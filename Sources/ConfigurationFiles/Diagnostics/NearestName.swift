/// The known name that an operator most likely meant.
public enum NearestName {
    /// Finds the nearest of `known` names, or `nil` when none is near.
    ///
    /// Near is at most one mistake in three characters, letter case aside. Ties go to the first in order.
    public static func of(_ written: String, in known: some Sequence<String>) -> String? {
        let letters = Array(written.lowercased().utf8.prefix(lengthMax + 1))
        guard !letters.isEmpty, letters.count <= lengthMax else { return nil }
        var best: (name: String, distance: Int)?
        for name in known where name.utf8.count <= lengthMax && name != written {
            let bound = min(max(1, letters.count / 3), (best?.distance ?? .max) - 1)
            let candidate = Array(name.lowercased().utf8)
            guard bound >= 0, abs(candidate.count - letters.count) <= bound else { continue }
            let distance = distance(letters, candidate)
            if distance <= bound { best = (name, distance) }
        }
        return best?.name
    }

    /// Names longer than this are not compared: the work grows with the square.
    private static let lengthMax = 64

    /// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
    static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var before: [Int] = []
        var above = Array(0...other.count)
        for i in one.indices {
            var row = [i + 1]
            for j in other.indices {
                var cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (one[i] == other[j] ? 0 : 1))
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                row.append(cost)
            }
            before = above
            above = row
        }
        return above[other.count]
    }
}
