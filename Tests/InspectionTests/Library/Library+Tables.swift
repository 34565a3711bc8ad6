extension Library {
    /// Games whose opcodes tell the sizes of packets.
    static let tables = [
        (
            "ragnarok-login",
            """
            client LOGIN in login: 6400 14000000 "player":24 "secret":24 01
            server raw: 6a00 01 00*20
            ---
            client KEY_REQUEST: db01
            server raw: dc01 1400 5a*16
            client LOGIN_MD5: dd01 14000000 "player":24 5a*16 01
            client LOGIN_TOKEN: 2508 6000 5a*92
            client KEEPALIVE x4: 0002 "player":24
            client !small-packet-flood: 0002 "player":24
            client LOGIN x3: 6400 14000000 "new_M":24 "secret":24 01
            client !account-creation: 6400 14000000 "other_F":24 "secret":24 01
            client !wrong-account: 6400 14000000 00*24 "secret":24 01
            client LOGIN x5: 6400 14000000 "player":24 "secret":24 01
            client !login-guessing: 6400 14000000 "player":24 "secret":24 01
            # How a character server registers; an opcode of the map server; a length within its own header.
            client !framing: 1027 5a*84
            client !framing: 8500
            client !framing: 2508 0300
            """
        ),
        (
            "ragnarok-char",
            """
            client ENTER in enter: 6500 80841e00 11223344 55667788 0000 01
            # The account's number, bare.
            server raw: 80841e00
            server raw: 6b00 1800 5a*20
            client KEEPALIVE in characters: 8701 80841e00
            client CREATE_2012: 7009 "Hero":24 00 0100 0100
            client SELECT: 6600 00
            client PIN_CHECK x8: b808 80841e00 "1234"
            client !pin-guessing: b808 80841e00 "1234"
            client !framing: f82a 5a*58
            ---
            client !phase: 6600 00
            """
        ),
        (
            "ragnarok-map",
            """
            client ENTER in enter: 7200 80841e00 f0490200 11223344 55667788 00
            server raw: 80841e00
            server raw: 7300 11223344 5a3c10 0505
            client LOAD_END in world: 7d00
            client WALK: 8500 5a3c10
            client WHISPER: 9600 2100 "Friend":24 "hey!" 00
            client SHOP_OPEN: b201 5d00 "Shop":80 01 0200 0100 e8030000
            client CHAT x7: 8c00 0f00 "Hero : hi" 00*2
            client !chat-flood: 8c00 0f00 "Hero : hi" 00*2
            client !game-master-command: 4001 "prontera":16 6400 6400
            # No entry, a length within its own header, a text longer than any.
            client !framing: ff0f
            client !framing: 8c00 0300
            client !size: 8c00 0501 5a*257
            ---
            client !phase: 7d00
            """
        ),
        (
            "ultima-online",
            """
            client raw: ef c0a80001 00000007 00000000 0000002d 00000050
            client ACCOUNT_LOGIN in login: 80 "player":30 "secret":30 ff
            server raw: a8 002e 5d 0001 5a*40
            client PLAY_SERVER: a0 0000
            server raw: 8c 7f000001 0a21 11223344
            ---
            # The game server: four bytes, and then everything of the server's is compressed.
            client raw: 11223344
            client GAME_LOGIN in login: 91 11223344 "player":30 "secret":30
            server raw: b6a0 5a*400
            client PLAY_CHARACTER: 5d edededed "Hero":30 00*38
            client CLIENT_VERSION in world: bd 000c "7.0.45.65"
            client SPEECH: ad 0012 00 0034 0003 "ENU" 00 00480069 0000
            client DROP: 08 40000001 0102 0304 05 00 40000002
            client MOVE x30: 02 80 01 00000000
            client !movement-flood: 02 80 01 00000000
            client !game-master-command: 04 01
            client !framing: ff
            client !framing: ad 0002
            client !framing: ad 1001
            ---
            client raw: 11223344
            client !phase: 02 80 01 00000000
            client !wrong-account: 91 11223344 00*30 "secret":30
            client !wrong-account: 80 "pla yer":30 "secret":30 ff
            """
        ),
        (
            "metin2",
            """
            server raw: ff 11223344 01000000 00000000
            client HANDSHAKE in login: ff 11223344 01000000 00000000
            client FILLER x3: 00
            server raw: fd 02
            client LOGIN_WITH_KEY: 6d "player":31 11223344 5a*16
            server raw: 20 5a*300
            client CHARACTER_SELECT in game: 06 00
            client !character-that-is-not-there: 06 05
            client CHARACTER_CREATE: 04 01 "Hero":25 0000 01 04030303
            client !wrong-name: 04 01 "He'ro":25 0000 01 04030303
            client !shop-of-too-much: 37 "Shop":33 29 5a*533
            client ENTER_GAME: 0a
            client FILLER: 00
            client MOVE: 07 01 00 2d 10270000 204e0000 01000000
            client SHOP_BUY: 32 01 01 05
            client SHOP_END: 32 00
            # Two things for sale.
            client MY_SHOP: 37 "Shop":33 02 5a*26
            client GUILD_COMMENT: 50 05 02 "hi"
            client CHAT x7: 03 0900 00 "hello"
            client !chat-flood: 03 0900 00 "hello"
            client FILLER x96: 00
            client !filler-flood: 00
            client !framing: c8
            client !framing: 32 09
            client !framing: 03 0200
            ---
            # Keys are agreed upon, and nothing can be read.
            client KEY_AGREEMENT in login: fb 0001 0001 5a*256
            server raw: fa 000000
            client raw: 5a*40
            ---
            client !phase: 07 01 00 2d 10270000 204e0000 01000000
            """
        ),
    ]
}
