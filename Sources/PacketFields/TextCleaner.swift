import WireBytes

/// Takes out of a text what does not belong there; what stays keeps its bytes.
enum TextCleaner {
    private static let less: UInt32 = 0x3C
    private static let greater: UInt32 = 0x3E

    /// The text up to so many characters.
    static func truncated(_ text: ScalarCursor, to count: Int, in packet: RawSpan) -> [UInt8] {
        var cursor = text
        var left = count
        while left > 0, cursor.next(in: packet) != nil { left -= 1 }
        return packet.bytes(text.offset..<cursor.offset)
    }

    /// The text without characters that are not shown but acted on, and without broken pieces.
    static func withoutControl(_ text: ScalarCursor, in packet: RawSpan) -> [UInt8] {
        var cursor = text
        var kept: [UInt8] = []
        while true {
            let start = cursor.offset
            guard let scalar = cursor.next(in: packet) else { return kept }
            // A code page has letters where Unicode has its second block of control characters.
            let isControl = text.encoding == .latin1 ? scalar < 0x20 || scalar == 0x7F : isActedOn(scalar)
            if !isControl && scalar != ScalarCursor.broken { packet.append(start..<cursor.offset, to: &kept) }
        }
    }

    /// Control characters, ends of lines and paragraphs, marks of direction, and what has no width.
    private static func isActedOn(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0...0x1F, 0x7F...0x9F, 0x61C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE_0000...0xE_007F:
            true
        default: false
        }
    }

    /// The text without tags but for those of some names, and without broken pieces.
    ///
    /// Every `<` that stays begins a tag that was kept whole, so what was taken out cannot leave a new one behind.
    ///
    /// - Parameter names: in lower case.
    static func withoutTags(_ text: ScalarCursor, keeping names: [String], in packet: RawSpan) -> [UInt8] {
        let names = names.map { $0.unicodeScalars.map(\.value) }
        var cursor = text
        var kept: [UInt8] = []
        while true {
            let start = cursor.offset
            guard let scalar = cursor.next(in: packet) else { return kept }
            if scalar == ScalarCursor.broken { continue }
            if scalar == less {
                var tag = Tag()
                var isClosed = false
                while !isClosed, let inner = cursor.next(in: packet) {
                    isClosed = inner == greater
                    if !isClosed { tag.take(inner) }
                }
                if !isClosed { return kept }
                guard tag.isKept(names) else { continue }
            }
            packet.append(start..<cursor.offset, to: &kept)
        }
    }

    /// What stands between `<` and `>`, as far as it decides whether the tag stays.
    private struct Tag {
        private var name: [UInt32] = []
        private var isNameOver = false
        private var hasSlash = false
        private var isBad = false
        /// The quote that is open; 0 for none.
        private var quote: UInt32 = 0

        /// Longer names are no names.
        private static let nameCountMax = 32

        mutating func take(_ scalar: UInt32) {
            if scalar == TextCleaner.less || scalar == ScalarCursor.broken || scalar < 0x20 { isBad = true }
            if isNameOver {
                if quote == 0, scalar == 0x22 || scalar == 0x27 {
                    quote = scalar
                } else if quote == scalar {
                    quote = 0
                }
                return
            }
            switch scalar {
            case 0x2F where name.isEmpty && !hasSlash: hasSlash = true
            case 0x20, 0x2F: isNameOver = true
            case 0x41...0x5A: name.append(scalar + 0x20)
            default: name.append(scalar)
            }
            if name.count > Self.nameCountMax { isBad = true }
            if isBad { isNameOver = true }
        }

        func isKept(_ names: [[UInt32]]) -> Bool { !isBad && quote == 0 && names.contains(name) }
    }
}

extension RawSpan {
    /// The bytes of a range that lies inside.
    func bytes(_ range: Range<Int>) -> [UInt8] { extracting(range).copied() }

    /// Adds the bytes of a range that lies inside.
    fileprivate func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
        for offset in range { bytes.append(byte(at: offset) ?? 0) }
    }
}
