extension Policy {
    public func judgeUncut(
        _ facts: PacketFacts, buckets: inout BucketSet, nowNS: UInt64, findings: inout [Finding]
    ) -> Judgement { fatalError() }
}
extension Policy {
    public func banBaseNS(of rule: RuleIndex) -> UInt64? { fatalError() }
}
