/// Why a request was not fulfilled.
public struct ControlError: Error, Sendable, Equatable {
    /// A stable word for programs; the status of the answer follows from it.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// The request is no HTTP, JSON or query that this API has.
        case badRequest = "bad_request"
        /// The subject is no address, network or account.
        case badSubject = "bad_subject"
        /// There is nothing at this path.
        case notFound = "not_found"
        /// The path has other methods.
        case methodNotAllowed = "method_not_allowed"
        /// The state of the service stands against it, such as an allowed address that is to be banned.
        case conflict
        /// The body is longer than it may be.
        case tooLarge = "too_large"
        /// It holds, but is not on disk.
        case notStored = "not_stored"
        /// The service could not do it.
        case failed
    }

    /// What kind of reason.
    public var code: Code
    /// For people.
    public var message: String
    /// The methods that a path has, where another one came.
    var allow: String?

    /// Puts the parts together.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The status of the answer.
    var status: Int {
        switch code {
        case .badRequest, .badSubject: 400
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .tooLarge: 413
        case .failed, .notStored: 500
        }
    }
}
