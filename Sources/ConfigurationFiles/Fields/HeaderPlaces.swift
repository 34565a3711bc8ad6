import GameProtocol
import PacketFields

/// The bytes of a packet that its frame and its opcode are read from: no counter and no checksum can stand there.
struct HeaderPlaces {
    /// Bytes, and what is read from them.
    private var places: [(bytes: Range<Int>, what: String)] = []

    /// What all phases that cut this side have in common; nothing where it stands behind a varint or a word.
    init(_ lanes: [Lane]) {
        for lane in lanes {
            if case .length(let length, _) = lane.frame.frame { add(length.field, "length") }
            if case .integer(let field)? = lane.opcode?.form { add(field, "opcode") }
        }
    }

    private mutating func add(_ field: IntegerField, _ what: String) {
        places.append((field.offset..<field.end, what))
    }

    /// What stands where a number would, if something does.
    func occupant(of place: IntegerPlace) -> String? {
        guard place.offset >= 0 else { return nil }
        let bytes = place.offset..<place.offset + place.byteCount
        return places.first { $0.bytes.overlaps(bytes) }?.what
    }
}
