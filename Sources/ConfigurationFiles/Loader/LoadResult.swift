import GameProtocol
public import Geography
public import Inspection
public import Reputation
public import Settings

/// A service's files, read and compiled.
public struct LoadedConfiguration: Sendable {
    /// A listener with what guards it.
    public struct Listener: Sendable {
        /// Where it listens, and its bounds.
        public let settings: ListenerSettings
        /// What guards its connections.
        public let ruleset: Ruleset
        /// The protocol's name; `nil` without one.
        public let protocolName: String?
        /// The policies' names, in order.
        public let policyNames: [String]
        /// Whether all its rules only say what they would have done.
        public let isShadow: Bool
    }

    /// Everything but protocols and policies.
    public let settings: ServiceSettings
    /// In the order of `settings.listeners`.
    public let listeners: [Listener]
    /// What stands in the lists of `settings.reputation`.
    public let lists: AddressLists
    /// What tells where addresses are from.
    public internal(set) var atlas = Atlas()
    /// The files that `atlas` was read from.
    public internal(set) var atlasFiles: [AtlasFile] = []
    /// The files of `lists` and `atlas`, as they were just before they were read.
    public internal(set) var watched = WatchedFiles()
    /// Where the files of `lists` stand, in their order.
    public internal(set) var listPaths: [String] = []

    /// The rulesets in the order of `settings.listeners`.
    public var rulesets: [Ruleset] { listeners.map(\.ruleset) }
}

extension LoadedConfiguration {
    /// The same with the bytes of every phase in the clear, for who has no keys: tests of rules.
    public var withoutCiphers: LoadedConfiguration {
        LoadedConfiguration(
            settings: settings,
            listeners: listeners.map { listener in
                let descriptor = listener.ruleset.descriptor
                guard descriptor.phases.contains(where: { $0.cipher != nil }) else { return listener }
                return Listener(
                    settings: listener.settings,
                    ruleset: Ruleset(descriptor: descriptor.withoutCiphers, policy: listener.ruleset.policy),
                    protocolName: listener.protocolName, policyNames: listener.policyNames,
                    isShadow: listener.isShadow)
            }, lists: lists, atlas: atlas, atlasFiles: atlasFiles, watched: watched, listPaths: listPaths)
    }
}

/// What became of reading files.
public struct LoadResult: Sendable {
    /// `nil` when there was an error, and when no service was among the files.
    public let configuration: LoadedConfiguration?
    /// Everything that is wrong in any of the files, by file and place.
    public let diagnostics: [Diagnostic]
    /// Diagnostics beyond those that were kept.
    public let droppedCount: Int
    /// The files that were read, by path.
    public let sources: [String: SourceFile]

    /// Whether the files can be used.
    public var isValid: Bool { errorCount == 0 }

    /// How many errors there are.
    public var errorCount: Int { diagnostics.count { $0.severity == .error } + droppedCount }

    /// How many warnings there are.
    public var warningCount: Int { diagnostics.count { $0.severity == .warning } }

    /// All diagnostics as text, bounded; empty when there are none.
    public var text: String {
        DiagnosticRenderer(sources: sources).render(diagnostics, droppedCount: droppedCount)
    }
}
