/// The way of a client into the world, as Crossfire's own client goes it: each step waits for the server's answer.
struct Login {
    /// The account, and the character.
    let name: String
    /// Whether the character stands in the world.
    private(set) var isDone = false

    init(name: String) {
        self.name = name
    }

    /// The first packet, sent at once.
    var opening: GamePacket { GamePacket("version", text: "1023 1029 Portcullis demo client") }

    /// What the client sends next.
    mutating func answer(to packet: GamePacket) -> GamePacket? {
        switch packet.word {
        case "version": return GamePacket("setup", text: "map2cmd 1 tick 1 loginmethod 2")
        case "setup": return GamePacket("requestinfo", text: "skill_info")
        case "replyinfo": return GamePacket("accountlogin", Self.counted(name) + Self.counted("a-password"))
        case "accountplayers": return GamePacket("accountplay", text: name)
        case "addme_success":
            isDone = true
            return nil
        default: return nil
        }
    }

    /// A text behind its length in one byte.
    static func counted(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(255))
        return [UInt8(bytes.count)] + bytes
    }
}
