/// Bytes that wait: received and not judged yet, or judged and not taken by the kernel.
///
/// Shape: one heap block while it holds anything, none while it is empty; bytes leave at the front and arrive at the
/// back. Its owner bounds it: it never grows by itself beyond what is asked.
@safe
struct ByteQueue: ~Copyable {
    private var storage = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var head = 0
    private var tail = 0

    init() {}

    deinit { unsafe storage.deallocate() }

    var count: Int { tail - head }
    var isEmpty: Bool { head == tail }

    /// The bytes, oldest first, valid until the queue changes.
    var bytes: UnsafeMutableRawBufferPointer {
        // Safe: head and tail lie within the storage, and bytes between them were written.
        unsafe UnsafeMutableRawBufferPointer(rebasing: storage[head..<tail])
    }

    /// Makes room for `byteCount` more bytes behind those that wait, and answers where.
    mutating func room(for byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe storage.count - tail < byteCount { makeRoom(for: byteCount) }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: storage[tail..<tail + byteCount])
    }

    private mutating func makeRoom(for byteCount: Int) {
        let count = count
        let needed = count + byteCount
        if unsafe storage.count >= needed {
            let bytes = unsafe UnsafeRawBufferPointer(self.bytes)
            unsafe storage.copyMemory(from: bytes)
        } else {
            // Twice as large, so that bytes that come one at a time are not copied each time.
            let byteCount = unsafe max(needed, 2 * storage.count, 256)
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
            unsafe larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
            unsafe storage.deallocate()
            unsafe storage = larger
        }
        head = 0
        tail = count
    }

    /// Bytes were written where `room` said.
    mutating func grow(by byteCount: Int) {
        precondition(unsafe tail + byteCount <= storage.count, "\(byteCount) bytes were not asked for")
        tail += byteCount
    }

    /// Copies bytes behind those that wait.
    mutating func append(_ source: UnsafeRawBufferPointer) {
        guard source.count > 0 else { return }
        let target = unsafe room(for: source.count)
        unsafe target.copyMemory(from: source)
        grow(by: source.count)
    }

    /// Copies bytes before those that wait.
    mutating func prepend(_ source: UnsafeRawBufferPointer) {
        let rest = unsafe [UInt8](UnsafeRawBufferPointer(bytes))
        removeAll()
        unsafe append(source)
        unsafe rest.withUnsafeBytes { unsafe append($0) }
    }

    /// The first bytes have been used; the block is given back with the last.
    mutating func removeFirst(_ byteCount: Int) {
        precondition(byteCount <= count, "\(byteCount) of \(count) bytes were used")
        head += byteCount
        if head == tail { removeAll() }
    }

    mutating func removeAll() {
        unsafe storage.deallocate()
        unsafe storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        head = 0
        tail = 0
    }
}
