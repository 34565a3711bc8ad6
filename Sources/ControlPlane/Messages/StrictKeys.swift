/// Any name of a JSON object.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

extension Decoder {
    /// Refuses an object with a field that nobody reads: what it was meant to do would silently not be done.
    func refuseOtherKeys<Keys: CodingKey & CaseIterable>(than keys: Keys.Type) throws {
        let known = keys.allCases.map(\.stringValue)
        for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw ControlError(
                .badRequest,
                "unknown field \(SubjectText.shown(key.stringValue)); there \(known.count == 1 ? "is" : "are") "
                    + known.joined(separator: ", "))
        }
    }
}
