import WireBytes

/// What one field of a packet must be.
public struct FieldCondition: Hashable, Sendable {
    /// What of the packet is looked at.
    public enum Subject: Hashable, Sendable, BitwiseCopyable {
        /// The value of a field.
        case value(field: Int)
        /// Characters of a text field, bytes of any other.
        case length(field: Int)
        /// Elements of an array.
        case count(array: Int)
    }

    /// One way to hold.
    public enum Test: Hashable, Sendable {
        /// A whole number in the range.
        case integer(ClosedRange<Int128>)
        /// A number in the range; never one that is not finite.
        case float(ClosedRange<Double>)
        /// An infinity, or no number.
        case notFinite
        /// A text of exactly these characters, as Unicode scalars.
        case text([UInt32])
        /// A text that the pattern describes from its first to its last character.
        case pattern(TextPattern)
        /// Exactly these bytes.
        case bytes([UInt8])
        /// A text that breaks its encoding: bad UTF-8, or a surrogate alone.
        case notWellFormed
    }

    /// What of the packet is looked at.
    public let subject: Subject
    /// The ways to hold, of which one is enough.
    public let tests: [Test]
    /// The same by what they look at: to take a test out of a list copies it, with what it refers to.
    private let integers: [ClosedRange<Int128>]
    private let floats: [ClosedRange<Double>]
    private let isNotFinite: Bool
    private let isNotWellFormed: Bool

    /// A condition.
    public init(_ subject: Subject, _ tests: [Test]) {
        self.subject = subject
        self.tests = tests
        integers = tests.compactMap { if case .integer(let range) = $0 { range } else { nil } }
        floats = tests.compactMap { if case .float(let range) = $0 { range } else { nil } }
        isNotFinite = tests.contains(.notFinite)
        isNotWellFormed = tests.contains(.notWellFormed)
    }

    /// Whether a packet meets it; `false` where the field cannot be read, which the layout's check has reported.
    ///
    /// Cost: linear in the packet; no allocation.
    public func holds(in packet: RawSpan, layout: PacketLayout) -> Bool {
        switch subject {
        case .count(let array):
            guard let count = layout.count(ofArray: array, in: packet) else { return false }
            return holds(Int128(count))
        case .length(let field):
            guard let count = layout.length(of: field, in: packet) else { return false }
            return holds(Int128(count))
        case .value(let field):
            switch layout.forms[field].kind {
            case .integer, .varint:
                guard let value = layout.integer(field, in: packet) else { return false }
                return holds(value)
            case .float:
                guard let value = layout.float(field, in: packet) else { return false }
                return holds(value)
            case .bytes:
                guard let span = layout.span(of: field, in: packet) else { return false }
                return holds(bytes: span.value, of: packet)
            case .text(_, let encoding, _), .terminated(let encoding):
                guard let span = layout.span(of: field, in: packet) else { return false }
                return holds(ScalarCursor(packet, span.value, encoding), span.value, of: packet)
            }
        }
    }

    private func holds(_ value: Int128) -> Bool {
        for index in integers.indices where integers[index].contains(value) { return true }
        return false
    }

    private func holds(_ value: Double) -> Bool {
        guard value.isFinite else { return isNotFinite }
        for index in floats.indices where floats[index].contains(value) { return true }
        return false
    }

    private func holds(bytes range: Range<Int>, of packet: RawSpan) -> Bool {
        for index in tests.indices {
            guard case .bytes(let expected) = tests[index], expected.count == range.count else { continue }
            if packet.holds(expected, at: range.lowerBound) { return true }
        }
        return false
    }

    private func holds(_ text: ScalarCursor, _ range: Range<Int>, of packet: RawSpan) -> Bool {
        if isNotWellFormed && !text.isWellFormed(in: packet) { return true }
        for index in tests.indices {
            switch tests[index] {
            case .text(let expected): if text.isEqual(to: expected, in: packet) { return true }
            case .pattern(let pattern): if pattern.matches(text, in: packet) { return true }
            case .bytes(let expected):
                if expected.count == range.count && packet.holds(expected, at: range.lowerBound) { return true }
            case .integer, .float, .notFinite, .notWellFormed: continue
            }
        }
        return false
    }
}

extension PacketLayout {
    /// Characters of a text field, bytes of any other; `nil` where it cannot be read.
    public func length(of index: Int, in packet: RawSpan) -> Int? {
        guard let span = span(of: index, in: packet) else { return nil }
        switch forms[index].kind {
        case .text(_, let encoding, _), .terminated(let encoding):
            return ScalarCursor(packet, span.value, encoding).count(in: packet)
        case .integer, .float, .bytes, .varint:
            return span.value.count
        }
    }
}

extension RawSpan {
    fileprivate func holds(_ expected: [UInt8], at offset: Int) -> Bool {
        for index in expected.indices where byte(at: offset + index) != expected[index] { return false }
        return true
    }
}
