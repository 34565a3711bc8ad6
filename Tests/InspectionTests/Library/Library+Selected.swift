extension Library {
    /// Games whose first bytes choose a form.
    static let selected = [
        (
            "mu-online",
            """
            server LOGIN in hello: c1 0c f1 00 01 2000 "10404"
            # The login is encrypted with both keys.
            client ENCRYPTED in login: c3 44 5a*66
            server LOGIN: c1 05 f1 01 00
            client ENCRYPTED in login: c3 44 5a*66
            server LOGIN in login: c1 05 f1 01 01
            server LONG: c2 0007 f4 06 0000
            server ENCRYPTED_LONG: c4 0103 5a*256
            client CHARACTER in play: c1 04 f3 7c
            client WALK: c1 06 d4 5a*3
            client HIT x75: c1 07 11 5a*4
            client !attack-flood: c1 07 11 5a*4
            client CHAT x8: c1 10 00 5a*13
            client !chat-flood: c1 10 00 5a*13
            client unknown: c1 03 fe
            # No other first byte, no packet within its own header, no hit of another size.
            client !framing: c5 03 11
            client !framing: c1 02
            client !framing: c2 1001 00
            client !size: c1 08 11 5a*5
            ---
            server !phase: c1 04 0d 00
            server LOGIN: c1 0c f1 00 01 2000 "10404"
            wait 6
            client !phase: c1 04 f3 7c
            """
        ),
        (
            "freeciv",
            """
            client SERVER_JOIN_REQ in join: 0030 04 "caesar" 00 "+Freeciv-3.0-network" 00 \
                03000000 00000000 00000000 00*5
            server AUTHENTICATION_REQ: 0010 06 00 "password?" 00 00*2
            client AUTHENTICATION_REPLY: 000a 07 "secret" 00
            server SERVER_JOIN_REPLY in join: 0009 05 00 "no" 00 00*2
            client AUTHENTICATION_REPLY in join: 000a 07 "secret" 00
            server SERVER_JOIN_REPLY in join: 0010 05 01 "Welcome" 00 00*4
            client CHAT_MSG_REQ in game: 000a 001a "hello" 00
            server CHAT_MSG: 0008 0019 "abc" 00
            # A bundle of 30 bytes, and one with a length of its own.
            server BUNDLE: 401f 789c 5a*26
            server BUNDLE_BEST: ffff 00005000 78da 5a*20472
            client BUNDLE x30: 4018 789c63e06290ca48cdc9c96760c0c202005e8f06a9
            client !bundle-flood: 4018 789c63e06290ca48cdc9c96760c0c202005e8f06a9
            client !inflate: 401f 789c 5a*26
            client !inflate: 4118 789cedc13101000000c2a0f54fed6f06a0 00*254 ce00003d0001
            client CHAT_MSG_REQ x14: 000a 001a "hello" 00
            client !chat-flood: 000a 001a "hello" 00
            client !framing: 0003
            client !framing: ffff 00010001
            ---
            # No game before the join, and no bundle.
            client !phase: 0005 1a "a" 00
            client !framing: 401f 789c
            client !size: 0008 04 "abcd" 00
            client !malformed: 0016 04 "caesar" 00 "+Freeciv-3.0"
            client !wrong-user: 0018 04 "a b" 00 "+F" 00 00 03000000 00000000 00000000:5
            """
        ),
    ]
}
