/// What a frame rule says about the packet the bytes begin.
enum Measure: BitwiseCopyable {
    case needs(Int)
    /// The size of the whole packet, within its bounds, and the offset behind its length field.
    case size(Int, lengthEnd: Int)
    /// The opcode tells it.
    case table(selectEnd: Int)
}

extension PacketCutter {
    /// The general way to cut a packet: select the form, find the size, then the name, then check what ends it.
    func cutByForm(
        _ bytes: RawSpan, row: Int, scannedByteCount: inout Int, packets: borrowing PacketTable
    ) throws(FramingViolation) -> Cut {
        let (measure, form) = try measure(bytes, row: row, scannedByteCount: &scannedByteCount)
        let byteCount: Int
        let lengthEnd: Int
        switch measure {
        case .needs(let needed): return .needs(needed)
        case .table(let selectEnd):
            return try cutByTable(bytes, form, row: row, selectEnd: selectEnd, packets: packets)
        case .size(let size, let end): (byteCount, lengthEnd) = (size, end)
        }
        let cut = try name(
            bytes, row: row, byteCount: byteCount, bodyEnd: byteCount - form.ends.count, lengthEnd: lengthEnd,
            isAlso: isAlso(byteCount, form), packets: packets)
        if form.kind == .marked, form.ends.count > 0, case .packet = cut {
            guard bytes.byteCount >= byteCount else { return .needs(byteCount) }
            let fitting = bytes.fittingByteCount(
                of: form.ends, in: frames.patterns, at: byteCount - form.ends.count)
            guard fitting == form.ends.count else { throw .wrongMarker }
        }
        return cut
    }

    /// Selects the form of a packet and finds its size.
    func measure(
        _ bytes: RawSpan, row: Int, scannedByteCount: inout Int
    ) throws(FramingViolation) -> (Measure, FrameForm) {
        var index = rows[row].form
        var selectEnd = 0
        while frames.forms[index].kind == .select {
            let selector = frames.forms[index].selector
            guard let number = bytes.number(in: selector) else { return (.needs(selector.end), frames.forms[index]) }
            let value = selected(number, by: index)
            guard let chosen = form(for: value, of: index) else { throw .noSuchForm(value) }
            selectEnd = max(selectEnd, selector.end)
            index = chosen
        }
        let form = frames.forms[index]
        switch form.kind {
        case .length: return (try measureLength(bytes, form, selectEnd: selectEnd), form)
        case .varint: return (try measureVarint(bytes, form, selectEnd: selectEnd), form)
        case .marked: return (try measureMarked(bytes, form, selectEnd: selectEnd), form)
        case .delimited:
            return (
                try measureDelimited(bytes, form, selectEnd: selectEnd, scannedByteCount: &scannedByteCount), form
            )
        case .table: return (.table(selectEnd: selectEnd), form)
        case .select: preconditionFailure("form \(index) has been followed already")
        }
    }

    /// What a number says to the selector of a form.
    @inline(__always)
    func selected(_ number: UInt64, by index: Int) -> UInt64 {
        (number & frames.forms[index].selectorMask) &>> UInt64(frames.forms[index].selectorShift)
    }

    /// The form to which a value leads from that of a select; `nil` where none does.
    func form(for value: UInt64, of index: Int) -> Int? {
        let otherwise = frames.forms[index].otherwise
        return form(for: value, among: frames.forms[index].cases) ?? (otherwise < 0 ? nil : otherwise)
    }

    private func form(for value: UInt64, among run: TableRun) -> Int? {
        var low = run.start
        var high = run.start + run.count
        while low < high {
            let middle = (low + high) / 2
            if frames.cases[middle].value == value { return frames.cases[middle].form }
            if frames.cases[middle].value < value { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private func measureLength(
        _ bytes: RawSpan, _ form: FrameForm, selectEnd: Int
    ) throws(FramingViolation) -> Measure {
        guard let number = form.length.number(in: bytes) else { return .needs(form.length.end) }
        for index in form.escapes.indices where frames.escapes[index].applies(to: number) {
            let escape = frames.escapes[index].length
            guard let replacement = escape.number(in: bytes) else { return .needs(escape.end) }
            let size = escape.byteCount(declaredBy: replacement)
            let end = max(selectEnd, form.length.end, escape.end)
            return .size(try checked(size, form, headerEnd: end), lengthEnd: escape.end)
        }
        let size = form.length.byteCount(declaredBy: number)
        let end = max(selectEnd, form.length.end)
        return .size(try checked(size, form, headerEnd: end), lengthEnd: form.length.end)
    }

    private func measureVarint(
        _ bytes: RawSpan, _ form: FrameForm, selectEnd: Int
    ) throws(FramingViolation) -> Measure {
        let reading = bytes.varint(at: form.varintOffset, byteCountMax: form.varintByteCountMax, limit: .max)
        switch reading {
        case .needs(let needed):
            return .needs(needed)
        case .cutOff, .tooLong:
            throw .varintTooLong
        case .value(let value, let end):
            // As a length field of which the varint is the number and what it does not count is added.
            let (adjust, overflow) = form.varintAdjust.addingReportingOverflow(form.varintCountsPacket ? 0 : end)
            guard !overflow, let counted = Int(exactly: value) else {
                throw .tooLong(byteCount: .max, most: form.most)
            }
            let (size, sumOverflow) = counted.addingReportingOverflow(adjust)
            let header = max(selectEnd, end)
            return .size(try checked(sumOverflow ? nil : size, form, headerEnd: header), lengthEnd: end)
        }
    }

    private func measureMarked(
        _ bytes: RawSpan, _ form: FrameForm, selectEnd: Int
    ) throws(FramingViolation) -> Measure {
        let starts = form.starts
        guard let fitting = bytes.fittingByteCount(of: starts, in: frames.patterns, at: 0) else {
            throw .wrongMarker
        }
        // Any further byte may be the one that does not fit.
        guard fitting == starts.count else { return .needs(bytes.byteCount + 1) }
        guard let number = form.length.number(in: bytes) else { return .needs(form.length.end) }
        let size = form.length.byteCount(declaredBy: number)
        let end = max(selectEnd, starts.count, form.length.end) + form.ends.count
        return .size(try checked(size, form, headerEnd: end), lengthEnd: form.length.end)
    }

    private func measureDelimited(
        _ bytes: RawSpan, _ form: FrameForm, selectEnd: Int, scannedByteCount: inout Int
    ) throws(FramingViolation) -> Measure {
        var bound = form.most
        for index in form.also.indices { bound = max(bound, frames.also[index]) }
        let scanned = min(scannedByteCount, bytes.byteCount)
        switch bytes.search(form.ends, in: frames.patterns, scannedByteCount: scanned, most: bound) {
        case .end(let end):
            return .size(try checked(end, form, headerEnd: selectEnd), lengthEnd: selectEnd)
        case .notYet:
            scannedByteCount = bytes.byteCount
            return .needs(bytes.byteCount + 1)
        case .never:
            throw .noDelimiter(most: bound)
        }
    }

    /// A size that lies within the bounds of its form and does not end inside its own header.
    ///
    /// - Parameters:
    ///   - byteCount: the size; `nil` when it is too large for an `Int`.
    ///   - headerEnd: bytes that were read to find it, or that stand behind every body. At least 1 for every form but
    ///     a delimited one, whose size is never 0.
    private func checked(_ byteCount: Int?, _ form: FrameForm, headerEnd: Int) throws(FramingViolation) -> Int {
        guard let byteCount else { throw .tooLong(byteCount: .max, most: form.most) }
        if byteCount >= headerEnd && byteCount >= form.least && byteCount <= form.most { return byteCount }
        if byteCount >= headerEnd && isAlso(byteCount, form) { return byteCount }
        let least = max(form.least, headerEnd)
        guard byteCount >= least else { throw .tooShort(byteCount: byteCount, least: least) }
        throw .tooLong(byteCount: byteCount, most: form.most)
    }

    private func isAlso(_ byteCount: Int, _ form: FrameForm) -> Bool {
        for index in form.also.indices where frames.also[index] == byteCount { return true }
        return false
    }

    /// Cuts a packet whose opcode tells its size.
    private func cutByTable(
        _ bytes: RawSpan, _ form: FrameForm, row: Int, selectEnd: Int, packets: borrowing PacketTable
    ) throws(FramingViolation) -> Cut {
        let naming = try nameByOpcode(bytes, rows[row].opcode, bodyEnd: .max, lengthEnd: selectEnd, packets: packets)
        guard case .name(let packet, let opcode, let end) = naming else {
            guard case .needs(let needed) = naming else { throw .opcodeWithoutSize(0) }
            return .needs(needed)
        }
        let headerEnd = max(selectEnd, end)
        let byteCount: Int
        switch packets.sizes[Int(packet)] {
        case .none:
            throw .opcodeWithoutSize(opcode)
        case .exact(let size):
            // The descriptor's own number: `least` is for what the peer declares.
            guard size >= headerEnd else { throw .tooShort(byteCount: size, least: headerEnd) }
            guard size <= form.most || isAlso(size, form) else { throw .tooLong(byteCount: size, most: form.most) }
            byteCount = size
        case .field(let field):
            guard let number = field.number(in: bytes) else { return .needs(field.end) }
            let size = field.byteCount(declaredBy: number)
            byteCount = try checked(size, form, headerEnd: max(headerEnd, field.end))
        }
        return .packet(CutPacket(byteCount: byteCount, packet: packet, opcode: opcode))
    }
}
