import TestSupport
import Testing

@testable import DataPlane

@Suite("ByteQueue")
struct ByteQueueTests {
    private func append(_ bytes: [UInt8], to queue: inout ByteQueue) {
        bytes.withUnsafeBytes { queue.append($0) }
    }

    private func contents(_ queue: borrowing ByteQueue) -> [UInt8] { Array(queue.bytes) }

    @Test("it holds what an array would, whatever is appended, prepended, written into its room and used up")
    func equalsArray() {
        var random = SplitMix64(seed: 11)
        var queue = ByteQueue()
        var model: [UInt8] = []
        for _ in 0..<3_000 {
            switch UInt64.random(in: 0..<6, using: &random) {
            case 0, 1:
                let bytes = random.bytes(Int.random(in: 0...700, using: &random))
                append(bytes, to: &queue)
                model += bytes
            case 2:
                let bytes = random.bytes(Int.random(in: 1...40, using: &random))
                bytes.withUnsafeBytes { queue.prepend($0) }
                model = bytes + model
            case 3:
                let bytes = random.bytes(Int.random(in: 1...100, using: &random))
                let room = queue.room(for: 100)
                room.copyBytes(from: bytes)
                queue.grow(by: bytes.count)
                model += bytes
            case 4:
                let count = Int.random(in: 0...model.count, using: &random)
                queue.removeFirst(count)
                model.removeFirst(count)
            default:
                if random.chance(1, in: 20) {
                    queue.removeAll()
                    model.removeAll()
                }
            }
            let (count, isEmpty) = (queue.count, queue.isEmpty)
            #expect(count == model.count)
            #expect(isEmpty == model.isEmpty)
            guard contents(queue) == model else {
                Issue.record("the queue differs from an array")
                return
            }
        }
    }

    @Test("room is as large as asked, and no byte in it counts before it was written")
    func roomIsExact() {
        var queue = ByteQueue()
        let rooms = [1, 5_000].map { queue.room(for: $0).count }
        let isEmpty = queue.isEmpty
        append([1, 2, 3], to: &queue)
        let last = queue.room(for: 256).count
        let bytes = contents(queue)
        #expect(rooms == [1, 5_000])
        #expect(isEmpty)
        #expect(last == 256)
        #expect(bytes == [1, 2, 3])
    }

    @Test("using up more than there is, and growing beyond the room, are bugs that trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            var queue = ByteQueue()
            queue.removeFirst(1)
        }
        await #expect(processExitsWith: .failure) {
            var queue = ByteQueue()
            queue.grow(by: 1)
        }
    }
}
