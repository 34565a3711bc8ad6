public import ConfigurationFiles
import Settings
import WireBytes

/// Which captured connections are a listener's.
public struct ReplayTarget: Sendable {
    /// Why captured connections cannot be told apart.
    public enum Mistake: Error, Equatable, CustomStringConvertible {
        /// No listener has the name.
        case unknownListener(String, known: [String])
        /// A port is given, and several listeners could be meant.
        case manyListeners([String])

        /// In words, for the operator.
        public var description: String {
            switch self {
            case .unknownListener(let name, let known):
                "there is no listener '\(name)': \(known.joined(separator: ", ")) \(known.count == 1 ? "is" : "are")"
            case .manyListeners(let names):
                "--port needs --listener here, because there are several: \(names.joined(separator: ", "))"
            }
        }
    }

    private struct Candidate {
        let index: Int
        let bind: Endpoint
        let port: UInt16
    }

    private let candidates: [Candidate]

    /// - Parameters:
    ///   - listener: only this one; `nil` takes all.
    ///   - port: the server's port in the capture; `nil` takes the port of each listener's `bind`.
    public init(_ configuration: LoadedConfiguration, listener: String?, port: UInt16?) throws(Mistake) {
        let names = configuration.listeners.map(\.settings.name)
        if let listener, !names.contains(listener) { throw .unknownListener(listener, known: names) }
        let chosen = names.indices.filter { listener == nil || names[$0] == listener }
        if port != nil, chosen.count > 1 { throw .manyListeners(names) }
        candidates = chosen.map {
            let bind = configuration.listeners[$0].settings.bind
            return Candidate(index: $0, bind: bind, port: port ?? bind.port)
        }
    }

    /// The ports of servers that are of interest.
    public var ports: Set<UInt16> { Set(candidates.map(\.port)) }

    /// The listener that a connection to this endpoint belongs to: where several have its port, the one that is bound
    /// to its address, else the first.
    func listener(of server: Endpoint) -> Int? {
        let fitting = candidates.filter { $0.port == server.port }
        return (fitting.first { $0.bind.address == server.address } ?? fitting.first)?.index
    }
}
