/// A phase ends once: what only the next accepts passes from then on, what only the last did no longer.
enum PhaseCheck {
    static func complaints(sent: ReferenceStream, received: ReferenceStream) -> [String] {
        let passed = Set(received.units.map(\.bytes))
        func hasPassed(_ opcode: UInt8, sizes: ClosedRange<Int>) -> [Bool] {
            sent.units.filter { $0.kind == .packet(opcode: opcode) && sizes.contains($0.bytes.count) }
                .map { passed.contains($0.bytes) }
        }
        var found: [String] = []
        let later = hasPassed(Opcode.later, sizes: 0...GameRules.mostByteCount)
        if zip(later, later.dropFirst()).contains(where: { $0 && !$1 }) {
            found.append("a packet of the world was dropped after another had passed: \(later)")
        }
        let sized = hasPassed(Opcode.sized, sizes: 8...64)
        if zip(sized, sized.dropFirst()).contains(where: { !$0 && $1 }) {
            found.append("a packet of the login passed after another was dropped: \(sized)")
        }
        return found
    }
}
