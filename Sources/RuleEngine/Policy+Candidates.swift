import WireBytes

extension Policy {
    /// The signatures that a packet can match; those of other packets may be among them.
    ///
    /// Cost: one search, and nothing where no signature can apply.
    @inline(never)
    func candidates(_ list: CheckList, _ facts: PacketFacts, in bytes: RawSpan) -> Candidates {
        var candidates = Candidates()
        let index = Int(list.filterScope)
        if filterScopes[index].phases &>> UInt64(facts.phase) & 1 == 0 { return candidates }
        if facts.byteCount < filterScopes[index].lowestSize || facts.byteCount > filterScopes[index].highestSize {
            return candidates
        }
        let bytes = bytes.extracting(first: min(bytes.byteCount, filterScopes[index].inspectedByteCount))
        if bytes.byteCount < filterScopes[index].leastByteCount { return candidates }
        if filterScopes[index].long >= 0 { filters.search(Int(filterScopes[index].long), in: bytes, for: &candidates) }
        if filterScopes[index].short >= 0 {
            filters.search(Int(filterScopes[index].short), in: bytes, for: &candidates)
        }
        return candidates
    }

    /// How many checks from `index` on are passed over because their signatures are no candidates.
    ///
    /// 0 when the first of them is one; never further than the check's run.
    ///
    /// Cost: a few steps, and a halving for each candidate of other packets.
    @inline(never)
    func passedOver(from index: Int, _ candidates: borrowing Candidates) -> Int {
        let end = index + Int(checks[index].run)
        var position = index
        while position < end {
            // In one list, the numbers of signatures grow from check to check.
            guard let next = candidates.next(from: details[position].signature, through: details[end - 1].signature)
            else { break }
            var low = position
            var high = end
            while low < high {
                let middle = (low + high) / 2
                if details[middle].signature < next { low = middle + 1 } else { high = middle }
            }
            // `next` is at most the last one's number, so there is a check at `low`.
            if details[low].signature == next { return low - index }
            position = low
        }
        return end - index
    }
}
