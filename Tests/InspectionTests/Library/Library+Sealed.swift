extension Library {
    /// Games of which nothing can be read behind a handshake, or nothing at all.
    static let sealed = [
        (
            "wesnoth",
            """
            client PLAIN in handshake: 00000000
            server WELCOME in handshake: 0000002a
            client DOCUMENT in lobby: 0000001e 1f8b0800 5a*26
            server DOCUMENT: 00000040 1f8b0800 5a*60
            client !framing: 00000000
            client !framing: 01000000
            client !size: 00000013 1f8b0800 5a*15
            # Not what gzip writes.
            wait 6
            client !phase: 0000001e 00000000 5a*26
            ---
            client TLS: 00000001
            server TLS_BEGINS: 00000000
            client raw: 1603010200 5a*512
            server raw: 1603030040 5a*64
            ---
            client TLS: 00000001
            server TLS_REFUSED: ffffffff
            client DOCUMENT in lobby: 0000001e 1f8b0800 5a*26
            ---
            client !framing: 00000002
            client !framing: "GET "
            """
        ),
        (
            "minecraft-java",
            """
            # The list of servers.
            client HANDSHAKE in handshake: 10 00 fb05 09 "localhost" 63dd 01
            client STATUS_REQUEST in status: 01 00
            server STATUS_RESPONSE in status: 04 00 02 "{}"
            client PING_REQUEST: 09 01 0000018bcfe56800
            server PONG_RESPONSE: 09 01 0000018bcfe56800
            client !phase: 02 02 00
            client !size: 02 00 00
            client !framing: 40
            ---
            # In offline mode, with compression.
            client HANDSHAKE: 10 00 fb05 09 "localhost" 63dd 02
            client LOGIN_START in login: 17 00 05 "Steve" 5a*16
            server SET_COMPRESSION in login: 03 03 8002
            server unknown in compressed: 04 00 02 5a5a
            client unknown in compressed: 02 00 03
            # A number and six bytes, two hundred times.
            client unknown: 1a b109 789c63cd48cdc9c957182547c95172941cfc24006cf4b8b5
            server unknown: 808001 8020 5a*16382
            # What is no compressed data, and what becomes more than any packet.
            client !inflate: 06 8008 789c 5a5a
            client !inflate: 9604 818020 789cedc181 00*4 c3a0f9531fe1025501 00*507 1c0300790001
            client !framing: 01
            client !framing: feff03 00
            client !framing: ffffffff
            ---
            # In offline mode, without.
            client HANDSHAKE: 10 00 fb05 09 "localhost" 63dd 02
            client !wrong-name: 07 00 05 "St ve"
            client !wrong-name: 13 00 11 "abcdefghijklmnopq"
            client LOGIN_START x8: 07 00 05 "Steve"
            client !login-flood: 07 00 05 "Steve"
            client !size: 02 00 00
            client !malformed: 07 00 06 "Steve"
            client !phase: 02 05 00
            server LOGIN_SUCCESS in login: 03 02 5a5a
            client unknown in game: 03 15 5a5a
            server unknown in game: 03 15 5a5a
            ---
            # In online mode.
            client HANDSHAKE: 10 00 fb05 09 "localhost" 63dd 03
            client LOGIN_START: 17 00 05 "Steve" 5a*16
            server ENCRYPTION_REQUEST in login: 05 01 00 01 5a 00
            client ENCRYPTION_RESPONSE: 8801 01 8001 5a*128 04 5a*4
            server raw: ff 5a*40
            client raw: ff 5a*40
            ---
            # Before 1.7: a byte, and later ones behind it.
            client OLD_QUESTION in handshake: fe
            client raw: 01
            server raw: ff 0017 5a*46
            ---
            # Another state, another number, lengths out of range, an address that reaches over the end.
            client !no-state: 10 00 fb05 09 "localhost" 63dd 04
            client !long-address: 8802 00 fb05 8002 "a"*256 63dd 01
            client !phase: "GET / HTTP/1.1" 0d0a
            client !framing: 05
            client !framing: 8410
            client !malformed: 08 00 fb05 7f 61 63dd 01
            """
        ),
        (
            "wow-335",
            """
            server AUTH_CHALLENGE in login: 002a ec01 01000000 11223344 5a*32
            client AUTH_SESSION: 0060 ed010000 34300000 00000000 "PLAYER" 00 5a*77
            # From here on headers are noise.
            server raw: f1a3 99c1 02 5a*8
            client raw: 8e10 2b3c4d5e 5a*3
            server raw: 00
            ---
            server AUTH_CHALLENGE: 002a ec01 01000000 11223344 5a*32
            # An opcode before the login, a login too short, sizes out of range.
            client !phase: 0004 37000000
            client !size: 0004 ed010000
            client !another-build: 0060 ed010000 34310000 00000000 "PLAYER" 00 5a*77
            client !wrong-account: 0060 ed010000 34300000 00000000 "PL'YER" 00 5a*77
            client !malformed: 0060 ed010000 34300000 00000000 5a*84
            client !framing: 0003 ed0100
            client !framing: 2801 ed010000
            ---
            # A length of three bytes.
            server !size: 800018 ec01 5a*22
            """
        ),
        (
            "conquer-online",
            """
            client raw: 5a*52
            server raw: a5*32
            client raw: 5a*4000
            client !byte-flood: 5a*131073
            """
        ),
        (
            "runescape-317",
            """
            client GAME in service: 0e 17
            server raw: 00*8 00 1122334455667788
            client LOGIN in login: 10 4d ff 013d 00 5a*73
            server raw: 02 00 00
            client raw: 9c 5a*7
            ---
            client UPDATE in service: 0f
            server raw: 00*8
            client raw: 00 0001 02
            ---
            client !framing: 0d
            client !phase: 10 4d ff 013d 00 5a*73
            client !framing: "GET / HTTP/1.1"
            ---
            client GAME: 0e 17
            server raw: 00*17
            client !size: 10 20 ff 013d 00 5a*28
            client !framing: 11
            client !no-login: 10 4d fe 013d 00 5a*73
            client !another-revision: 10 4d ff 0179 00 5a*73
            client !no-such-memory: 10 4d ff 013d 02 5a*73
            client RECONNECT in login: 12 4d ff 013d 00 5a*73
            """
        ),
        (
            "uru-live",
            """
            client raw: 0a 1f000000 5a*26
            server raw: 5a*40
            client raw: 5a*2000
            """
        ),
    ]
}
