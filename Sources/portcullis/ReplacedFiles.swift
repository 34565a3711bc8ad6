import CLinux
import ConfigurationFiles
import DataPlane
import Events
import Geography
import Glibc
import Reputation
import Settings
import Synchronization
import WireBytes

/// Reads files again that were replaced on disk, without a reload: lists of addresses, and the databases of countries
/// and network operators.
///
/// On a thread of its own, because the largest takes a second; the service goes on with what it has until a new one is
/// there, and keeps it when the new one is broken.
///
/// Thread safety: every method may be called from any thread.
final class ReplacedFiles: Sendable {
    private struct State {
        var atlas: Atlas
        var atlasFiles: [AtlasFile]
        var lists: AddressLists
        var listSettings: [ListSettings]
        var listPaths: [String]
        var watched: WatchedFiles
        /// Changes with each reload: what was read for the configuration before is of no use any more.
        var generation = 0

        init(_ configuration: LoadedConfiguration) {
            atlas = configuration.atlas
            atlasFiles = configuration.atlasFiles
            lists = configuration.lists
            listSettings = configuration.settings.reputation.lists
            listPaths = configuration.listPaths
            watched = configuration.watched
        }
    }

    /// Between two looks; a file is read when it has not changed from one to the next.
    private static let lookMS: UInt32 = 500

    private let service: Service
    private let state: Mutex<State>

    init(_ service: Service, _ configuration: LoadedConfiguration) {
        self.service = service
        state = Mutex(State(configuration))
    }

    /// Looks at the files from now on, as long as the program runs.
    ///
    /// - Throws: why the host has no thread left.
    func start() throws {
        _ = try BackgroundThread {
            while true {
                usleep(Self.lookMS * 1_000)
                self.look()
            }
        }
    }

    /// Reloads the service; from then on it is the other configuration's files that count.
    ///
    /// - Parameter reload: not while a replaced file is being put into force.
    func follow<Failure: Error>(
        _ configuration: LoadedConfiguration, _ reload: () throws(Failure) -> Void
    ) throws(Failure) {
        try state.withLock { state throws(Failure) in
            try reload()
            let generation = state.generation
            state = State(configuration)
            state.generation = generation + 1
        }
    }

    private func look() {
        let (seen, changed) = state.withLock { state in
            let changed = Set(state.watched.takeChanged())
            return (state, changed)
        }
        guard !changed.isEmpty else { return }
        readAtlas(seen, changed)
        readLists(seen, changed)
    }

    private func readLists(_ seen: State, _ changed: Set<String>) {
        guard seen.listPaths.contains(where: { changed.contains($0) }) else { return }
        let refresh = ListRefresh(seen.lists, seen.listSettings, seen.listPaths, changed: changed)
        if !refresh.text.isEmpty { Terminal.printError(refresh.text) }
        state.withLock { state in
            guard state.generation == seen.generation else { return }
            for failure in refresh.failures {
                let more = failure.mistakeCount > 1 ? ", and \(failure.mistakeCount - 1) more" : ""
                let name = refresh.lists.lists[failure.list].name
                tell(.error, "list-failed", "\(name) stays as it was: \(failure.problem)\(more)")
            }
            guard !refresh.renewed.isEmpty else { return }
            state.lists = refresh.lists
            service.follow(refresh.lists)
            tell(.info, "lists-reloaded", refresh.lists.summary(of: refresh.renewed))
        }
    }

    private func tell(_ level: Notice.Level, _ name: String, _ text: String) {
        service.shared.events.post(
            .notice(Notice(wallUS: clinux_wall_us(), level: level, name: name, text: text)))
    }

    private func readAtlas(_ seen: State, _ changed: Set<String>) {
        let replaced = seen.atlasFiles.filter { changed.contains($0.path) }
        guard !replaced.isEmpty else { return }
        var next = seen.atlas
        var notices: [(Notice.Level, String, String)] = []
        for file in replaced {
            do throws(AtlasFailure) {
                try next.read(file)
                notices.append((.info, "geo-replaced", "\(file.path): \(next.summary(of: file.part))"))
            } catch {
                let text = "\(file.path): \(error.message); what was read before stays in force"
                notices.append((.error, "geo-kept", text))
            }
        }
        state.withLock { state in
            guard state.generation == seen.generation else { return }
            state.atlas = next
            service.replace(atlas: next)
            for (level, name, text) in notices { tell(level, name, text) }
        }
    }
}

extension Atlas {
    /// A part in a few words, for the log.
    func summary(of part: AtlasFile.Part) -> String {
        switch part {
        case .country: country.map { Self.summary(of: $0) } ?? "nothing"
        case .asn: asn.map { Self.summary(of: $0) } ?? "nothing"
        case .hosting: hosting.map { $0.count.counted("operator") } ?? "nothing"
        }
    }

    private static func summary(of database: GeoDatabase) -> String {
        let age = (UInt64(clamping: clinux_wall_us() / 1_000_000).subtractingSaturating(database.builtSeconds)) / 86_400
        return "\(database.name), \(Int(clamping: age).counted("day")) old"
    }
}

extension UInt64 {
    fileprivate func subtractingSaturating(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
