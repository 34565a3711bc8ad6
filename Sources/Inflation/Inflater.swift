import CZlib

extension InflationFormat {
    /// Inflates one whole compressed stream behind bytes that are there already.
    ///
    /// What follows the stream's end is left out, as the games leave it out.
    ///
    /// Cost: the output grows as it comes and never beyond `most`, whatever the input promises; the work is bounded by
    /// the bytes of both.
    ///
    /// - Parameters:
    ///   - source: the compressed bytes, at most 1 GiB.
    ///   - most: bytes that may be added at most.
    /// - Throws: that they are corrupt, or more than `most`.
    public func inflate(
        _ source: UnsafeRawBufferPointer, most: Int, into output: inout [UInt8]
    ) throws(InflationFault) {
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, windowBits, ZLIB_VERSION, size) == Z_OK else { throw .corrupt }
        defer { unsafe inflateEnd(&stream) }
        // zlib never writes through it; its type only lacks the const.
        unsafe stream.next_in = UnsafeMutablePointer(
            mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.avail_in = UInt32(clamping: source.count)
        let start = output.count
        while true {
            let written = output.count - start
            // One byte more than allowed shows that there is more.
            let room = min(max(1_024, written), most + 1 - written)
            guard room > 0 else { throw .tooLarge(most: most) }
            output.append(contentsOf: repeatElement(0, count: room))
            let (result, left) = unsafe Self.step(&stream, &output, from: start + written, room)
            output.removeLast(left)
            switch result {
            case Z_STREAM_END:
                guard output.count - start <= most else { throw .tooLarge(most: most) }
                return
            case Z_OK where left == 0: continue
            default: throw .corrupt
            }
        }
    }

    /// Inflates as much as fits.
    ///
    /// - Returns: what zlib says, and how many bytes of the room are left.
    private static func step(
        _ stream: inout z_stream, _ output: inout [UInt8], from offset: Int, _ room: Int
    ) -> (result: Int32, left: Int) {
        unsafe output.withUnsafeMutableBufferPointer { buffer in
            // In bounds: the room was appended behind `offset`.
            unsafe stream.next_out = buffer.baseAddress.map { unsafe $0 + offset }
            unsafe stream.avail_out = UInt32(clamping: room)
            let result = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
            return (result, Int(unsafe stream.avail_out))
        }
    }
}
