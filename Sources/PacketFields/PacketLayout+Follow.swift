import WireBytes

/// How a packet's offsets, links and lengths follow a change of its size.
extension PacketLayout {
    /// Notes what must be written anew; `false` where something cannot follow.
    ///
    /// - Parameter own: where the changed field lies.
    func follow(_ splice: inout PacketSplice, _ edited: Int, _ own: FieldSpan, in packet: RawSpan) -> Bool {
        for index in forms.indices {
            if case .indirect(let place, let plus) = forms[index].origin {
                let isOwn = forms[edited].origin == forms[index].origin
                guard move(place, plus: plus, isOwn: isOwn, &splice, in: packet) else { return false }
            }
            guard index == edited || stretch(index, around: own, &splice, in: packet) else { return false }
        }
        for array in arrayForms {
            switch array.elements {
            case .linked(let first, let byteCountMin):
                guard moveLinks(array, first, byteCountMin, &splice, in: packet) else { return false }
            case .contiguous(.indirect(let place, let plus), _):
                guard move(place, plus: plus, isOwn: false, &splice, in: packet) else { return false }
            case .contiguous: continue
            }
        }
        return placesStay(splice, in: packet)
    }

    /// Whether a text that the sender placed shares bytes with what changes, and so would change unseen.
    ///
    /// - Parameter own: where the changed field lies.
    func changesOtherText(_ splice: PacketSplice, _ edited: Int, _ own: FieldSpan, in packet: RawSpan) -> Bool {
        forms.indices.contains { index in
            guard index != edited, forms[index].kind.textEncoding != nil, case .indirect = forms[index].origin,
                let other = span(of: index, in: packet)
            else { return false }
            return splice.isInside(other.value) && other.begin != own.begin
        }
    }

    /// Moves an offset that leads behind the change.
    ///
    /// - Parameter isOwn: whether it is the changed field's own, which stays where nothing was before.
    private func move(
        _ place: IntegerPlace, plus: Int, isOwn: Bool, _ splice: inout PacketSplice, in packet: RawSpan
    ) -> Bool {
        guard let value = place.value(in: packet) else { return false }
        if value == 0 { return true }
        // The layout's check has found the offset within the packet.
        let target = Int(truncatingIfNeeded: value) + plus
        let isPushed = splice.range.isEmpty && target == splice.range.lowerBound && !isOwn
        guard let moved = isPushed ? target + splice.growth : splice.moved(target) else { return false }
        return moved == target || splice.patch(place, moved - plus)
    }

    /// Moves the links of an array that lead behind the change, or that lie there.
    private func moveLinks(
        _ array: ArrayForm, _ first: IntegerPlace, _ byteCountMin: Int, _ splice: inout PacketSplice,
        in packet: RawSpan
    ) -> Bool {
        guard move(first, plus: 0, isOwn: false, &splice, in: packet) else { return false }
        guard let count = count(of: array, in: packet), count > 0, var offset = first.value(in: packet) else {
            return true
        }
        // The layout's check has followed these links to their end.
        for _ in 0..<Int(clamping: count) {
            let start = Int(truncatingIfNeeded: offset)
            guard !splice.touches(start..<start + byteCountMin) else { return false }
            for step in [0, first.byteCount] {
                let link = IntegerPlace(
                    offset: start + step, byteCount: first.byteCount, isLittleEndian: first.isLittleEndian)
                guard move(link, plus: 0, isOwn: false, &splice, in: packet) else { return false }
            }
            guard let next = links(at: start, like: first, in: packet).next else { return false }
            offset = next
        }
        return true
    }

    /// Lets the length of a field follow that lies around the changed one.
    private func stretch(
        _ index: Int, around own: FieldSpan, _ splice: inout PacketSplice, in packet: RawSpan
    ) -> Bool {
        guard let length = forms[index].kind.length, let span = span(of: index, in: packet) else { return true }
        let (start, end) = (span.value.lowerBound, span.value.upperBound)
        // What takes no room is inside another only where that has bytes on both sides of it.
        let isInside = own.begin < own.end ? start <= own.begin && own.end <= end : start < own.begin && own.end < end
        guard isInside else { return true }
        let place: IntegerPlace
        let unit: Int
        switch length {
        case .prefixed(let byteCount, let isLittleEndian, let unitByteCount):
            place = IntegerPlace(offset: span.begin, byteCount: byteCount, isLittleEndian: isLittleEndian)
            unit = unitByteCount
        case .counted(let counted, let unitByteCount):
            (place, unit) = (counted, unitByteCount)
        // A length that could change its own size is not followed, and a size that is fixed cannot.
        case .prefixedByVarint, .fixed: return false
        case .rest: return true
        }
        guard let count = place.value(in: packet), splice.growth % unit == 0 else { return false }
        return splice.patch(place, Int(clamping: count) + splice.growth / unit)
    }

    /// Whether every number at a fixed place is still there.
    private func placesStay(_ splice: PacketSplice, in packet: RawSpan) -> Bool {
        var places = [counter?.place, checksum?.place].compactMap { $0 }
        for form in forms {
            if case .indirect(let place, _) = form.origin { places.append(place) }
            if let place = form.kind.lengthPlace { places.append(place) }
        }
        for array in arrayForms {
            if case .place(let place) = array.count { places.append(place) }
            switch array.elements {
            case .linked(let place, _), .contiguous(.indirect(let place, _), _): places.append(place)
            case .contiguous: continue
            }
        }
        return places.allSatisfy { place in
            let start = place.position(byteCount: packet.byteCount)
            return place.offset < 0
                ? start >= splice.range.upperBound : start + place.byteCount <= splice.range.lowerBound
        }
    }

    /// Whether every field and array lies afterwards where its bytes were moved to.
    func isMoved(_ splice: PacketSplice, _ edited: Int, from before: RawSpan, to after: RawSpan) -> Bool {
        for index in forms.indices {
            guard let old = span(of: index, in: before), let new = span(of: index, in: after) else { return false }
            if index == edited { continue }
            guard isMoved(old.begin, to: new.begin, splice), isMoved(old.end, to: new.end, splice),
                isMoved(old.value.lowerBound, to: new.value.lowerBound, splice),
                isMoved(old.value.upperBound, to: new.value.upperBound, splice)
            else { return false }
            // Where nothing was, a text that began there could have taken in what is there now.
            guard
                forms[index].kind.textEncoding == nil || splice.isInside(old.value) || old.value.isEmpty
                    || before.bytes(old.value) == after.bytes(new.value)
            else { return false }
        }
        for array in arrayForms {
            guard case .contiguous(let origin, let byteCount) = array.elements,
                let count = count(of: array, in: before), count > 0
            else { continue }
            guard count == self.count(of: array, in: after), let old = start(origin, in: before),
                let new = start(origin, in: after), isMoved(old, to: new, splice),
                !splice.touches(old..<old + Int(clamping: count) * byteCount)
            else { return false }
        }
        return true
    }

    private func isMoved(_ old: Int, to new: Int, _ splice: PacketSplice) -> Bool {
        // Where nothing was, what stood there may have been before or behind it.
        if splice.range.isEmpty && old == splice.range.lowerBound { return new == old || new == old + splice.growth }
        return splice.moved(old) == new
    }

    /// Where the first element of an array stands.
    private func start(_ origin: FieldOrigin, in packet: RawSpan) -> Int? {
        var before = 0
        if case .after(let other) = origin {
            guard let span = span(of: other, in: packet) else { return nil }
            before = span.end
        }
        guard case .position(let start) = position(of: origin, in: packet, behind: before) else { return nil }
        return start
    }
}

extension FieldKind {
    /// How long it is, where it has a length.
    fileprivate var length: FieldLength? {
        switch self {
        case .bytes(let length), .text(let length, _, _): length
        case .integer, .float, .varint, .terminated: nil
        }
    }
}
