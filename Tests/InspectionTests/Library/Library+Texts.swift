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
            "terraria",
            """
            client HELLO in hello: 0f00 01 0b "Terraria279"
            server REQUEST_PASSWORD: 0300 25
            client SEND_PASSWORD: 0a00 26 06 "secret"
            server CONTINUE_CONNECTING in hello: 0400 03 00
            client PLAYER_HEALTH in world: 0800 10 00 64006400
            client !size: 0700 10 00 640064
            client !framing: 0200
            client UPDATE_SIGN x5: 0900 2f 0000 01000100
            client !sign-flood: 0900 2f 0000 01000100
            ---
            client !phase: 0800 10 00 64006400
            client !framing: 0140
            """
        ),
        (
            "tales-of-pirates",
            """
            server CHAPSTR in challenge: 001f 80000000 03ac 0015 "[03-05 12:01:02:123]" 00
            client KEEPALIVE: 0002
            client LOGIN in login: 0051 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            server KEEPALIVE: 0002
            server LOGIN_RESULT: 000e 80000000 03a3 0000 00000000
            client BEGIN_PLAY in world: 000f 80000000 01b1 0005 "Hero" 00
            server ENTER_MAP: 000a 80000000 0204 0000
            client SKILL_UPGRADE: 000b 80000000 000b 0001 01
            client SAY: 000d 80000000 0001 0003 "hi" 00
            client !gate-backdoor: 0019 80000000 0001 000f "/byebyeleecher" 00
            client !gate-command: 0018 80000000 0001 000e "&getbandwidth" 00
            client !size: 000c 80000000 000b 0001 0101
            client !framing: 0003
            client !framing: 4001
            ---
            client !phase: 0008 80000000 000f
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
