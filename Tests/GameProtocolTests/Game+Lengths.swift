import GameProtocol
import WireBytes

/// Protocols whose packets have a length field.
extension Game {
    static let lengths = [
        tera, pko, wowClient, wowServer, maple, silkroad, freeciv, knight, flyffClient, flyffServer, lineage, openttd,
        tibia, crossfire,
    ]

    private static let numbered: [(String, UInt64)] = [("FIRST", 1), ("SECOND", 0xD0), ("THIRD", 0xFEDC)]

    private static func length(
        _ field: IntegerField, adjust: Int, mask: UInt64 = .max, escapes: [LengthEscape] = [],
        _ bounds: ClosedRange<Int>, also: [Int] = []
    ) -> FrameRule {
        FrameRule(
            frame: .length(LengthField(field: field, mask: mask, adjust: adjust), escapes: escapes),
            byteCountMin: bounds.lowerBound, byteCountMax: bounds.upperBound, also: also)
    }

    /// One of the opcodes above that fit `byteCount` bytes, or one that has no name.
    private static func draw(_ random: inout some RandomNumberGenerator, byteCount: Int) -> (String, Int) {
        let fitting = numbered.filter { $0.1 >> UInt64(8 * byteCount) == 0 } + [("unknown", 0x77)]
        let (name, opcode) = fitting[Int.random(in: fitting.indices, using: &random)]
        return (name, Int(opcode))
    }

    static let tera = Game(
        name: "TERA", frame: length(little(2, at: 0), adjust: 0, 4...65_535),
        opcode: OpcodeRule(form: .integer(little(2, at: 2))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 2)
            let body = random.body()
            return Sample(
                bytes: little(2, 4 + body.count) + little(2, opcode) + body, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0, bits: 16).map { little(2, $0) + [1, 0] } })

    static let pko = Game(
        name: "Pirate King Online", frame: length(big(2, at: 0), adjust: 0, 8...16_384, also: [2]),
        opcode: OpcodeRule(form: .integer(big(2, at: 6))),
        packets: PacketTable(
            table(numbered).entries + [.init(name: "KEEPALIVE", identity: .length(2), byteCounts: nil)]),
        make: { random in
            if random.chance(1, in: 4) { return Sample(bytes: [0, 2], name: "KEEPALIVE", opcode: 0) }
            let (name, opcode) = draw(&random, byteCount: 2)
            let body = random.body()
            let header = big(2, 8 + body.count) + [0x80, 0, 0, 0] + big(2, opcode)
            return Sample(bytes: header + body, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0, bits: 16).map { big(2, $0) + [0x80, 0, 0, 0, 0, 1] } })

    static let wowClient = Game(
        name: "World of Warcraft, client", frame: length(big(2, at: 0), adjust: 2, 6...10_242),
        opcode: OpcodeRule(form: .integer(little(4, at: 2))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 4)
            let body = random.body()
            return Sample(
                bytes: big(2, 4 + body.count) + little(4, opcode) + body, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0 - 2, bits: 16).map { big(2, $0) + [1, 0, 0, 0] } })

    static let wowServer = Game(
        name: "World of Warcraft, server",
        frame: length(
            big(2, at: 0), adjust: 2,
            escapes: [
                LengthEscape(
                    condition: .bits(0x8000), length: LengthField(field: big(3, at: 0), mask: 0x7F_FFFF, adjust: 3))
            ], 4...0x10_0000),
        opcode: OpcodeRule(form: .integerAfterLength(byteCount: 2, isLittleEndian: true)), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 2)
            let isLarge = random.chance(1, in: 2)
            let body = random.body()
            let size = 2 + body.count
            let length = isLarge ? big(3, size | 0x80_0000) : big(2, size)
            return Sample(bytes: length + little(2, opcode) + body, name: name, opcode: UInt64(opcode))
        },
        declare: { size in
            size < 0x8002
                ? fitting(size - 2, bits: 15).map { big(2, $0) + [1, 0] }
                : fitting(size - 3, bits: 23).map { big(3, $0 | 0x80_0000) + [1, 0] }
        })

    static let maple = Game(
        name: "MapleStory",
        frame: FrameRule(
            frame: .length(LengthField(field: little(2, at: 0), xor: little(2, at: 2), adjust: 4), escapes: []),
            byteCountMin: 6, byteCountMax: 65_000),
        opcode: OpcodeRule(form: .integer(little(2, at: 4))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 2)
            let body = random.body()
            let key = Int(UInt16.random(in: 0...0xFFFF, using: &random))
            let header = little(2, (2 + body.count) ^ key) + little(2, key)
            return Sample(bytes: header + little(2, opcode) + body, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0 - 4, bits: 16).map { little(2, $0 ^ 0xACE1) + little(2, 0xACE1) + [1, 0] } })

    static let silkroad = Game(
        name: "Silkroad",
        frame: FrameRule(
            frame: .length(
                LengthField(
                    field: little(2, at: 0), mask: 0x7FFF, adjust: 6,
                    align: .init(flag: 0x8000, multiple: 8, exemptByteCount: 2)), escapes: []),
            byteCountMin: 6, byteCountMax: 32_000),
        opcode: OpcodeRule(form: .integer(little(2, at: 2))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 2)
            let body = random.body()
            let isEncrypted = random.chance(1, in: 2)
            var bytes = little(2, isEncrypted ? body.count | 0x8000 : body.count) + little(2, opcode) + [7, 7] + body
            while isEncrypted && (bytes.count - 2) % 8 != 0 { bytes.append(0xEE) }
            return Sample(bytes: bytes, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0 - 6, bits: 15).map { little(2, $0) + [1, 0, 7, 7] } })

    static let freeciv = Game(
        name: "Freeciv",
        frame: length(
            big(2, at: 0), adjust: 0,
            escapes: [
                LengthEscape(condition: .equals(0xFFFF), length: LengthField(field: big(4, at: 2), adjust: 0)),
                LengthEscape(
                    condition: .atLeast(16_385), length: LengthField(field: big(2, at: 0), adjust: -16_385)),
            ], 3...100_000),
        opcode: nil, packets: PacketTable([]),
        make: { random in
            let body = [1] + random.body()
            switch Int.random(in: 0...2, using: &random) {
            case 0: return Sample(bytes: big(2, 2 + body.count) + body, name: "unknown", opcode: 0)
            case 1: return Sample(bytes: big(2, 16_385 + 2 + body.count) + body, name: "unknown", opcode: 0)
            default: return Sample(bytes: [0xFF, 0xFF] + big(4, 6 + body.count) + body, name: "unknown", opcode: 0)
            }
        },
        declare: { $0 < 16_385 ? fitting($0, bits: 16).map { big(2, $0) } : [0xFF, 0xFF] + big(4, $0) })

    static let knight = Game(
        name: "Knight Online",
        frame: FrameRule(
            frame: .marked(
                starts: HexPattern([0xAA, 0x55]), length: LengthField(field: little(2, at: 2), adjust: 6),
                ends: HexPattern([0x55, 0xAA])), byteCountMin: 7, byteCountMax: 2054),
        opcode: OpcodeRule(form: .integer(little(1, at: 4))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 1)
            let body = little(1, opcode) + random.body()
            return Sample(
                bytes: [0xAA, 0x55] + little(2, body.count) + body + [0x55, 0xAA], name: name, opcode: UInt64(opcode))
        },
        declare: { size in
            fitting(size - 6, bits: 16).map {
                [0xAA, 0x55] + little(2, $0) + [UInt8](repeating: 1, count: max(0, size - 6)) + [0x55, 0xAA]
            }
        })

    static let flyffClient = Game(
        name: "FlyFF, client",
        frame: FrameRule(
            frame: .marked(
                starts: HexPattern([0x5E]), length: LengthField(field: little(4, at: 5), adjust: 13),
                ends: HexPattern([])), byteCountMin: 21, byteCountMax: 8192),
        opcode: OpcodeRule(form: .integer(little(4, at: 17))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 4)
            let data = [0xFF, 0xFF, 0xFF, 0xFF] + little(4, opcode) + random.body()
            let header = [0x5E] + random.bytes(4) + little(4, data.count) + random.bytes(4)
            return Sample(bytes: header + data, name: name, opcode: UInt64(opcode))
        },
        declare: { size in
            fitting(size - 13, bits: 32).map {
                [0x5E, 9, 9, 9, 9] + little(4, $0) + [9, 9, 9, 9, 255, 255, 255, 255, 1, 0, 0, 0]
            }
        })

    static let flyffServer = Game(
        name: "FlyFF, server",
        frame: FrameRule(
            frame: .marked(
                starts: HexPattern([0x5E]), length: LengthField(field: little(4, at: 1), adjust: 5),
                ends: HexPattern([])), byteCountMin: 9, byteCountMax: 1 << 20),
        opcode: OpcodeRule(form: .integer(little(4, at: 5))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 4)
            let data = little(4, opcode) + random.body()
            return Sample(bytes: [0x5E] + little(4, data.count) + data, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0 - 5, bits: 32).map { [0x5E] + little(4, $0) + [1, 0, 0, 0] } })

    static let lineage = Game(
        name: "Lineage 2", frame: length(little(2, at: 0), adjust: 0, 3...65_535),
        opcode: OpcodeRule(form: .integer(little(1, at: 2)), sub: .init(when: [0xD0, 0xFE], field: little(2, at: 3))),
        packets: PacketTable([
            .init(name: "MOVE", identity: .number(1, sub: nil), byteCounts: nil),
            .init(name: "MANOR", identity: .number(0xD0, sub: 1), byteCounts: nil),
            .init(name: "DUEL", identity: .number(0xD0, sub: 0xABCD), byteCounts: nil),
        ]),
        make: { random in
            let choices: [(String, [UInt8], UInt64)] = [
                ("MOVE", [1], 1), ("unknown", [2], 2), ("MANOR", [0xD0, 1, 0], 0xD0),
                ("DUEL", [0xD0, 0xCD, 0xAB], 0xD0), ("unknown", [0xD0, 2, 0], 0xD0), ("unknown", [0xFE, 1, 0], 0xFE),
            ]
            let (name, opcode, value) = random.pick(choices)
            let rest = opcode + random.body()
            return Sample(bytes: little(2, 2 + rest.count) + rest, name: name, opcode: value)
        },
        declare: { fitting($0, bits: 16).map { little(2, $0) + [1] } })

    static let openttd = Game(
        name: "OpenTTD", frame: length(little(2, at: 0), adjust: 0, 3...32_767),
        opcode: OpcodeRule(form: .integer(little(1, at: 2))), packets: table(numbered),
        make: { random in
            let (name, opcode) = draw(&random, byteCount: 1)
            let body = random.body()
            return Sample(bytes: little(2, 3 + body.count) + [UInt8(opcode)] + body, name: name, opcode: UInt64(opcode))
        },
        declare: { fitting($0, bits: 16).map { little(2, $0) + [1] } })

    static let tibia = Game(
        name: "Tibia", frame: length(little(2, at: 0), adjust: 2, 3...24_590), opcode: nil, packets: PacketTable([]),
        make: { random in
            let body = [0] + random.body()
            return Sample(bytes: little(2, body.count) + body, name: "unknown", opcode: 0)
        },
        declare: { fitting($0 - 2, bits: 16).map { little(2, $0) } })

    static let crossfire = Game(
        name: "Crossfire", frame: length(big(2, at: 0), adjust: 2, 2...65_537),
        opcode: OpcodeRule(form: .word(offset: 2)),
        packets: words(["tick", "newmap", "drawextinfo", "addme_success", "setup"]),
        make: { random in
            let choices = ["tick", "newmap", "drawextinfo", "addme_success", "x", "addme_successor", "ticks", ""]
            let word = random.pick(choices)
            let isKnown = choices.firstIndex(of: word).map { $0 < 4 } ?? false
            let body = Array(word.utf8) + (random.chance(1, in: 3) ? [] : [0x20] + random.body())
            let first = Array((word.utf8 + [UInt8](repeating: 0, count: 8)).prefix(8))
            return Sample(
                bytes: big(2, body.count) + body, name: isKnown ? word : "unknown",
                opcode: first.reduce(0) { $0 << 8 | UInt64($1) })
        },
        declare: { fitting($0 - 2, bits: 16).map { big(2, $0) + Array("setup ".utf8) } })
}
