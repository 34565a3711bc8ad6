import Glibc

/// Finds rows in a database's pages without SQLite, which gives up where the first page does not fit.
///
/// A file that is damaged in one place has all of its rows in the others, and each row carries a check. So every page
/// is looked at by itself for the leaves of the tables (sqlite.org/fileformat2.html, 1.6): what stands in a cell and
/// passes its check is a row, from whatever page it comes. Pages that the write-ahead log holds count in its place.
///
/// Bounds: a page and the pages of one row at a time; rows are given one by one.
struct Salvage {
    /// Bytes of a page; SQLite's own default, which Portcullis never changes.
    static let pageByteCount = 4_096
    /// Bytes of one row; longer ones are not Portcullis's.
    static let rowByteCountMax = 65_536

    private let descriptor: Int32
    private let logDescriptor: Int32
    private let pageCount: Int
    /// Where in the log the newest content of a page stands.
    private var logOffsets: [Int: Int] = [:]

    /// Reads a file and the log beside it; both may be anything.
    init?(path: String) {
        // Safe, both: the paths are passed as strings that end with NUL and outlive the calls.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        logDescriptor = unsafe open(path + "-wal", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        let byteCount = lseek(descriptor, 0, SEEK_END)
        pageCount = Int(max(0, byteCount)) / Self.pageByteCount
        if logDescriptor >= 0 { findLoggedPages() }
    }

    func close() {
        Glibc.close(descriptor)
        if logDescriptor >= 0 { Glibc.close(logDescriptor) }
    }

    /// Gives every row that is found.
    func rows(_ body: (FoundRow) throws -> Void) rethrows {
        let numbers = Set(1...max(1, pageCount)).union(logOffsets.keys).sorted()
        for number in numbers {
            guard let page = page(number) else { continue }
            try cells(of: page, overflow: self.page, body)
        }
    }

    /// The log's frames whose salts are those of its header; later ones win, and what no commit follows is left out.
    private mutating func findLoggedPages() {
        let headerByteCount = 32
        let frameHeaderByteCount = 24
        var header = [UInt8](repeating: 0, count: headerByteCount)
        guard Self.read(logDescriptor, &header, at: 0), header.starts(with: [0x37, 0x7F, 0x06]) else { return }
        var offset = headerByteCount
        var pending: [Int: Int] = [:]
        var frame = [UInt8](repeating: 0, count: frameHeaderByteCount)
        while Self.read(logDescriptor, &frame, at: offset), frame[8..<16] == header[16..<24] {
            let number = frame[0..<4].reduce(0) { $0 << 8 | Int($1) }
            pending[number] = offset + frameHeaderByteCount
            if frame[4..<8] != [0, 0, 0, 0] {
                logOffsets.merge(pending) { _, new in new }
                pending.removeAll(keepingCapacity: true)
            }
            offset += frameHeaderByteCount + Self.pageByteCount
        }
    }

    private func page(_ number: Int) -> [UInt8]? {
        var page = [UInt8](repeating: 0, count: Self.pageByteCount)
        let isRead =
            if let offset = logOffsets[number] {
                Self.read(logDescriptor, &page, at: offset)
            } else {
                Self.read(descriptor, &page, at: (number - 1) * Self.pageByteCount)
            }
        return isRead ? page : nil
    }

    private static func read(_ descriptor: Int32, _ bytes: inout [UInt8], at offset: Int) -> Bool {
        // Safe: the buffer's own count bounds the call.
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
        }
        return count == bytes.count
    }
}
