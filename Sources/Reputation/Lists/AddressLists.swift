/// The lists of addresses that an operator named, read: who is refused, and by which of them.
///
/// Immutable: a reload makes new ones.
public struct AddressLists: Sendable {
    /// Who is refused; the numbers are those of `names`.
    public let refused: AddressMap
    /// The lists' files, as the operator wrote them.
    public let names: [String]

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - refused: who is refused; every number it answers is an index of `names`.
    ///   - names: the lists' files.
    public init(refused: AddressMap, names: [String]) {
        self.refused = refused
        self.names = names
    }

    /// Bytes they take.
    public var byteCount: Int { refused.byteCount }

    /// No list.
    public init() {
        self.init(refused: AddressMapBuilder().build(), names: [])
    }
}
