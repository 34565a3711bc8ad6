/// The clear text of bytes that are not settled yet.
///
/// Shape: no block while it is empty; its owner bounds it, as the unread bytes it stands for are bounded.
@safe
struct ClearText: ~Copyable {
    private var block = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// Bytes that fit into the block.
    private var capacity: Int { unsafe block.count }
    private var head = 0
    private var tail = 0

    deinit { unsafe block.deallocate() }

    var count: Int { tail - head }

    /// Oldest first, valid until it changes.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: block[head..<tail]) }

    /// Makes room behind the text.
    mutating func room(for byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if tail + byteCount > capacity, count + byteCount <= capacity {
            // In bounds, and `copyMemory` allows an overlap.
            unsafe block.copyMemory(from: bytes)
            (head, tail) = (0, count)
        }
        if tail + byteCount > capacity {
            // Twice as large, so that bytes that come one at a time are not copied each time.
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(count + byteCount, 2 * capacity, 256), alignment: 16)
            unsafe larger.copyMemory(from: bytes)
            unsafe block.deallocate()
            unsafe block = larger
            (head, tail) = (0, count)
        }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: block[tail..<tail + byteCount])
    }

    /// Text was written where `room` said.
    mutating func grow(by byteCount: Int) {
        precondition(tail + byteCount <= capacity, "\(byteCount) bytes were not asked for")
        tail += byteCount
    }

    mutating func append(_ source: UnsafeRawBufferPointer) {
        guard source.count > 0 else { return }
        unsafe room(for: source.count).copyMemory(from: source)
        grow(by: source.count)
    }

    /// The first bytes are settled; the block is given back with the last.
    mutating func removeFirst(_ byteCount: Int) {
        precondition(byteCount <= count, "\(byteCount) of \(count) bytes were settled")
        head += byteCount
        guard head == tail else { return }
        unsafe block.deallocate()
        unsafe block = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        (head, tail) = (0, 0)
    }
}
