/// The kinds of mistake that are found in files, each with a number that never changes its meaning.
public enum DiagnosticCode: Int, Sendable, CaseIterable {
    // The file itself.

    /// A file that is missing, unreadable, no plain file, or too large.
    case unreadableFile = 1
    /// A file that is empty or no UTF-8 text.
    case notText = 2
    /// Text that is no YAML.
    case syntax = 3
    /// A part of YAML that is refused: aliases, anchors, tags, directives, several documents.
    case refusedYAML = 4
    /// Text that is nested too deeply, has too many values or too long a line.
    case tooLarge = 5
    /// A key given twice in one mapping.
    case duplicateKey = 6

    // Keys and values.

    /// A key that does not exist.
    case unknownKey = 10
    /// A key that must be there and is not.
    case missingKey = 11
    /// A mapping, list or text where another of them is needed.
    case wrongType = 12
    /// A text that is not what its key needs.
    case badValue = 13
    /// A value outside its bounds.
    case outOfRange = 14
    /// A key that this version cannot honour yet.
    case notSupported = 15
    /// Keys or values that exclude each other, or of which one is needed.
    case conflict = 16
    /// A missing, late or unknown `version`.
    case version = 17
    /// A file of which none of its keys says what it is.
    case unknownKind = 18
    /// A name of a form that is not allowed, or that differs from its file's.
    case badName = 19

    // Names.

    /// A packet that the protocol does not define.
    case unknownPacket = 20
    /// A phase that the protocol does not define.
    case unknownPhase = 21
    /// A protocol or policy without a file.
    case unknownFile = 22
    /// A pool that is not defined.
    case unknownPool = 23
    /// Something defined twice.
    case duplicateName = 24
    /// A packet name that exists in both directions where one must be meant.
    case ambiguousPacket = 25
    /// Something that is defined and never used.
    case unused = 26
    /// A listener that is not defined.
    case unknownListener = 27
    /// A rule names a list that the service does not have.
    case unknownList = 29
    /// A preset that is not defined.
    case unknownPreset = 28

    // Protocols.

    /// A frame whose bounds contradict each other.
    case frameBounds = 30
    /// A length field outside the frame's least packet.
    case lengthOutsideFrame = 31
    /// Two packets with the same opcode.
    case opcodeOverlap = 32
    /// A phase that nothing leads to.
    case unreachablePhase = 33
    /// A phase that does not say how its bytes are cut.
    case phaseWithoutFrame = 34
    /// A packet without the size that a table frame needs.
    case packetWithoutSize = 35
    /// An opcode that does not fit where it stands.
    case opcodeTooWide = 36
    /// More phases, packets or captures than there may be.
    case tooMany = 37
    /// A size that no packet of this frame can have.
    case impossibleSize = 38
    /// A cipher's key that no preamble captures.
    case unknownCapture = 39

    // Policies.

    /// A rule id below 100.
    case reservedRuleID = 40
    /// A rule id given twice.
    case duplicateRuleID = 41
    /// A rule that another one always ends before.
    case unreachableRule = 42
    /// An action that does not go with what the rule judges.
    case impossibleAction = 43
    /// A rule on new or open connections that looks at packets.
    case packetAtOpen = 44
    /// A signature that would need more of a packet than is inspected.
    case unboundedSignature = 45
    /// A pattern that cannot lie where it is looked for.
    case impossiblePattern = 46
    /// A policy for any protocol that names what only a protocol defines.
    case policyWithoutProtocol = 47
    /// A policy of another protocol than the listener's.
    case otherProtocol = 48
    /// `unknown` in a policy of a protocol that cannot frame what it does not know.
    case unknownInTableFrame = 49

    // Fields of packets.

    /// A field or array that the packet does not have.
    case unknownField = 60
    /// A field that no packet of its name can hold, or that stands on others in a way that cannot be.
    case impossibleField = 61
    /// A condition that no value of the field meets.
    case impossibleCondition = 62
    /// A description of texts that is none, or too large.
    case badPattern = 63

    // Phases.

    /// A phase that waits for a packet which it does not accept.
    case phaseWithoutExit = 70

    // Lists.

    /// A line of a list that is no address or network.
    case badEntry = 50

    // Where clients are from.

    /// A country that does not exist.
    case unknownCountry = 55
    /// A file that should tell where addresses are from, and cannot be used.
    case unusableDatabase = 56
    /// A question about where clients are from that no file answers.
    case missingDatabase = 57

    /// As shown, for example `C012`.
    public var id: String {
        let digits = String(rawValue)
        return "C" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
