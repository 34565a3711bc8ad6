import WireBytes

/// The game world's side of one connection: bytes in, bytes out.
///
/// The world is as trusting as old game servers are: it answers whatever comes.
struct WorldSession {
    /// Who is behind the relay, from the PROXY header; `nil` until it has come.
    private(set) var client: IPAddress?
    /// Whether a character stands in the world.
    private(set) var isPlaying = false
    /// Bytes of the game that came from the client.
    private(set) var byteCount = 0
    /// What is wrong with the PROXY header: then nothing of the connection is believed.
    private(set) var isRefused = false

    private var header: [UInt8] = []
    private var stream = PacketStream()
    private var name = "somebody"

    /// The longest header of version 1, its line end included.
    private static let headerByteCountMax = 107

    /// Takes what arrived.
    ///
    /// - Returns: what the world answers.
    mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        guard !isRefused else { return [] }
        guard client == nil else { return play(bytes) }
        header += bytes
        guard let end = header.firstIndex(of: UInt8(ascii: "\n")) else {
            isRefused = header.count > Self.headerByteCountMax
            return []
        }
        let words = String(decoding: header[..<end], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 6, words[0] == "PROXY", let address = IPAddress(words[2]) else {
            isRefused = true
            return []
        }
        client = address
        let game = Array(header[(end + 1)...])
        header = []
        return GamePacket("version", text: "1023 1029 Portcullis demo world\n").bytes + play(game)
    }

    /// The world's heartbeat, towards those who stand in it.
    func tick(_ number: UInt32) -> [UInt8] {
        isPlaying ? GamePacket("tick", GamePacket.bigEndian(number)).bytes : []
    }

    private mutating func play(_ bytes: [UInt8]) -> [UInt8] {
        byteCount += bytes.count
        var answers: [GamePacket] = []
        for packet in stream.packets(in: bytes) { answers += self.answers(to: packet) }
        return answers.flatMap(\.bytes)
    }

    private mutating func answers(to packet: GamePacket) -> [GamePacket] {
        switch packet.word {
        case "setup": return [packet]
        case "requestinfo": return [GamePacket("replyinfo", text: "\(packet.text)\n1:walking\n2:talking\n")]
        case "accountlogin", "accountnew": return [GamePacket("accountplayers", [0])]
        case "accountplay":
            name = packet.text
            isPlaying = true
            let player = GamePacket.bigEndian(UInt32(1)) + GamePacket.bigEndian(UInt32(80_000))
            let face = GamePacket.bigEndian(UInt32(1_907)) + Login.counted(name)
            return [GamePacket("player", player + face), GamePacket("addme_success"), GamePacket("newmap")]
        case "ncom": return commandAnswers(packet)
        default: return []
        }
    }

    /// What is said comes back as a line of text, and every command with its number and a checksum of what arrived, so
    /// that the player can prove that nothing was lost, reordered or altered.
    private func commandAnswers(_ packet: GamePacket) -> [GamePacket] {
        guard isPlaying, let number = packet.number(at: 0, byteCount: 2), packet.body.count >= 6 else { return [] }
        let command = String(decoding: packet.body[6...], as: UTF8.self)
        var answers: [GamePacket] = []
        if command.hasPrefix("say ") {
            answers.append(GamePacket("drawextinfo", text: "0 10 0 \(name) says: \(command.dropFirst(4))"))
        }
        let checksum = packet.checksum
        answers.append(
            GamePacket("comc", GamePacket.bigEndian(UInt16(number)) + GamePacket.bigEndian(checksum)))
        return answers
    }
}
