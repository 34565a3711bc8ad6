extension Library {
    /// Games with a length field whose bodies are encrypted from early on.
    static let lengths = [
        (
            "lineage-2-login",
            """
            # The server's first packet, then a login in blocks of eight.
            server unknown in login: ba00 5a*184
            client unknown in login: 2a00 11*40
            client unknown: b200 22*176
            server unknown: 1200 33*16
            # Less than one block, and more than any login.
            client !framing: 0900 11*7
            client !framing: 0102 11*511
            client unknown x13: 0a00 11*8
            client !packet-flood: 0a00 11*8
            """
        ),
        (
            "lineage-2-game",
            """
            client PROTOCOL_VERSION in version: 0b01 0e 76030000 09*260
            server KEY in version: 1000 2e 01 0102030405060708 01000000
            client unknown in world: 4700 8c*69
            server unknown in world: ffff 11*65533
            client !framing: 0200
            client !framing: 0120
            client unknown x10: 0108 11*2047
            client !long-packets: 0108 11*2047
            ---
            client PROTOCOL_VERSION_OLD in version: 0b00 00 ea020000 09*4
            server KEY_OLD: 1000 00 01 0102030405060708 01000000
            client unknown in world: 0300 55
            ---
            # Anything before the version.
            client !phase: 0b00 08 ea020000 09*4
            client !size: 0400 0e 00
            """
        ),
        (
            "maplestory-83",
            """
            server raw: 0e00 5300 0100 "1" 46723052 52306128 08
            # 51 bytes: 0x33 combined with what the server's first value makes of it.
            client unknown in play: 1152 2252 a7*51
            server unknown: 01ff 13ff b0*18
            client unknown x9: 0553 0753 a7*2
            # A body without room for an opcode, and one beyond the limit.
            client !framing: 0453 0553 a7
            client !framing: ffff 0000
            ---
            server !preamble: 0e00 5f00 0100 "1" 46723052 52306128 08
            server !preamble: 0f00
            """
        ),
        (
            "silkroad",
            """
            server HANDSHAKE in handshake: 2500 0050 00 00 0e 11*36
            client HANDSHAKE: 0800 0050 00 00 22*8
            server HANDSHAKE: 0900 0050 00 00 10 33*8
            client HANDSHAKE_ACCEPT in handshake: 0000 0090 00 00
            # 18 bytes of body are encrypted with the four of the header: 22, and so 24.
            client ENCRYPTED in play: 1280 5a*24
            client MODULE in play: 0c00 0120 00 00 0900 "SR_Client" 00
            server LOGIN_RESULT: 0200 02a1 00 00 0201
            client unknown: 0000 3412 00 00
            server ENCRYPTED: 0180 5a*8
            client ENCRYPTED x59: 1280 5a*24
            client !encrypted-flood: 1280 5a*24
            client !massive-packet-from-a-client: 0400 0d60 00 00 01*4
            client !size: 0000 0120 00 00
            client !framing: ff7f 0120 00 00
            ---
            client !phase: 0c00 0120 00 00 0900 "SR_Client" 00
            """
        ),
        (
            "flyff",
            """
            server SESSION_KEY in key: 5e 08000000 00000000 78563412
            client LOGIN in play: 5e a1a2a3a4 10000000 b1b2b3b4 fc000000 04000000 "user" 00*4
            client WORLD_LOGIN: 5e a1a2a3a4 0c000000 b1b2b3b4 ffffffff 00ff0000 00*4
            server unknown: 5e 0c000000 ffffff00 00*8
            client CHAT x8: 5e a1a2a3a4 0e000000 b1b2b3b4 ffffffff 0800ff00 02000000 "hi"
            client !chat-flood: 5e a1a2a3a4 0e000000 b1b2b3b4 ffffffff 0800ff00 02000000 "hi"
            client LOGIN x10: 5e a1a2a3a4 10000000 b1b2b3b4 fc000000 04000000 "user" 00*4
            client !login-guessing: 5e a1a2a3a4 10000000 b1b2b3b4 fc000000 04000000 "user" 00*4
            # Another mark, too little for an opcode, too much.
            client !framing: 5f a1a2a3a4 10000000
            client !framing: 5e a1a2a3a4 03000000 b1b2b3b4 fc0000
            client !framing: 5e a1a2a3a4 ffffffff b1b2b3b4
            ---
            # The client waits for the key.
            server !phase: 5e 08000000 01000000 78563412
            """
        ),
        (
            "knight-online",
            """
            client VERSION_CHECK in version: aa55 0300 2b ffff 55aa
            server VERSION_CHECK in version: aa55 0d00 2b 00 7607 1122334455667788 00 55aa
            client unknown in play: aa55 0b00 5a*11 55aa
            server unknown in play: aa55 0500 fc1e 010000 55aa
            client !framing: aa56 0300
            client !framing: aa55 0300 2b ffff 55ab
            client !framing: aa55 0108 2b
            ---
            # Nothing before the version; what a login server is asked.
            client LOGIN_KEY: aa55 0100 f2 55aa
            server LOGIN_KEY: aa55 0900 f2 1122334455667788 55aa
            client unknown in play x160: aa55 0300 f3 0000 55aa
            client !packet-flood: aa55 0300 f3 0000 55aa
            ---
            client LOGIN_VERSION: aa55 0100 01 55aa
            client !phase: aa55 0300 03 0000 55aa
            """
        ),
        (
            "tibia",
            """
            # The login port: checksum, kind, system, version, files, and the block of 128 bytes.
            client LOGIN in login: 9500 11223344 01 0200 f803 22*12 33*128
            server unknown in play: 1400 11223344 5a*16
            ---
            # The game port: the world's name, the server's challenge, the login, the game.
            client WORLD_NAME_UPPER in login: "ANTICA" 0a
            server unknown: 0c00 11223344 0600 1f 5a*5
            client LOGIN in login: 8900 11223344 0a 0200 f803 33*128
            client unknown in play: 0c00 11223344 5a*8
            client !framing: 0000
            client !framing: 0160
            client unknown x124: 0c00 11223344 5a*8
            client !packet-flood: 0c00 11223344 5a*8
            ---
            client WORLD_NAME: "Antica" 0a
            client !world-name-twice: "Antica" 0a
            client !framing: "A"*65
            client !framing: 0105 11223344
            client !phase: ff82 0a
            """
        ),
    ]
}
