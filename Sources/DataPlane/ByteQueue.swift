/// Bytes that wait: received and not judged yet, or judged and not taken by the kernel.
///
/// Shape: one word, and one heap block while it holds anything; bytes leave at the front and arrive at the back. Its
/// owner bounds it: it never grows by itself beyond what is asked.
@safe
struct ByteQueue: ~Copyable {
    /// Stands at the start of the block, because most queues are empty.
    private struct Header {
        /// Bytes that fit behind the header.
        var capacity: Int
        /// Where the oldest byte and the end of the youngest stand behind the header.
        var head = 0
        var tail = 0
        var sinceNS: UInt64 = 0
    }

    private var block: UnsafeMutablePointer<Header>?

    init() { unsafe block = nil }

    deinit { unsafe Self.free(block) }

    var count: Int { unsafe block.map { unsafe $0.pointee.tail - $0.pointee.head } ?? 0 }
    var isEmpty: Bool { unsafe block == nil || count == 0 }

    /// Bytes that fit without a larger block.
    var capacity: Int { unsafe block?.pointee.capacity ?? 0 }

    /// When the bytes began to wait for what they wait for, in monotonic nanoseconds, as the owner says; 0 while there
    /// are none.
    var sinceNS: UInt64 {
        get { unsafe block?.pointee.sinceNS ?? 0 }
        set { unsafe block?.pointee.sinceNS = newValue }
    }

    /// The bytes, oldest first, valid until the queue changes.
    var bytes: UnsafeMutableRawBufferPointer {
        guard let block = unsafe block else { return unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        // Safe: head and tail lie within the block, and bytes between them were written.
        return unsafe UnsafeMutableRawBufferPointer(
            start: Self.bytes(of: block) + block.pointee.head, count: block.pointee.tail - block.pointee.head)
    }

    /// Makes room for `byteCount` more bytes behind those that wait, and answers where.
    mutating func room(for byteCount: Int) -> UnsafeMutableRawBufferPointer {
        let block = unsafe block(withRoomFor: byteCount)
        // Safe: the block has so much room behind its tail.
        return unsafe UnsafeMutableRawBufferPointer(
            start: Self.bytes(of: block) + block.pointee.tail, count: byteCount)
    }

    private mutating func block(withRoomFor byteCount: Int) -> UnsafeMutablePointer<Header> {
        let count = count
        let needed = count + byteCount
        guard let old = unsafe block, unsafe old.pointee.capacity >= needed else {
            // Twice as large, so that bytes that come one at a time are not copied each time.
            let capacity = unsafe max(needed, 2 * (block?.pointee.capacity ?? 0), 256)
            let larger = unsafe Self.allocate(capacity: capacity)
            if count > 0 { unsafe Self.bytes(of: larger).copyMemory(from: rawBytes, byteCount: count) }
            unsafe larger.pointee.tail = count
            unsafe larger.pointee.sinceNS = sinceNS
            unsafe Self.free(block)
            unsafe block = larger
            return unsafe larger
        }
        if unsafe old.pointee.capacity - old.pointee.tail < byteCount {
            if count > 0 { unsafe Self.bytes(of: old).copyMemory(from: rawBytes, byteCount: count) }
            unsafe old.pointee.head = 0
            unsafe old.pointee.tail = count
        }
        return unsafe old
    }

    /// Where the oldest byte stands; only while there is one.
    private var rawBytes: UnsafeMutableRawPointer {
        guard let start = unsafe bytes.baseAddress else { preconditionFailure("an empty queue has no bytes") }
        return unsafe start
    }

    /// Bytes were written where `room` said.
    mutating func grow(by byteCount: Int) {
        guard let block = unsafe block, unsafe block.pointee.tail + byteCount <= block.pointee.capacity else {
            preconditionFailure("\(byteCount) bytes were not asked for")
        }
        unsafe block.pointee.tail += byteCount
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
        let sinceNS = sinceNS
        removeAll()
        unsafe append(source)
        unsafe rest.withUnsafeBytes { unsafe append($0) }
        self.sinceNS = sinceNS
    }

    /// The first bytes have been used; the block is given back with the last.
    mutating func removeFirst(_ byteCount: Int) {
        precondition(byteCount <= count, "\(byteCount) of \(count) bytes were used")
        guard let block = unsafe block else { return }
        unsafe block.pointee.head += byteCount
        if unsafe block.pointee.head == block.pointee.tail { removeAll() }
    }

    mutating func removeAll() {
        unsafe Self.free(block)
        unsafe block = nil
    }

    private static func bytes(of block: UnsafeMutablePointer<Header>) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(block) + MemoryLayout<Header>.size
    }

    private static func allocate(capacity: Int) -> UnsafeMutablePointer<Header> {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Header>.size + capacity, alignment: MemoryLayout<Header>.alignment)
        let block = unsafe raw.bindMemory(to: Header.self, capacity: 1)
        unsafe block.initialize(to: Header(capacity: capacity))
        return unsafe block
    }

    private static func free(_ block: UnsafeMutablePointer<Header>?) {
        // The header is plain data: there is nothing to deinitialize.
        unsafe UnsafeMutableRawPointer(block)?.deallocate()
    }
}
