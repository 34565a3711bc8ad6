import Glibc

/// What a command reads.
enum InputFile {
    /// All bytes of a file; `-` is stdin.
    static func bytes(_ path: String, most: Int) throws -> [UInt8] {
        // Safe: a path that the call reads, alive while it does.
        let descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            // Safe: the buffer is alive for the call, and its count is given.
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path, errno) }
            bytes += buffer[..<count]
            guard bytes.count <= most else {
                throw Failure(code: .operation, message: "\(path): more than \(most >> 20) MiB; split it")
            }
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> Failure {
        // Safe: strerror answers with a text that ends with NUL for every number.
        Failure(code: .operation, message: "\(path): \(unsafe String(cString: strerror(code)))")
    }
}
