import TestSupport

/// Packets of a client in the world that break one rule of the policy, and packets that come close to it.
struct TeraCase {
    let rule: String
    var isShadow = false
    let breaking: (TeraGame) throws -> [TeraPacket]
    var harmless: (TeraGame) throws -> [TeraPacket] = { _ in [] }

    static var all: [TeraCase] { dropping + remarking + ending }

    private static func chat(_ text: String, channel: UInt32 = 0) -> (TeraGame) throws -> [TeraPacket] {
        { [.chat(try $0.opcode("C_CHAT"), text, channel: channel)] }
    }

    private static func place(
        _ place: (Float, Float, Float), to target: (Float, Float, Float)? = nil, type: UInt32 = 0
    ) -> (TeraGame) throws -> [TeraPacket] {
        { [.location(try $0.opcode("C_PLAYER_LOCATION"), place, to: target, type: type, time: 5)] }
    }

    private static func packet(_ name: String, _ bodyByteCount: Int = 0) -> (TeraGame) throws -> [TeraPacket] {
        { [try $0.packet(name, bodyByteCount)] }
    }

    private static func many(
        _ count: Int, _ one: @escaping (TeraGame) throws -> [TeraPacket]
    ) -> (TeraGame) throws -> [TeraPacket] {
        { game in try (0..<count).flatMap { _ in try one(game) } }
    }

    /// Positions that differ, so that none is a repetition.
    private static func walk(_ count: Int, type: UInt32 = 0) -> (TeraGame) throws -> [TeraPacket] {
        { game in
            let opcode = try game.opcode("C_PLAYER_LOCATION")
            return (0..<count).map { .location(opcode, (Float($0), 0, 0), type: type, time: UInt32($0)) }
        }
    }

    private static func both(
        _ first: @escaping (TeraGame) throws -> [TeraPacket], _ second: @escaping (TeraGame) throws -> [TeraPacket]
    ) -> (TeraGame) throws -> [TeraPacket] {
        { try first($0) + second($0) }
    }

    static let link = "<ChatLinkAction param=\"1#####12@345@Name\">&lt;Sword></ChatLinkAction>"

    static var dropping: [TeraCase] {
        [
            TeraCase(
                rule: "ranking-crash", breaking: { [.ranking(try $0.opcode("C_REQUEST_PVE_RANKING"), class: 13)] },
                harmless: { game in
                    try [0, 12, 15].map { .ranking(try game.opcode("C_REQUEST_PVE_RANKING"), class: $0) }
                }),
            TeraCase(
                rule: "ranking-crash", breaking: { [.ranking(try $0.opcode("C_REQUEST_PVP_RANKING"), class: -1)] },
                harmless: { [.ranking(try $0.opcode("C_REQUEST_PVP_RANKING"), class: 0)] }),
            TeraCase(
                rule: "x-out-of-the-world", breaking: place((200_001, 0, 0), to: (0, 0, 0)),
                harmless: place((200_000, 0, 0))),
            TeraCase(rule: "x-out-of-the-world", breaking: place((.infinity, 0, 0), to: (0, 0, 0))),
            TeraCase(
                rule: "y-out-of-the-world", breaking: place((0, -200_001, 0), to: (0, 0, 0)),
                harmless: place((0, -200_000, 0))),
            TeraCase(rule: "z-out-of-the-world", breaking: place((0, 0, .nan), to: (0, 0, 0))),
            TeraCase(rule: "way-to-x-out-of-the-world", breaking: place((0, 0, 0), to: (-.infinity, 0, 0))),
            TeraCase(rule: "way-to-y-out-of-the-world", breaking: place((0, 0, 0), to: (0, .nan, 0))),
            TeraCase(rule: "way-to-z-out-of-the-world", breaking: place((0, 0, 0), to: (0, 0, 300_000))),
            TeraCase(
                rule: "the-same-place-again", breaking: many(3, place((1, 2, 3), type: 8)),
                harmless: many(2, place((4, 5, 6), type: 8))),
            TeraCase(rule: "movement-flood", breaking: walk(81), harmless: { _ in [] }),
            TeraCase(
                rule: "broken-text",
                breaking: { [TeraPacket(try $0.opcode("C_CHAT"), [10, 0, 0, 0, 0, 0, 0, 0xD8, 0, 0])] },
                harmless: chat("\u{1F600}")),
            TeraCase(
                rule: "name-too-long",
                breaking: { [.whisper(try $0.opcode("C_WHISPER"), to: String(repeating: "a", count: 25), "hello")] },
                harmless: { [.whisper(try $0.opcode("C_WHISPER"), to: String(repeating: "a", count: 24), "hello")] }),
            TeraCase(rule: "chat-flood", breaking: many(9, chat("hello"))),
            TeraCase(
                rule: "item-link-too-long",
                breaking: chat("<ChatLinkAction param=\"1#####" + String(repeating: "1", count: 160) + "\">"),
                harmless: chat(link)),
            TeraCase(
                rule: "toolbox-command-in-chat", breaking: chat("<FONT>!Toolbox</FONT>"), harmless: chat("my toolbox")),
            TeraCase(rule: "proxy-command-in-chat", breaking: chat("!proxy"), harmless: chat("proxy!")),
            TeraCase(rule: "item-question-flood", breaking: many(31, packet("C_SHOW_ITEM_TOOLTIP_EX", 40))),
            TeraCase(
                rule: "enchantment-without-its-beginning", breaking: packet("C_REQUEST_ENCHANT", 20),
                harmless: both(packet("C_START_ENCHANT"), packet("C_REQUEST_ENCHANT", 20))),
            TeraCase(rule: "skill-flood", breaking: many(61, packet("C_PRESS_SKILL", 23))),
            TeraCase(rule: "teleport-flood", breaking: many(4, packet("C_TELEPORT_TO_VILLAGE", 4))),
            TeraCase(rule: "contract-flood", breaking: many(11, packet("C_REQUEST_CONTRACT", 24))),
            TeraCase(rule: "item-flood", breaking: many(31, packet("C_USE_ITEM", 71))),
            TeraCase(rule: "character-flood", breaking: many(41, packet("C_DELETE_USER", 4))),
        ]
    }

    static var remarking: [TeraCase] {
        [
            TeraCase(rule: "falls", isShadow: true, breaking: walk(21, type: 2), harmless: walk(20, type: 10)),
            TeraCase(
                rule: "item-link-of-a-strange-form", isShadow: true,
                breaking: chat("<ChatLinkAction param=\"admincommand:/@run\">"), harmless: chat(link)),
            TeraCase(
                rule: "notice-from-a-player", isShadow: true, breaking: chat("hello", channel: 25),
                harmless: chat("hello", channel: 27)),
            TeraCase(
                rule: "private-channel-never-joined", isShadow: true, breaking: chat("hello", channel: 11),
                harmless: both(
                    { [TeraPacket(try $0.opcode("C_JOIN_PRIVATE_CHANNEL"), [8, 0, 0, 0] + TeraPacket.text("x"))] },
                    chat("hello", channel: 18))),
            TeraCase(
                rule: "zero-integrity-hash", isShadow: true,
                breaking: { [.dialog(try $0.opcode("C_DIALOG"), counter: 1, hash: 0)] },
                harmless: { [.dialog(try $0.opcode("C_DIALOG"), counter: 1, hash: 1)] }),
            TeraCase(
                rule: "binding-without-its-beginning", isShadow: true, breaking: packet("C_BIND_ITEM_EXECUTE", 4),
                harmless: both(packet("C_BIND_ITEM_BEGIN_PROGRESS", 4), packet("C_BIND_ITEM_EXECUTE", 4))),
            TeraCase(
                rule: "decomposition-without-its-beginning", isShadow: true,
                breaking: packet("C_RQ_COMMIT_DECOMPOSITION_CONTRACT"),
                harmless: both(
                    packet("C_RQ_START_SOCIAL_ON_PROGRESS_DECOMPOSITION"), packet("C_RQ_COMMIT_DECOMPOSITION_CONTRACT"))
            ),
            TeraCase(rule: "byte-identical-skill", isShadow: true, breaking: many(2, packet("C_START_SKILL", 46))),
            TeraCase(
                rule: "ping-like-a-clock", isShadow: true, breaking: many(11, packet("C_REQUEST_GAMESTAT_PING")),
                harmless: many(10, packet("C_REQUEST_GAMESTAT_PING"))),
            TeraCase(rule: "teleport-to-a-place", isShadow: true, breaking: packet("C_TELEPORT_TO_POS", 12)),
        ]
    }

    static var ending: [TeraCase] {
        [
            TeraCase(
                rule: "gm-command-from-a-player",
                breaking: { [TeraPacket(try $0.opcode("C_ADMIN"), [6, 0] + TeraPacket.text("/@x"))] }),
            TeraCase(
                rule: "gm-command-from-a-player",
                breaking: { [TeraPacket(try $0.opcode("C_OP_COMMAND"), [6, 0] + TeraPacket.text(""))] }),
            TeraCase(
                rule: "version-flood", breaking: { [.version($0.version, count: 9)] },
                harmless: { [.version($0.version, count: 8)] }),
            TeraCase(
                rule: "version-that-is-not-first", breaking: { [.version($0.version, firstIndex: 1)] },
                harmless: { [.version($0.version)] }),
            TeraCase(
                rule: "login-guessing",
                breaking: { game in
                    let opcode = try game.opcode("C_LOGIN_ARBITER")
                    return (0..<21).map { _ in .login(opcode, name: "a", ticket: [1]) }
                }),
        ]
    }
}
