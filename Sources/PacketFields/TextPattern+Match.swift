import WireBytes

extension TextPattern {
    func matches(_ text: ScalarCursor, in packet: RawSpan) -> Bool {
        text.isEqual(to: source.unicodeScalars.map(\.value), in: packet)
    }
}
