/// Bytes that came and that the session was not given yet, because it holds a packet or waits for the other side.
///
/// Shape: an array and where its unread part begins, so that taking from the front is cheap.
struct Backlog {
    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ more: [UInt8]) {
        if isEmpty {
            bytes = more
            start = 0
        } else {
            bytes += more
        }
    }

    /// Takes the first bytes, at most so many.
    mutating func take(most: Int) -> [UInt8] {
        let end = min(bytes.count, start + most)
        let taken = Array(bytes[start..<end])
        start = end
        if start == bytes.count {
            bytes = []
            start = 0
        } else if start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        return taken
    }
}
