import WireBytes

/// A scenario file: what is tested, and the scenarios.
struct ScenarioFile {
    /// What is tested.
    enum Subject {
        /// A service's file, and one of its listeners.
        case service(path: String, listener: String?, ScenarioPlace)
        /// A protocol with policies.
        case policies(protocolName: String?, policies: [String], ScenarioPlace)
    }

    var subject: Subject
    var scenarios: [Scenario] = []
}

/// One test: steps in the order of time.
struct Scenario {
    let name: String
    let place: ScenarioPlace
    var steps: [ScenarioStep] = []
}

/// One thing that happens, and what is expected of it.
struct ScenarioStep {
    enum Kind {
        /// Somebody connects, so many times, under a name of the file's own.
        case connect(name: String?, address: IPAddress, count: Int)
        /// What follows is about this connection.
        case use(name: String)
        /// Bytes of one side, so many times.
        case send(Direction, count: Int, everyNS: UInt64, ScenarioPacket)
        /// One side closes or resets.
        case close(Direction, resets: Bool)
        /// Time goes by.
        case wait(nanoseconds: UInt64)
    }

    let kind: Kind
    let place: ScenarioPlace
    var expectations: [Expectation] = []
}

/// What is sent.
enum ScenarioPacket {
    /// These bytes, whatever they are.
    case bytes([UInt8])
    /// A packet of the protocol.
    case named(PacketText)
}

/// A packet as a scenario file writes it.
struct PacketText {
    /// What a field shall be.
    struct Value {
        let field: String
        /// As it stands behind the `=`, when it is no text.
        let word: String
        /// What stands in quotes.
        let quoted: [UInt8]?
        let place: ScenarioPlace
    }

    let name: String
    let place: ScenarioPlace
    /// All of its bytes; `nil` for as few as possible.
    var byteCount: Int?
    /// What stands behind header and opcode.
    var body: [UInt8]?
    var values: [Value] = []
}

/// What must have come of a step.
struct Expectation {
    /// What happens to a packet.
    enum Verdict: String, CaseIterable {
        case pass
        case drop
        case delay
        case rewrite
        case close
        case ban
        case log
    }

    enum Kind {
        case verdict(Verdict, wouldOnly: Bool, count: Int?, rule: String?)
        /// No rule fired, and everything passed.
        case nothing
        /// The connection was not let in.
        case refused(reason: String?)
        /// The connection is over.
        case end(reason: String?)
        /// A line of a log holds this text, or none does.
        case log(text: String, isAbsent: Bool)
        /// This side received exactly these bytes in the step; `nil` for none.
        case receives(Direction, [UInt8]?)
        case phase(String)
        /// Whose the connection is known to be; `nil` for nobody's.
        case account(String?)
        case score(Double)
    }

    let kind: Kind
    let place: ScenarioPlace
}
