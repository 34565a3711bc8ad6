import WireBytes

/// A packet of the built-in game world, whose protocol is Crossfire's.
///
/// Shape: a length of two bytes, most significant first, that counts what follows it; a word; a space and a body, if
/// there is one. `rules/protocols/crossfire.yaml` describes the same.
struct GamePacket: Equatable {
    /// What names it.
    var word: String
    /// What follows the space behind the word.
    var body: [UInt8]

    init(_ word: String, _ body: [UInt8] = []) {
        self.word = word
        self.body = body
    }

    init(_ word: String, text: String) {
        self.init(word, Array(text.utf8))
    }

    /// What follows the length on the wire.
    init(payload: some Sequence<UInt8>) {
        let payload = Array(payload)
        let end = payload.firstIndex(of: UInt8(ascii: " ")) ?? payload.count
        word = String(decoding: payload[..<end], as: UTF8.self)
        body = Array(payload.dropFirst(end + 1))
    }

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The packet on the wire.
    var bytes: [UInt8] {
        let payload = Array(word.utf8) + (body.isEmpty ? [] : [UInt8(ascii: " ")] + body)
        return Self.bigEndian(UInt16(payload.count)) + payload
    }

    /// A checksum of the body.
    var checksum: UInt32 {
        var checksum = CRC32C()
        // Safe: the span of the array lives as long as the call, and any bytes are bytes.
        checksum.update(unsafe body.span.bytes)
        return checksum.checksum
    }

    /// A command of a player, as the client sends it: its number, how often, and what.
    static func command(_ number: UInt16, _ text: String) -> GamePacket {
        GamePacket("ncom", bigEndian(number) + bigEndian(UInt32(1)) + Array(text.utf8))
    }

    /// A number as the protocol writes it.
    static func bigEndian(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// A number of `byteCount` bytes at an offset of the body; `nil` where the body ends before it does.
    func number(at offset: Int, byteCount: Int) -> UInt32? {
        guard offset + byteCount <= body.count else { return nil }
        return body[offset..<offset + byteCount].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// Cuts what arrives into packets.
struct PacketStream {
    private var unread: [UInt8] = []

    /// Adds what arrived and takes the packets that are complete now.
    mutating func packets(in bytes: [UInt8]) -> [GamePacket] {
        unread += bytes
        var packets: [GamePacket] = []
        var start = 0
        while unread.count - start >= 2 {
            let end = start + 2 + (Int(unread[start]) << 8 | Int(unread[start + 1]))
            guard end <= unread.count else { break }
            packets.append(GamePacket(payload: unread[start + 2..<end]))
            start = end
        }
        unread.removeFirst(start)
        return packets
    }
}
