extension Library {
    /// Games of texts and other forms.
    static let texts = [
        (
            "habbo",
            """
            client POLICY_FILE_REQUEST in play: "<policy-file-request/>" 00
            server unknown: "<?xml version='1.0'?><cross-domain-policy/>" 00
            ---
            client RELEASE_VERSION: 00000010 0fa0 000c "PRODUCTION-1"
            server unknown: 00000002 0031
            client unknown x119: 00000006 0123 00000001
            client !packet-flood: 00000006 0123 00000001
            client !framing: 00000001
            client !framing: 00020001 0fa0
            client !framing: "GET / HTTP/1.1"
            client !framing: "<"*65
            """
        ),
        (
            "crossfire",
            """
            client version in login: 0014 "version 1023 1029 me"
            server version: 0014 "version 1023 1029 me"
            client accountlogin x12: 0017 "accountlogin " 04 "user" 04 "pass"
            client !password-guessing: 0017 "accountlogin " 04 "user" 04 "pass"
            client !cheat-module-marker: 0022 "version 1023 1029 xx Cheat-Engine7"
            server addme_success in login: 000d "addme_success"
            client ncom in world: 0010 "ncom " 0001 00000001 "north"
            client !unknown: 0005 "hello"
            client !size: 0005 "ncom "
            client !framing: 0000
            client !framing: 2801 "ncom "
            """
        ),
        (
            "openttd",
            """
            client CLIENT_JOIN in join: 1200 02 "13.0" 00 646d081d "bot" 00 fe 00
            server SERVER_WELCOME in join: 0c00 0e 02000000 2a000000 00
            client CLIENT_GETMAP in game: 0300 10
            client !long-message: 3f01 1d 03 00 00000000 "x"*301 00 00*8
            client CLIENT_CHAT x10: 1400 1d 03 00 00000000 "hi" 00 00*8
            client !chat-flood: 1400 1d 03 00 00000000 "hi" 00 00*8
            client !malformed: 0c00 1d 03 00 00000000 "hi!"
            client CLIENT_SET_NAME: 0700 25 "bob" 00
            client !long-name: 2400 25 "x"*32 00
            client !broken-name: 0700 25 "b" c328 00
            client !unknown: 0300 ff
            client !framing: 0200
            client !framing: 0080
            ---
            client !phase: 0300 10
            client !long-name: 2f00 02 "13.0" 00 646d081d "x"*32 00 fe 00
            client CLIENT_GAME_PASSWORD x6: 0800 0b "pass" 00
            client !password-guessing: 0800 0b "pass" 00
            """
        ),
        (
            "terraria",
            """
            client HELLO in hello: 0f00 01 0b "Terraria279"
            server REQUEST_PASSWORD: 0300 25
            client SEND_PASSWORD: 0a00 26 06 "secret"
            server CONTINUE_CONNECTING in hello: 0400 03 00
            client PLAYER_INFO: 2000 04 00 01 02 04 "Hero" 00*21
            client !long-name: 3000 04 00 01 02 15 "abcdefghijklmnopqrstu" 00*20
            client PLAYER_HEALTH in world: 0800 10 00 64006400
            client !size: 0700 10 00 640064
            client !framing: 0200
            client UPDATE_SIGN x5: 0900 2f 0000 01000100
            client !sign-flood: 0900 2f 0000 01000100
            ---
            client !phase: 0800 10 00 64006400
            client !framing: 0140
            client !no-version-of-the-game: 0f00 01 0b "Bacteria279"
            client !malformed: 0f00 01 0c "Terraria279"
            """
        ),
        (
            "dofus-129",
            """
            server HELLO_CONNECT in connect: "HC" "abcdefghijklmnopqrstuvwxyzabcdef" 00
            client VERSION in login: "1.29.1" 0a 00
            client unknown: "player" 0a "#1Z9o3S" 0a 00
            client QUEUE: "Af" 0a 00
            server unknown: "Ad" "Player" 00
            client SERVER_LIST: "Ax" 0a 00
            client !admin-console: "BA" 0a 00
            client !malformed: 0a 00
            client !framing: "x"*4097
            ---
            server HELLO_GAME in connect: "HG" 00
            client TICKET in game: "AT0123abcd" 0a 00
            server unknown: "ATK0" 00
            client !markup-in-chat: "BM*|<b>hi</b>|" 0a 00
            client CHAT x8: "BM*|hi|" 0a 00
            client !chat-flood: "BM*|hi|" 0a 00
            client !size: "GA" 5a*600 0a 00
            ---
            server !phase: "XX" 00
            server !framing: 5a*65537
            """
        ),
        (
            "dofus-2",
            """
            # Nothing behind the header, one byte, two, three of a length.
            server unknown in play: 0004
            server unknown: 0009 03 5a*3
            client unknown: 0011 00000001 05 5a*5
            client unknown: 0012 00000002 0103 5a*259
            server unknown: 0013 000003 5a*3
            client unknown: 0010 00000003
            client !framing: 0013 00000004 010000
            client !framing: 0012 00000004 8000
            client unknown x97: 0010 00000003
            client !packet-flood: 0010 00000003
            """
        ),
    ]
}
