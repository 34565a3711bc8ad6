/// All connections of one worker, in slots that never move.
///
/// Shape: chunks of 64 slots, allocated as they are needed and kept. A slot's generation counts its tenants, so that
/// a token of an earlier one is recognised: it is raised when one moves in and when it is gone, and so is odd while the
/// slot is in use. Freed slots are reused last in, first out.
/// Thread safety: none; a slab belongs to one worker.
@safe
struct ConnectionSlab: ~Copyable {
    private static let chunkCount = 64

    private var chunks: [UnsafeMutablePointer<Connection>] = unsafe []
    private var generations: [UInt32] = []
    private var free: [Int32] = []

    init() {}

    deinit {
        for index in 0..<capacity where isUsed(index) { unsafe slot(index).deinitialize(count: 1) }
        for index in unsafe chunks.indices { unsafe chunks[index].deallocate() }
    }

    /// Slots that exist, in use or not: valid indices are `0 ..< capacity`.
    var capacity: Int { generations.count }
    /// Slots in use.
    var count: Int { generations.count - free.count }

    private func slot(_ index: Int) -> UnsafeMutablePointer<Connection> {
        // Safe: the array checks the chunk, and the rest is below the chunk's count.
        unsafe chunks[index / Self.chunkCount] + index % Self.chunkCount
    }

    /// Puts a connection into a free slot.
    mutating func insert(_ connection: consuming Connection) -> Int {
        if free.isEmpty { addChunk() }
        guard let index = free.popLast() else { preconditionFailure("a new chunk has free slots") }
        unsafe slot(Int(index)).initialize(to: connection)
        generations[Int(index)] &+= 1
        return Int(index)
    }

    private mutating func addChunk() {
        let first = Int32(capacity)
        unsafe chunks.append(.allocate(capacity: Self.chunkCount))
        generations.append(contentsOf: repeatElement(0, count: Self.chunkCount))
        free.append(contentsOf: (first..<first + Int32(Self.chunkCount)).reversed())
    }

    /// Destroys a connection; tokens of it are stale from now on.
    mutating func remove(_ index: Int) {
        precondition(isUsed(index), "slot \(index) is freed twice")
        unsafe slot(index).deinitialize(count: 1)
        generations[index] &+= 1
        free.append(Int32(index))
    }

    /// Whether a slot is in use.
    func holds(_ index: Int) -> Bool { index < capacity && isUsed(index) }

    @inline(__always)
    private func isUsed(_ index: Int) -> Bool { generations[index] & 1 == 1 }

    /// Which of its tenants a slot has, or between which of them it is free.
    func generation(of index: Int) -> UInt32 { generations[index] }

    /// The connection in a slot that is in use.
    subscript(index: Int) -> Connection {
        unsafeAddress {
            precondition(isUsed(index), "slot \(index) is free")
            return unsafe UnsafePointer(slot(index))
        }
        unsafeMutableAddress {
            precondition(isUsed(index), "slot \(index) is free")
            return unsafe slot(index)
        }
    }
}
