import Inspection
import NetworkDriver
import WireBytes

/// Unread bytes through the session, and what it says of them: to the other end, elsewhere, or nowhere.
extension Worker where Driver: ~Copyable {
    /// Puts bytes through the session and does what it says.
    ///
    /// - Parameter wire: all unread bytes, as they came; those that go on may be enciphered anew in place.
    /// - Returns: how many of the bytes are settled; the rest must be kept. Nothing when the connection ended.
    mutating func judge(_ wire: UnsafeMutableRawBufferPointer, _ slot: Int, _ direction: Direction) -> Int {
        let source = direction.source
        connections[slot][source].isWaiting = false
        connections[slot][source].isHeld = false
        connections[slot][source].neededByteCount = 1
        var settled = 0
        // Once more where the bytes behind those that are settled must be made clear in another way.
        while settled < wire.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: wire[settled...])
            let isCiphered = connections[slot].session?.hasCiphers == true
            let byteCount =
                unsafe isCiphered
                ? judgeCiphered(rest, slot, direction)
                : judge(UnsafeRawBufferPointer(rest), over: rest, isCiphered: false, slot, direction)
            settled += byteCount
            guard connections[slot].state == .relaying else { return settled }
            if isUnheard(slot, direction) { return wire.count }
            guard byteCount > 0, !connections[slot][source].isWaiting, !connections[slot][source].isHeld,
                connections[slot][source].neededByteCount <= wire.count - settled
            else { break }
        }
        if settled > 0, connections[slot][source.opposite].isWaiting { giveTurn(slot, direction.opposite) }
        // A packet that was dropped is no reason to dial.
        let hasPassed = direction == .inbound && !connections[slot].serverSide.unsent.isEmpty
        if hasPassed, connections[slot].dial.progress == .notYet { startDial(slot) }
        return settled
    }

    /// Judges the clear text of bytes that are enciphered on the wire, or in one direction of a connection that is.
    @inline(never)
    private mutating func judgeCiphered(
        _ wire: UnsafeMutableRawBufferPointer, _ slot: Int, _ direction: Direction
    ) -> Int {
        guard let cipher = connections[slot].session?.cipher(direction) else {
            return unsafe judge(UnsafeRawBufferPointer(wire), over: wire, isCiphered: false, slot, direction)
        }
        let clear = unsafe cipher.open(UnsafeRawBufferPointer(wire), room: clearBuffer.bytes)
        let settled = unsafe judge(
            clear, over: UnsafeMutableRawBufferPointer(rebasing: wire[..<clear.count]), isCiphered: true, slot,
            direction)
        unsafe cipher.settle(settled, of: clear)
        return settled
    }

    /// Judges game bytes one packet after the other, until they are settled, more is needed, or their cipher changes.
    ///
    /// - Parameters:
    ///   - game: unread bytes, clear.
    ///   - wire: the same bytes as they came.
    private mutating func judge(
        _ game: UnsafeRawBufferPointer, over wire: UnsafeMutableRawBufferPointer, isCiphered: Bool, _ slot: Int,
        _ direction: Direction
    ) -> Int {
        let source = direction.source
        // Safe without a reference count: the plan that holds it is replaced by commands only, before a batch's events.
        let ruleset = unsafe Unmanaged.passUnretained(plans[connections[slot].plan].plan.ruleset)
        let limits = plans[connections[slot].plan].plan.sessionLimits
        let epoch = connections[slot].session?.cipherEpoch
        var settled = 0
        // Packets that go on stand side by side until one does not: they leave in one send.
        let passing = UnsafeRawBufferPointer(wire)
        var passingStart = 0
        judging: while settled < game.count {
            let rest = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: game[settled...]))
            let action =
                unsafe ruleset._withUnsafeGuaranteedRef {
                    connections[slot].session?.receive(
                        rest, direction, nowNS: nowNS, ruleset: $0, limits: limits, findings: &findings)
                } ?? .end(SessionEnd(cause: .internal, reason: .violation))
            if !findings.isEmpty || connections[slot].session?.hasNews == true {
                // The packets before this one were allowed; a ban that this one brings about holds for it too.
                unsafe deliver(passing[passingStart..<settled], slot, direction.sink)
                guard connections[slot].state == .relaying else { return settled }
                passingStart = settled
                let packet = unsafe UnsafeRawBufferPointer(rebasing: game[settled...])
                if unsafe reportFindings(slot, packet) || takeNews(slot) { return settled }
            }
            switch action {
            case .forward(let byteCount):
                if isCiphered { unsafe forward(game, wire, settled, byteCount, slot, direction) }
                settled += byteCount
            case .discard(let byteCount), .replace(let byteCount):
                unsafe deliver(passing[passingStart..<settled], slot, direction.sink)
                guard connections[slot].state == .relaying else { return settled }
                if isCiphered { connections[slot].session?.cipher(direction)?.diverge() }
                if case .replace = action { deliverReplacement(slot, direction) }
                guard connections[slot].state == .relaying else { return settled }
                settled += byteCount
                passingStart = settled
            case .needs(let byteCount):
                connections[slot][source].neededByteCount = byteCount
                break judging
            case .waits:
                connections[slot][source].isWaiting = true
                break judging
            case .hold:
                connections[slot][source].isHeld = true
                break judging
            case .end(let end):
                unsafe deliver(passing[passingStart..<settled], slot, direction.sink)
                guard connections[slot].state == .relaying else { return settled }
                self.end(slot, end)
                // Where a reply is on its way, nobody looks at the rest; the server's last packet was refused here.
                if direction == .outbound, connections[slot].state == .relaying { sendReply(slot) }
                return game.count
            }
            if connections[slot].session?.cipherEpoch != epoch { break judging }
        }
        unsafe deliver(passing[passingStart..<settled], slot, direction.sink)
        if direction == .outbound, connections[slot].clientSide.isParting, connections[slot].state == .relaying {
            sendReply(slot)
        }
        return settled
    }

    /// A packet of an enciphered stream goes on.
    @inline(never)
    private mutating func forward(
        _ game: UnsafeRawBufferPointer, _ wire: UnsafeMutableRawBufferPointer, _ start: Int, _ byteCount: Int,
        _ slot: Int, _ direction: Direction
    ) {
        // In bounds: the session forwards no more than it was given.
        unsafe connections[slot].session?.cipher(direction)?.forward(
            UnsafeRawBufferPointer(rebasing: game[start..<start + byteCount]),
            UnsafeMutableRawBufferPointer(rebasing: wire[start..<start + byteCount]))
    }

    /// What the rules made of a packet goes on in its place.
    @inline(never)
    private mutating func deliverReplacement(_ slot: Int, _ direction: Direction) {
        guard var packet = connections[slot].session?.takeReplacement(direction) ?? nil else { return }
        connections[slot].session?.cipher(direction)?.seal(&packet)
        unsafe packet.withUnsafeBytes { bytes in unsafe deliver(bytes[...], slot, direction.sink) }
    }
}
