import GameProtocol
import WireBytes

/// Protocols that find the size of a packet in another way.
extension Game {
    static let others = [mu, ultima, ragnarok, metin, runescape, minecraft, lines, dofus, carriage]

    /// The first byte says where the length stands and how wide it is.
    static let mu = Game(
        name: "MU Online",
        frame: FrameRule(
            frame: .select(
                little(1, at: 0),
                cases: ([0xC1, 0xC2, 0xC3, 0xC4] as [UInt64]).reduce(into: [:]) { cases, first in
                    let field = first & 1 == 1 ? little(1, at: 1) : big(2, at: 1)
                    cases[first] = FrameRule(
                        frame: .length(LengthField(field: field, adjust: 0), escapes: []),
                        byteCountMin: field.end + 1, byteCountMax: first & 1 == 1 ? 255 : 65_535)
                }), byteCountMin: 3, byteCountMax: 65_535),
        opcode: OpcodeRule(form: .integerAfterLength(byteCount: 1, isLittleEndian: true)),
        packets: table([("PING", 0x0E), ("LOGIN", 0xF1)]),
        make: { random in
            let (name, opcode) = random.pick([("PING", 0x0E), ("LOGIN", 0xF1), ("unknown", 3)])
            let rest = [UInt8(opcode)] + random.body()
            let first = random.pick([0xC1, 0xC2, 0xC3, 0xC4])
            let length = first & 1 == 1 ? [UInt8(2 + rest.count)] : big(2, 3 + rest.count)
            return Sample(bytes: [UInt8(first)] + length + rest, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0, bits: 16).map { [0xC2] + big(2, $0) + [0x0E] } }, declaredLeast: 4)

    static let ultima = Game(
        name: "Ultima Online", frame: FrameRule(frame: .table, byteCountMin: 3, byteCountMax: 4096),
        opcode: OpcodeRule(form: .integer(little(1, at: 0))),
        packets: PacketTable([
            .init(name: "MOVE", identity: .number(0x02, sub: nil), byteCounts: 7...7),
            .init(name: "PING", identity: .number(0x73, sub: nil), byteCounts: 2...2),
            .init(
                name: "SPEECH", identity: .number(0xAD, sub: nil), byteCounts: 4...1024,
                lengthField: LengthField(field: big(2, at: 1), adjust: 0)),
        ]),
        make: { random in
            switch Int.random(in: 0...2, using: &random) {
            case 0: return Sample(bytes: [0x02] + random.bytes(6), name: "MOVE", opcode: 0x02)
            case 1: return Sample(bytes: [0x73] + random.bytes(1), name: "PING", opcode: 0x73)
            default:
                let body = random.body()
                return Sample(bytes: [0xAD] + big(2, 3 + body.count) + body, name: "SPEECH", opcode: 0xAD)
            }
        },
        declare: { fitting($0, bits: 16).map { [0xAD] + big(2, $0) } })

    static let ragnarok = Game(
        name: "Ragnarok Online", frame: FrameRule(frame: .table, byteCountMin: 4, byteCountMax: 32_768),
        opcode: OpcodeRule(form: .integer(little(2, at: 0))),
        packets: PacketTable([
            .init(name: "LOADED", identity: .number(0x7D, sub: nil), byteCounts: 2...2),
            .init(name: "WALK", identity: .number(0x85, sub: nil), byteCounts: 5...5),
            .init(
                name: "CHAT", identity: .number(0x8C, sub: nil), byteCounts: nil,
                lengthField: LengthField(field: little(2, at: 2), adjust: 0)),
        ]),
        make: { random in
            switch Int.random(in: 0...2, using: &random) {
            case 0: return Sample(bytes: [0x7D, 0], name: "LOADED", opcode: 0x7D)
            case 1: return Sample(bytes: [0x85, 0] + random.bytes(3), name: "WALK", opcode: 0x85)
            default:
                let body = random.body()
                return Sample(bytes: [0x8C, 0] + little(2, 4 + body.count) + body, name: "CHAT", opcode: 0x8C)
            }
        },
        declare: { fitting($0, bits: 16).map { [0x8C, 0] + little(2, $0) } })

    /// Header 0 is a filler of one byte.
    static let metin = Game(
        name: "Metin2", frame: FrameRule(frame: .table, byteCountMin: 1, byteCountMax: 4096),
        opcode: OpcodeRule(form: .integer(little(1, at: 0))),
        packets: PacketTable([
            .init(name: "FILLER", identity: .number(0, sub: nil), byteCounts: 1...1),
            .init(name: "ATTACK", identity: .number(2, sub: nil), byteCounts: 8...8),
            .init(
                name: "CHAT", identity: .number(3, sub: nil), byteCounts: nil,
                lengthField: LengthField(field: little(2, at: 1), adjust: 0)),
        ]),
        make: { random in
            switch Int.random(in: 0...2, using: &random) {
            case 0: return Sample(bytes: [0], name: "FILLER", opcode: 0)
            case 1: return Sample(bytes: [2] + random.bytes(7), name: "ATTACK", opcode: 2)
            default:
                let body = random.body()
                return Sample(bytes: [3] + little(2, 3 + body.count) + body, name: "CHAT", opcode: 3)
            }
        },
        declare: { fitting($0, bits: 16).map { [3] + little(2, $0) } }, declaredLeast: 3)

    /// Sizes of one byte, of two bytes, or fixed, which count the payload.
    static let runescape = Game(
        name: "RuneScape 317", frame: FrameRule(frame: .table, byteCountMin: 1, byteCountMax: 5000),
        opcode: OpcodeRule(form: .integer(little(1, at: 0))),
        packets: PacketTable([
            .init(name: "IDLE", identity: .number(0, sub: nil), byteCounts: 1...1),
            .init(
                name: "CHAT", identity: .number(4, sub: nil), byteCounts: nil,
                lengthField: LengthField(field: little(1, at: 1), adjust: 2)),
            .init(
                name: "MAP", identity: .number(9, sub: nil), byteCounts: nil,
                lengthField: LengthField(field: big(2, at: 1), adjust: 3)),
        ]),
        make: { random in
            let body = random.body()
            switch Int.random(in: 0...2, using: &random) {
            case 0: return Sample(bytes: [0], name: "IDLE", opcode: 0)
            case 1: return Sample(bytes: [4, UInt8(body.count)] + body, name: "CHAT", opcode: 4)
            default: return Sample(bytes: [9] + big(2, body.count) + body, name: "MAP", opcode: 9)
            }
        },
        declare: { fitting($0 - 3, bits: 16).map { [9] + big(2, $0) } }, declaredLeast: 3)

    static let minecraft = Game(
        name: "Minecraft",
        frame: FrameRule(
            frame: .varint(offset: 0, byteCountMax: 3, countsPacket: false, adjust: 0), byteCountMin: 2,
            byteCountMax: 200_000),
        opcode: OpcodeRule(form: .varintAfterLength), packets: table([("STATUS", 0), ("CHAT", 5), ("LATE", 300)]),
        make: { random in
            let (name, opcode) = random.pick([("STATUS", 0), ("CHAT", 5), ("LATE", 300), ("unknown", 9000)])
            let rest = varint(opcode) + random.body(most: 200)
            return Sample(bytes: varint(rest.count) + rest, name: name, opcode: UInt64(opcode))
        },
        declare: { size in
            // Of the widths a varint can have, the one that makes the whole packet this large.
            (1...3).map { (size - $0, $0) }.first { $0.0 >= 0 && varint($0.0).count == $0.1 }
                .map { varint($0.0) + [0] }
        })

    static let lines = Game(
        name: "lines of text", frame: FrameRule(frame: .delimited(until: [0x0A]), byteCountMin: 1, byteCountMax: 40),
        opcode: OpcodeRule(form: .word(offset: 0)), packets: words(["look", "say", "north"]),
        make: { random in
            let word = random.pick(["look", "say", "north", "nor", ""])
            let rest = random.body(most: 8).map { $0 == 0x0A ? 0x0B : $0 }
            let first = Array((word.utf8 + [UInt8](repeating: 0, count: 8)).prefix(8))
            let tail = random.chance(1, in: 2) ? [] : [0x20] + rest
            return Sample(
                bytes: Array(word.utf8) + tail + [0x0A], name: word.count < 4 && word != "say" ? "unknown" : word,
                opcode: first.reduce(0) { $0 << 8 | UInt64($1) })
        },
        declare: { $0 < 1 ? nil : [UInt8](repeating: 0x61, count: $0 - 1) + [0x0A] })

    /// A delimiter of two bytes, the first of which may stand in the text.
    static let dofus = Game(
        name: "Dofus", frame: FrameRule(frame: .delimited(until: [0x0A, 0x00]), byteCountMin: 4, byteCountMax: 64),
        opcode: OpcodeRule(form: .integer(big(2, at: 0))),
        packets: table([("HELLO", 0x4843), ("ACCOUNT", 0x4141)]),
        make: { random in
            let (name, opcode) = random.pick([("HELLO", 0x4843), ("ACCOUNT", 0x4141), ("unknown", 0x0A0A)])
            let body = random.pick([[], [0x0A], [0x0A, 0x0A], [0x41], [0x41, 0x0A, 0x42]]) as [UInt8]
            return Sample(bytes: big(2, opcode) + body + [0x0A, 0x00], name: name, opcode: UInt64(opcode))
        },
        declare: { $0 < 2 ? nil : [UInt8](repeating: 0x41, count: $0 - 2) + [0x0A, 0x00] })

    /// No game known to us: a varint that counts itself behind a byte, and an opcode in the upper bits of one.
    static let carriage = Game(
        name: "a varint that counts the packet",
        frame: FrameRule(
            frame: .varint(offset: 1, byteCountMax: 2, countsPacket: true, adjust: 1), byteCountMin: 3,
            byteCountMax: 9000),
        opcode: OpcodeRule(form: .integer(little(1, at: 0)), mask: 0xFC, shift: 2), packets: table([("ONE", 1)]),
        make: { random in
            let first = random.pick([4, 7, 8]) as UInt8
            let body = [0] + random.body(most: 60)
            return Sample(
                bytes: [first] + varint(body.count + 1) + body, name: first < 8 ? "ONE" : "unknown",
                opcode: UInt64(first >> 2))
        },
        declare: { $0 < 1 || $0 > 16_384 ? nil : [4] + varint($0 - 1) })
}
