import Inspection
import NetworkDriver
import Settings
import WireBytes

/// Bytes from one end through the session to the other.
///
/// Packets that pass are sent from the buffer they arrived in, all that one read completed in one send. Only a packet
/// that arrived in pieces is copied, and only what the kernel does not take waits.
extension Worker where Driver: ~Copyable {
    /// Reads in one turn before other connections have theirs.
    private static var readsPerTurn: Int { 4 }

    /// Reads one direction until nothing is left, its sink is full, or its turn is over.
    mutating func pump(_ slot: Int, _ direction: Direction) {
        for _ in 0..<Self.readsPerTurn {
            guard connections[slot].state == .relaying, canRead(slot, direction) else { return }
            if direction == .inbound, connections[slot].clientSide.isParting {
                readOn(slot)
            } else {
                read(slot, direction)
            }
        }
        guard connections[slot].state == .relaying, canRead(slot, direction) else { return }
        giveTurn(slot, direction)
    }

    /// Whether a read makes sense; also keeps the clocks of paused packets.
    private mutating func canRead(_ slot: Int, _ direction: Direction) -> Bool {
        let source = direction.source
        let most = plans[connections[slot].plan].plan.settings.limits.backlogByteCount
        // Half of it must be taken before reading begins again, or every send would allow one small read.
        let mark = connections[slot][source].isPaused ? max(1, most / 2) : most
        let isFull = connections[slot][direction.sink].unsent.count >= mark
        if isFull != connections[slot][source].isPaused {
            connections[slot][source].isPaused = isFull
            if !isFull { connections[slot].session?.resumed(direction, nowNS: nowNS) }
        }
        return !isFull && connections[slot][source].isReadable && !connections[slot][source].hasEnded
            && !connections[slot][source].isHeld && !connections[slot][source].isWaiting
            && connections[slot][source].socket.isOpen
    }

    private mutating func read(_ slot: Int, _ direction: Direction) {
        let source = direction.source
        let socket = connections[slot][source].socket
        // Into the packet that is at hand in part, where there is one: what has arrived is not copied again.
        let isPartial = !connections[slot][source].unread.isEmpty
        let missing = connections[slot][source].neededByteCount - connections[slot][source].unread.count
        let buffer =
            unsafe isPartial
            ? connections[slot][source].unread.room(for: min(max(missing, 4_096), ReadBuffer.byteCount))
            : readBuffer.bytes
        switch unsafe driver.receive(from: socket, into: buffer) {
        case .bytes(let byteCount):
            if byteCount < buffer.count, !connections[slot][source].readsOn {
                connections[slot][source].isReadable = false
            }
            let wire = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount])
            let gameCount = unsafe connections[slot][source].leg.unwrap(wire)
            if isPartial {
                connections[slot][source].unread.grow(by: gameCount)
                judgeUnread(slot, direction)
            } else {
                let game = unsafe UnsafeMutableRawBufferPointer(rebasing: wire[..<gameCount])
                let settled = unsafe judge(game, slot, direction)
                guard connections[slot].state == .relaying else { return }
                unsafe connections[slot][source].unread.append(UnsafeRawBufferPointer(rebasing: game[settled...]))
            }
        case .wouldBlock: connections[slot][source].isReadable = false
        case .ended:
            connections[slot][source].isReadable = false
            connections[slot][source].hasEnded = true
            finishSource(slot, direction)
        case .broken: endByReset(slot, source)
        }
    }

    /// Judges what was kept, when enough of it is there.
    mutating func judgeUnread(_ slot: Int, _ direction: Direction) {
        let source = direction.source
        if isUnheard(slot, direction) { return connections[slot][source].unread.removeAll() }
        let count = connections[slot][source].unread.count
        if count > 0, count >= connections[slot][source].neededByteCount {
            let bytes = unsafe connections[slot][source].unread.bytes
            let settled = unsafe judge(bytes, slot, direction)
            guard connections[slot].state == .relaying else { return }
            connections[slot][source].unread.removeFirst(settled)
        }
        if connections[slot][source].hasEnded { finishSource(slot, direction) }
    }

    /// Sends judged bytes, or lets them wait behind those that wait already.
    mutating func deliver(_ bytes: Slice<UnsafeRawBufferPointer>, _ slot: Int, _ sink: End) {
        guard unsafe !bytes.isEmpty else { return }
        var rest = unsafe connections[slot][sink].leg.wrap(UnsafeRawBufferPointer(rebasing: bytes))
        if connections[slot][sink].unsent.isEmpty {
            if connections[slot][sink].isWritable, isConnected(slot, sink) {
                let socket = connections[slot][sink].socket
                switch unsafe driver.send(rest, to: socket) {
                case .bytes(let byteCount): unsafe rest = UnsafeRawBufferPointer(rebasing: rest[byteCount...])
                case .wouldBlock: break
                case .broken: return endByReset(slot, sink)
                }
                if unsafe !rest.isEmpty { connections[slot][sink].isWritable = false }
            }
        }
        guard unsafe !rest.isEmpty else { return }
        let isFirst = connections[slot][sink].unsent.isEmpty
        unsafe connections[slot][sink].unsent.append(rest)
        if isFirst { connections[slot][sink].unsent.sinceNS = nowNS }
    }

    // In place: to call a method of a worker that only looks at it, all of the worker would be copied.
    @inline(__always)
    private func isConnected(_ slot: Int, _ end: End) -> Bool {
        end == .client || connections[slot].dial.progress == .connected
    }

    /// The kernel takes bytes for this end again.
    mutating func sendUnsent(_ slot: Int, to sink: End) {
        guard isConnected(slot, sink) else { return }
        while connections[slot][sink].isWritable, !connections[slot][sink].unsent.isEmpty {
            let bytes = unsafe UnsafeRawBufferPointer(connections[slot][sink].unsent.bytes)
            switch unsafe driver.send(bytes, to: connections[slot][sink].socket) {
            case .bytes(let byteCount):
                connections[slot][sink].unsent.removeFirst(byteCount)
                connections[slot][sink].unsent.sinceNS = nowNS
                if !connections[slot][sink].unsent.isEmpty { connections[slot][sink].isWritable = false }
            case .wouldBlock: connections[slot][sink].isWritable = false
            case .broken: return endByReset(slot, sink)
            }
        }
        guard connections[slot].state == .relaying else { return }
        if connections[slot].clientSide.isParting { finishReply(slot) }
        guard connections[slot].state == .relaying else { return }
        let source = sink.opposite
        if connections[slot][source].hasEnded { finishSource(slot, source.direction) }
        guard connections[slot].state == .relaying else { return }
        if connections[slot][source].isPaused { giveTurn(slot, source.direction) }
    }

    /// One end has sent its last byte: when all of it is settled and sent, the other end gets the FIN,
    /// or a reset if that last byte was not the last of its packet.
    private mutating func finishSource(_ slot: Int, _ direction: Direction) {
        // A reply is on its way, and its end is all that is waited for.
        if connections[slot].clientSide.isParting { return }
        let source = direction.source
        let sink = direction.sink
        if connections[slot].firstEnded == nil {
            connections[slot].firstEnded = source
            connections[slot].halfClosedNS = nowNS
        }
        guard !connections[slot][source].isHeld, !connections[slot][source].isWaiting else { return }
        if !connections[slot][source].unread.isEmpty || connections[slot].session?.isDropping(direction) == true {
            connections[slot].isTruncated = true
            connections[slot][source].unread.removeAll()
        }
        // It never sent the packet that the server would have been dialled for.
        let reason: Termination.Reason = connections[slot].isTruncated ? .truncatedPacket : .finished
        if connections[slot].dial.progress == .notYet { return end(slot, .client, reason) }
        guard connections[slot][sink].unsent.isEmpty, isConnected(slot, sink) else { return }
        // A packet that was never completed: what of it was sent on cannot be taken back, so the receiver must learn.
        if connections[slot].session?.isMidPacket(direction) == true {
            return end(slot, source == .client ? .client : .server, .truncatedPacket, resets: true)
        }
        if !connections[slot][sink].isFinished {
            connections[slot][sink].isFinished = true
            driver.finish(connections[slot][sink].socket)
        }
        if connections[slot].clientSide.isFinished, connections[slot].serverSide.isFinished {
            let cause: Termination.Cause = connections[slot].firstEnded == .server ? .server : .client
            end(slot, cause, reason)
        }
    }
}
