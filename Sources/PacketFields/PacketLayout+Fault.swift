import WireBytes

extension PacketLayout {
    /// What is wrong with a whole packet; `nil` when all is inside and consistent, so that every field can be read.
    ///
    /// Cost: each field once, in the time its bytes take to read; no allocation.
    public func fault(in packet: RawSpan) -> LayoutFault? {
        if isFixed { return fault(byteCount: packet.byteCount) }
        var ends = InlineArray<64, Int32>(repeating: 0)
        for index in forms.indices {
            var before = 0
            if case .after(let other) = forms[index].origin { before = Int(ends[other]) }
            switch read(forms[index], in: packet, behind: before) {
            case .span(let span): ends[index] = Int32(clamping: span.end)
            case .fault(let reason): return LayoutFault(subject: .field(index), reason: reason)
            }
        }
        for index in arrayForms.indices {
            if let reason = fault(of: arrayForms[index], in: packet, ends: ends) {
                return LayoutFault(subject: .array(index), reason: reason)
            }
        }
        return faultOfPlaces(byteCount: packet.byteCount)
    }

    /// What is wrong with a packet of this size, as far as its size alone can tell.
    public func fault(byteCount: Int) -> LayoutFault? {
        guard !isFixed || byteCount < byteCountNeeded else { return nil }
        for index in forms.indices {
            guard let end = forms[index].fixedEnd, end > byteCount else { continue }
            return LayoutFault(subject: .field(index), reason: .outside)
        }
        return faultOfPlaces(byteCount: byteCount)
    }

    /// Whether the packet has room for its counter and its checksum.
    private func faultOfPlaces(byteCount: Int) -> LayoutFault? {
        if let counter, counter.place.leastByteCount > byteCount {
            return LayoutFault(subject: .counter, reason: .outside)
        }
        if let checksum, checksum.place.leastByteCount > byteCount {
            return LayoutFault(subject: .checksum, reason: .outside)
        }
        return nil
    }

    private func fault(
        of array: ArrayForm, in packet: RawSpan, ends: InlineArray<64, Int32>
    ) -> LayoutFault.Reason? {
        guard let count = count(of: array, in: packet) else { return .outside }
        switch array.elements {
        case .linked(let first, let byteCountMin):
            return faultOfLinks(count, first, byteCountMin, in: packet)
        case .contiguous(let origin, let byteCount):
            var before = 0
            if case .after(let other) = origin { before = Int(ends[other]) }
            switch position(of: origin, in: packet, behind: before) {
            case .fault(let reason): return reason
            case .none: return count == 0 ? nil : .noFirstElement
            case .position(let start):
                return count <= UInt64((packet.byteCount - start) / byteCount) ? nil : .countTooLarge
            }
        }
    }

    /// Follows the links of an array: each leads further on, so that there is an end to it.
    private func faultOfLinks(
        _ count: UInt64, _ first: IntegerPlace, _ byteCountMin: Int, in packet: RawSpan
    ) -> LayoutFault.Reason? {
        guard let start = first.value(in: packet) else { return .outside }
        if start == 0 { return count == 0 ? nil : .noFirstElement }
        if start < UInt64(fixedEnd) { return .insideFixedPart }
        guard start <= UInt64(packet.byteCount) else { return .outside }
        guard count <= UInt64(packet.byteCount / byteCountMin) else { return .countTooLarge }
        var offset = start
        for index in 0..<Int(truncatingIfNeeded: count) {
            guard offset <= UInt64(packet.byteCount), packet.byteCount - Int(offset) >= byteCountMin else {
                return .outside
            }
            let (here, next) = links(at: Int(offset), like: first, in: packet)
            guard let here, let next else { return .outside }
            if here != offset { return .wrongHere }
            let isLast = index == Int(truncatingIfNeeded: count) - 1
            guard isLast ? next == 0 : next > offset else { return .wrongNext }
            offset = next
        }
        return nil
    }

    /// The two offsets an element begins with.
    func links(at offset: Int, like first: IntegerPlace, in packet: RawSpan) -> (here: UInt64?, next: UInt64?) {
        (
            packet.unsignedInteger(
                at: offset, byteCount: first.byteCount, littleEndian: first.isLittleEndian),
            packet.unsignedInteger(
                at: offset + first.byteCount, byteCount: first.byteCount, littleEndian: first.isLittleEndian)
        )
    }

    /// How many elements the packet announces.
    func count(of array: ArrayForm, in packet: RawSpan) -> UInt64? {
        switch array.count {
        case .place(let place): place.value(in: packet)
        case .field(let index): integer(index, in: packet).flatMap { UInt64(exactly: $0) }
        }
    }

    /// How many elements an array of the packet has; `nil` where the packet is too short to say it.
    public func count(ofArray index: Int, in packet: RawSpan) -> UInt64? { count(of: arrayForms[index], in: packet) }
}
