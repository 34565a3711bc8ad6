import CPcap
import WireBytes

/// The frames of a pcap or pcapng file, one after the other.
///
/// Shape: the library's handle with its one buffer; it bounds the length of a frame.
@safe
struct CaptureFile: ~Copyable {
    private let handle: OpaquePointer
    private var current: UnsafeRawBufferPointer
    let link: LinkLayer

    /// - Parameter path: `-` reads from stdin.
    init(path: String) throws(CaptureError) {
        guard cpcap_load() == 0 else {
            throw .unreadable("captures are read by libpcap, which is not here: install libpcap0.8")
        }
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        // Safe: the library writes at most PCAP_ERRBUF_SIZE bytes of text into the array, with a zero at their end.
        let opened = unsafe cpcap_open(path, &message)
        guard let opened = unsafe opened else {
            let text = Self.text(message)
            // Some of the library's messages begin with the path, which whoever tells them says anyway.
            throw .unreadable(text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text)
        }
        let number = unsafe cpcap_datalink(opened)
        guard let link = LinkLayer(number) else {
            let name = unsafe cpcap_datalink_name(number).map { unsafe String(cString: $0) } ?? "\(number)"
            unsafe cpcap_close(opened)
            throw .unknownLinkType(name)
        }
        unsafe handle = opened
        unsafe current = UnsafeRawBufferPointer(start: nil, count: 0)
        self.link = link
    }

    deinit { unsafe cpcap_close(handle) }

    /// Goes to the next frame.
    ///
    /// - Parameter frameCount: how many there were before.
    /// - Returns: its time in nanoseconds since 1970; `nil` at the end.
    mutating func advance(frameCount: UInt64) throws(CaptureError) -> UInt64? {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var bytes: UnsafePointer<UInt8>?
        // Safe: the library sets both where it answers 1; they hold until it is asked again.
        let answer = unsafe cpcap_next(handle, &header, &bytes)
        guard answer == 1, let header = unsafe header?.pointee, let bytes = unsafe bytes else {
            unsafe current = UnsafeRawBufferPointer(start: nil, count: 0)
            if answer == PCAP_ERROR_BREAK { return nil }
            let text = unsafe cpcap_error(handle).map { unsafe String(cString: $0) } ?? "it cannot be read"
            throw .broken(text, frameCount: frameCount)
        }
        unsafe current = UnsafeRawBufferPointer(start: bytes, count: Int(header.caplen))
        return Self.nanoseconds(header.ts)
    }

    /// Hands on the frame that `advance` went to.
    func hand(timeNS: UInt64, to table: inout ConversationTable, events: inout [CaptureEvent]) {
        // Safe: the library's buffer holds until it is asked again, and the span lives for this call only.
        let frame = unsafe RawSpan(_unsafeBytes: current)
        table.receive(frame, link: link, timeNS: timeNS, events: &events)
    }

    /// What a file says can be any number: the year 2100 is late enough.
    private static func nanoseconds(_ time: timeval) -> UInt64 {
        let seconds = UInt64(min(max(time.tv_sec, 0), 4_102_444_800))
        return seconds * 1_000_000_000 + UInt64(min(max(time.tv_usec, 0), 999_999_999))
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
