/// What an attacker does.
enum AttackKind: CaseIterable, Sendable {
    case flood
    case malformedLength
    case oversizedPacket
    case forbiddenOpcode
    case slowHeader
    case cheatingModule
    case connectionFlood

    /// As the view shows it.
    var title: String {
        switch self {
        case .flood: "flood"
        case .malformedLength: "malformed length"
        case .oversizedPacket: "oversized packet"
        case .forbiddenOpcode: "forbidden opcode"
        case .slowHeader: "slow header"
        case .cheatingModule: "cheating module"
        case .connectionFlood: "connection flood"
        }
    }

    /// Whether it begins once the character stands in the world.
    var needsLogin: Bool { self == .flood || self == .cheatingModule }

    /// Connections it holds at once.
    var lineCount: Int {
        switch self {
        case .slowHeader: 6
        case .connectionFlood: 100
        case .flood, .malformedLength, .oversizedPacket, .forbiddenOpcode, .cheatingModule: 1
        }
    }

    /// What it sends, again and again; empty where the connection itself is the attack.
    func attack(number: Int) -> [UInt8] {
        switch self {
        case .flood: GamePacket.command(UInt16(truncatingIfNeeded: number), "north").bytes
        // A packet has a word, and so at least one byte behind the length.
        case .malformedLength: [0, 0]
        // The frame would allow it, but no client's version is that long.
        case .oversizedPacket:
            GamePacket("version", [UInt8](repeating: UInt8(ascii: "A"), count: 4_096)).bytes
        // Only the server may say that a character stands in the world.
        case .forbiddenOpcode: GamePacket("addme_success").bytes
        case .slowHeader: GamePacket("version", text: "1023 1029 a client that takes its time").bytes
        case .cheatingModule: GamePacket.command(UInt16(truncatingIfNeeded: number), "say Cheat-Engine 7.5").bytes
        case .connectionFlood: []
        }
    }

    /// The time from one attack to the next on one connection; of a slow header, from byte to byte.
    var pauseNS: UInt64 {
        switch self {
        case .flood: 4_000_000
        case .malformedLength: 500_000_000
        case .oversizedPacket, .forbiddenOpcode: 200_000_000
        case .slowHeader: 600_000_000
        case .cheatingModule: 400_000_000
        case .connectionFlood: .max
        }
    }

    /// The time from opening one connection to the next.
    var reopenNS: UInt64 {
        switch self {
        case .slowHeader: 100_000_000
        case .connectionFlood: 25_000_000
        case .flood, .malformedLength, .oversizedPacket, .forbiddenOpcode, .cheatingModule: 750_000_000
        }
    }
}

/// One connection of an attacker.
struct AttackRun {
    let kind: AttackKind
    /// Packets that were sent; of a slow header, bytes.
    private(set) var sentCount = 0

    private var login: Login?
    private var stream = PacketStream()
    private var isAttacking: Bool
    private var nextNS: UInt64 = 0

    /// Most attacks at once, when the loop comes late.
    private static let burstMax = 20

    init(_ kind: AttackKind) {
        self.kind = kind
        isAttacking = !kind.needsLogin
        if kind.needsLogin { login = Login(name: "Mallory") }
    }

    /// The connection stands.
    ///
    /// - Returns: what to send.
    mutating func connected(nowNS: UInt64) -> [UInt8] {
        nextNS = nowNS
        return login?.opening.bytes ?? []
    }

    /// Takes what arrived.
    ///
    /// - Returns: what to send.
    mutating func receive(_ bytes: [UInt8], nowNS: UInt64) -> [UInt8] {
        guard !isAttacking else { return [] }
        var answers: [UInt8] = []
        for packet in stream.packets(in: bytes) {
            if let answer = login?.answer(to: packet) { answers += answer.bytes }
        }
        if login?.isDone == true {
            isAttacking = true
            nextNS = nowNS
        }
        return answers
    }

    /// What it is time to send now.
    mutating func due(nowNS: UInt64) -> [UInt8] {
        guard isAttacking, kind != .connectionFlood else { return [] }
        var bytes: [UInt8] = []
        var count = 0
        while nowNS >= nextNS, count < Self.burstMax {
            count += 1
            let attack = kind.attack(number: sentCount + 1)
            if kind == .slowHeader {
                if sentCount < attack.count { bytes.append(attack[sentCount]) }
            } else {
                bytes += attack
            }
            sentCount += 1
            nextNS = nextNS &+ kind.pauseNS
        }
        if nowNS > nextNS { nextNS = nowNS }
        return bytes
    }
}
