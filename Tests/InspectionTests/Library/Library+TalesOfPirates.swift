extension Library {
    /// The game whose policy says most.
    static let talesOfPirates = [
        (
            "tales-of-pirates",
            """
            server CHALLENGE in challenge: 001f 80000000 03ac 0015 "[03-05 12:01:02:123]" 00
            client KEEPALIVE in login: 0002
            client LOGIN in login: 0051 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            server KEEPALIVE: 0002
            server LOGIN_RESULT in answer: 000e 80000000 03a3 0000 00000000
            client BEGIN_PLAY in world: 000f 80000000 01b1 0005 "Hero" 00
            server ENTER_MAP: 000a 80000000 0204 0000
            client SKILL_UPGRADE: 000b 80000000 000b 0001 01
            client GAME_COMMAND: 0008 80000000 0005
            client STORE: 0008 80000000 0029
            client GROUP_COMMAND: 0008 80000000 1963
            client NEW_CHARACTER: 0016 80000000 01b3 0005 "Hero" 00 0005 "Arge" 00
            # A call that waits for an answer; any other number is none.
            client LOGOUT: 0008 00000001 01b0
            client !wrong-session: 0008 80000001 01b0
            client !wrong-session: 0008 00000000 0005
            # Commands of servers.
            client !unknown: 0008 80000000 01f5
            client !unknown: 0008 80000000 1964
            client !unknown: 0008 80000000 03e8
            client !unknown: 0008 80000000 0000
            # Texts: as long as they say, and not those that do harm.
            client SAY: 000d 80000000 0001 0003 "hi" 00
            client !malformed: 000d 80000000 0001 0004 "hi" 00
            client !malformed: 000d 80000000 0001 0003 "hi!"
            client !gate-backdoor: 0019 80000000 0001 000f "/ByeByeLeecher" 00
            client SAY: 001a 80000000 0001 0010 "/byebyeleechers" 00
            client !gate-command: 0018 80000000 0001 000e "&getbandwidth" 00
            client !marked-text: 0010 80000000 0001 0006 "a#21b" 00
            client !name-with-a-quote: 0010 80000000 01b1 0006 "He'ro" 00
            client !name-with-a-quote: 0010 80000000 01b4 0006 "He;ro" 00
            client !birthplace-with-a-quote: 0017 80000000 01b3 0005 "Hero" 00 0006 "A';--" 00
            # Values.
            client !wrong-skill: 000b 80000000 000b 01f5 01
            client !wrong-skill-level: 000b 80000000 000b 0001 02
            client !size: 000c 80000000 000b 0001 0101
            client CREATE_PASSWORD2: 002b 80000000 015a 0021 "0123456789ABCDEF"*2 00
            client !wrong-second-password: 002b 80000000 015a 0021 "0123456789abcdef"*2 00
            client !framing: 0003
            client !framing: 4001
            # Floods.
            client BEGIN_ACTION x27: 0011 80000000 0006 0000000000000000 01
            client !movement-flood: 0011 80000000 0006 0000000000000000 01
            client BEGIN_ACTION x9: 0011 80000000 0006 0000000000000000 02
            client !action-flood: 0011 80000000 0006 0000000000000000 02
            client STALL_OPEN x9: 0008 80000000 014b
            client !command-flood: 0008 80000000 014b
            wait 2
            client KEEPALIVE x20: 0002
            client !keepalive-flood: 0002
            wait 2
            client GAME_COMMAND x9: 0008 80000000 0005
            client STORE x9: 0008 80000000 0029
            client REPAIR x9: 0008 80000000 0017
            client MISSION x9: 0008 80000000 0142
            client BOAT x9: 0008 80000000 0152
            client GUILD x9: 0008 80000000 0192
            client PLAYER_TRADE x9: 0008 80000000 0138
            client KITBAG_LOCK x9: 0008 80000000 001f
            client PING x9: 0008 80000000 000f
            client END_PLAY x9: 0008 80000000 01b2
            client TALK_PAGE x6: 0008 80000000 012e
            client !packet-flood: 0008 80000000 012e
            ---
            # A login that is refused, and tried again.
            server CHALLENGE: 001f 80000000 03ac 0015 "[03-05 12:01:02:123]" 00
            client LOGIN: 0051 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            server LOGIN_RESULT: 000a 80000000 03a3 03ec
            client LOGIN in login: 0055 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 7f000001 038f 0088
            client !phase: 0051 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            server LOGIN_RESULT in answer: 0016 80000000 03a3 0000 0006 5a*6 00000001
            client ENCRYPTED in encrypted: 0011 80000000 8c11 5a*9
            client KEEPALIVE: 0002
            server ENCRYPTED: 0011 80000000 8c11 5a*9
            client !wrong-session: 0011 80000001 8c11 5a*9
            ---
            server CHALLENGE: 001f 80000000 03ac 0015 "[03-05 12:01:02:123]" 00
            client !phase: 0008 80000000 01b1
            client !wrong-account: 0050 80000000 01af 0007 "nobill" 00 0005 "adm1" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            client !wrong-account: 0052 80000000 01af 0007 "nobill" 00 0007 "ad min" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            client !wrong-mac-address: 0051 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00_00" 00 038f 0088
            client !wrong-operator: 0051 80000000 01af 0007 "n0bill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            client !wrong-password: 0050 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0017 5a*23 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            client !wrong-login: 0052 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                0018 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 00 0088
            client !malformed: 0051 80000000 01af 0007 "nobill" 00 0006 "admin" 00 \
                ffff 5a*24 0018 "00-25-22-DF-AC-79-00-00" 00 038f 0088
            ---
            client !phase: 0008 80000000 000f
            server !phase: 0008 80000000 03a3
            """
        )
    ]
}
