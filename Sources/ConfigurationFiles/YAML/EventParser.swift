import CYAML

/// The events of libyaml as Swift values.
///
/// The one place that touches the C library.
struct EventParser {
    /// One event with its place, 1-based.
    struct Event {
        enum Kind {
            case streamStart
            case streamEnd
            case documentStart(hasDirectives: Bool)
            case documentEnd
            case alias
            case scalar(String, isPlain: Bool)
            case sequenceStart
            case sequenceEnd
            case mappingStart
            case mappingEnd
        }

        var kind: Kind
        var hasAnchor = false
        var hasTag = false
        let line: Int
        let column: Int
        let endLine: Int
        let endColumn: Int
    }

    /// Why the text is no YAML, and where.
    struct Failure: Error {
        let problem: String
        let line: Int
        let column: Int
    }

    private let state: State

    init(_ bytes: [UInt8]) {
        state = State(bytes)
    }

    func next() throws(Failure) -> Event {
        try state.next()
    }

    /// Owns the C parser and the text it points into.
    @safe
    private final class State {
        private let parser: UnsafeMutablePointer<yaml_parser_t>
        private let text: UnsafeMutableBufferPointer<UInt8>
        private var hasFailed = false

        init(_ bytes: [UInt8]) {
            // Both live until `deinit`; the parser keeps a pointer to the text.
            unsafe text = .allocate(capacity: bytes.count)
            _ = unsafe text.initialize(from: bytes)
            unsafe parser = .allocate(capacity: 1)
            unsafe parser.initialize(to: yaml_parser_t())
            // Fails only without memory, where Swift's own allocations trap too.
            precondition(unsafe yaml_parser_initialize(parser) == 1, "libyaml found no memory")
            unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
        }

        deinit {
            unsafe yaml_parser_delete(parser)
            unsafe parser.deallocate()
            unsafe text.deallocate()
        }

        func next() throws(Failure) -> Event {
            var event = unsafe yaml_event_t()
            // libyaml may not be asked again once it has failed.
            guard !hasFailed, unsafe yaml_parser_parse(parser, &event) == 1 else {
                hasFailed = true
                throw failure()
            }
            defer { unsafe yaml_event_delete(&event) }
            return unsafe translate(event)
        }

        private func failure() -> Failure {
            // Safe: `problem` is NULL or a static NUL-ended text of the library.
            let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "unreadable text"
            let mark = unsafe parser.pointee.problem_mark
            return Failure(
                problem: problem, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
        }

        /// Safe: each member of the union is read only for the type of event that fills it.
        @unsafe
        private func translate(_ event: yaml_event_t) -> Event {
            let start = unsafe event.start_mark
            let end = unsafe event.end_mark
            var result = Event(
                kind: .streamEnd, line: Int(clamping: start.line) + 1, column: Int(clamping: start.column) + 1,
                endLine: Int(clamping: end.line) + 1, endColumn: Int(clamping: end.column) + 1)
            switch unsafe event.type {
            case YAML_STREAM_START_EVENT: result.kind = .streamStart
            case YAML_DOCUMENT_START_EVENT:
                let document = unsafe event.data.document_start
                let hasTags = unsafe document.tag_directives.start != document.tag_directives.end
                result.kind = unsafe .documentStart(hasDirectives: hasTags || document.version_directive != nil)
            case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
            case YAML_ALIAS_EVENT: result.kind = .alias
            case YAML_SCALAR_EVENT:
                let scalar = unsafe event.data.scalar
                // Safe: the library owns `length` bytes at `value` until the event is deleted.
                let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
                let text = unsafe String(decoding: bytes, as: UTF8.self)
                result.kind = unsafe .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
                result.hasAnchor = unsafe scalar.anchor != nil
                result.hasTag = unsafe scalar.tag != nil
            case YAML_SEQUENCE_START_EVENT:
                result.kind = .sequenceStart
                result.hasAnchor = unsafe event.data.sequence_start.anchor != nil
                result.hasTag = unsafe event.data.sequence_start.tag != nil
            case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
            case YAML_MAPPING_START_EVENT:
                result.kind = .mappingStart
                result.hasAnchor = unsafe event.data.mapping_start.anchor != nil
                result.hasTag = unsafe event.data.mapping_start.tag != nil
            case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
            default: result.kind = .streamEnd
            }
            return result
        }
    }
}
