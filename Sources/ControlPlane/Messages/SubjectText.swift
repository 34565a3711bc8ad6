public import Reputation
public import WireBytes

/// Reads subjects as operators write them, and says what is wrong with others.
public enum SubjectText {
    /// An address, a network, or `account:NAME`.
    ///
    /// - Throws: ``ControlError`` with what was expected; where bits are set behind a prefix, with the network that was
    ///   probably meant.
    public static func subject(_ text: String) throws(ControlError) -> Subject {
        let subject: Subject?
        do throws(AddressSyntaxError) {
            subject = try Subject(parsing: text)
        } catch {
            let hint = text.contains("/") ? "" : "; a subject is an address, a network or account:NAME"
            throw ControlError(.badSubject, "\(shown(text)): \(error)\(hint)")
        }
        guard let subject else {
            throw ControlError(
                .badSubject,
                "\(shown(text)): an account's name has 1 to \(AccountName.byteCountMax) bytes, none of them a control"
                    + " character")
        }
        return subject
    }

    /// An address or a network, where accounts have no place.
    public static func network(_ text: String) throws(ControlError) -> IPNetwork {
        guard let network = try subject(text).network else {
            throw ControlError(.badSubject, "\(shown(text)): the allowlist takes addresses and networks, no accounts")
        }
        return network
    }

    /// A text that others wrote, short and without control characters.
    static func shown(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars.prefix(80) {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            plain.unicodeScalars.append(isControl ? "?" : scalar)
        }
        return "'\(plain)'"
    }
}
