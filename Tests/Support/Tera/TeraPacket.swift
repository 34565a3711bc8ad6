/// A packet of TERA in clear: its length, its opcode, its body.
public struct TeraPacket: Equatable, Sendable {
    /// All of it.
    public var bytes: [UInt8]

    /// A packet from the wire.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A packet with this body.
    public init(_ opcode: UInt16, _ body: [UInt8] = []) {
        bytes = Self.number(UInt16(body.count + 4)) + Self.number(opcode) + body
    }

    /// What names it.
    public var opcode: UInt16 { UInt16(bytes[2]) | UInt16(bytes[3]) << 8 }

    /// A number as it is written, the least significant byte first.
    public static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// A text in UTF-16 with a NUL behind it.
    public static func text(_ text: String) -> [UInt8] {
        Array(text.utf16).flatMap { number($0) } + [0, 0]
    }

    /// The text that the offset at `place` leads to; `nil` when it has no end.
    public func text(at place: Int) -> String? {
        var units: [UInt16] = []
        var offset = Int(bytes[place]) | Int(bytes[place + 1]) << 8
        while offset + 1 < bytes.count {
            let unit = UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
            if unit == 0 { return String(decoding: units, as: UTF16.self) }
            units.append(unit)
            offset += 2
        }
        return nil
    }
}

extension TeraPacket {
    /// `C_CHECK_VERSION`: pairs of an index and a number, of which the first is the version.
    public static func version(_ number: UInt32, count: Int = 2, firstIndex: UInt32 = 0) -> TeraPacket {
        var body = self.number(UInt16(count)) + self.number(UInt16(8))
        for index in 0..<count {
            let offset = UInt16(8 + 12 * index)
            let next = index + 1 < count ? offset + 12 : 0
            body += self.number(offset) + self.number(next)
            body += self.number(index == 0 ? firstIndex : UInt32(index)) + self.number(index == 0 ? number : 0)
        }
        return TeraPacket(19_900, body)
    }

    /// `C_LOGIN_ARBITER`: an account and a ticket.
    public static func login(_ opcode: UInt16, name: String, ticket: [UInt8]) -> TeraPacket {
        let nameBytes = text(name)
        let body =
            number(UInt16(23)) + number(UInt16(23 + nameBytes.count)) + number(UInt16(ticket.count)) + number(UInt32(0))
            + [0] + number(UInt32(6)) + number(UInt32(9_204)) + nameBytes + ticket
        return TeraPacket(opcode, body)
    }

    /// `C_CHAT`.
    public static func chat(_ opcode: UInt16, _ message: String, channel: UInt32 = 0) -> TeraPacket {
        TeraPacket(opcode, number(UInt16(10)) + number(channel) + text(message))
    }

    /// `C_WHISPER`.
    public static func whisper(_ opcode: UInt16, to target: String, _ message: String) -> TeraPacket {
        let name = text(target)
        return TeraPacket(opcode, number(UInt16(8)) + number(UInt16(8 + name.count)) + name + text(message))
    }

    /// `C_PLAYER_LOCATION`: a place, a way, a kind of movement and the time.
    public static func location(
        _ opcode: UInt16, _ place: (Float, Float, Float), to target: (Float, Float, Float)? = nil, type: UInt32 = 0,
        time: UInt32
    ) -> TeraPacket {
        let way = target ?? place
        let floats = [place.0, place.1, place.2].flatMap { number($0.bitPattern) }
        let ends = [way.0, way.1, way.2].flatMap { number($0.bitPattern) }
        return TeraPacket(
            opcode, floats + number(UInt16(0)) + number(UInt16(0)) + ends + number(type) + [0, 0, 0] + number(time))
    }

    /// `C_DIALOG` of build 367081, with its counter and its hash.
    public static func dialog(_ opcode: UInt16, counter: UInt32, hash: UInt32 = 7) -> TeraPacket {
        TeraPacket(opcode, number(counter) + number(hash) + [UInt8](repeating: 3, count: 16))
    }

    /// `C_REQUEST_PVE_RANKING` and `C_REQUEST_PVP_RANKING`.
    public static func ranking(_ opcode: UInt16, class number: Int32) -> TeraPacket {
        TeraPacket(opcode, self.number(Int32(1)) + self.number(Int32(0)) + self.number(number))
    }
}
