public import Reputation
public import Settings

/// The lists of a running service, read anew where their files have changed.
///
/// A file that cannot be read, or that has a mistake, changes nothing: what its list held stays in force.
public struct ListRefresh: Sendable {
    /// All lists, as they are now.
    public let lists: AddressLists
    /// The numbers of those that were read anew.
    public let renewed: [Int]
    /// What stayed as it was because its file cannot be used, each with the first mistake.
    public let failures: [Failure]
    /// All mistakes as text, bounded; empty when there are none.
    public let text: String

    /// A list whose file cannot be used.
    public struct Failure: Sendable, Equatable {
        /// The list's number.
        public let list: Int
        /// Where and what, as in `lists/blocked.txt:7:1: expected an address or network`.
        public let problem: String
        /// How many mistakes the file has.
        public let mistakeCount: Int
    }

    /// Reads the lists whose files have changed.
    ///
    /// Cost: as reading those and putting all others together again: a second for five million entries. Runs beside the
    /// traffic.
    ///
    /// - Parameters:
    ///   - running: the lists in force.
    ///   - settings: how they were read, in the same order.
    ///   - paths: where from, in the same order.
    ///   - changed: those of the paths that have changed.
    public init(_ running: AddressLists, _ settings: [ListSettings], _ paths: [String], changed: Set<String>) {
        precondition(running.lists.count == settings.count, "\(running.lists.count) lists of \(settings.count)")
        precondition(paths.count == settings.count, "\(paths.count) paths of \(settings.count) lists")
        let diagnostics = DiagnosticBag()
        let loader = ListLoader(diagnostics: diagnostics)
        var builder = AddressMapBuilder()
        var lists = running.lists
        var failures: [Failure] = []
        var renewed: [Int] = []
        for (number, path) in paths.enumerated() {
            let others = lists.indices.reduce(0) { $0 + ($1 == number ? 0 : lists[$1].entryCount) }
            let room = ListLoader.entryCountMax - others
            if changed.contains(path) {
                switch loader.reread(settings[number], number, path, room: room, into: &builder) {
                case .success(let entryCount):
                    lists[number].entryCount = entryCount
                    renewed.append(number)
                    continue
                case .failure(let failure): failures.append(failure)
                }
            }
            builder.add(list: number, of: running.map, as: number)
        }
        self.lists = AddressLists(builder.build(), lists)
        self.renewed = renewed
        self.failures = failures
        text = DiagnosticRenderer(sources: diagnostics.sources).render(
            diagnostics.sorted, droppedCount: diagnostics.droppedCount)
    }

    /// Where the files of lists stand.
    static func paths(of settings: [ListSettings], in folder: String) -> [String] {
        settings.map { FilePath.join(folder, $0.file) }
    }
}

extension ListRefresh.Failure: Error {}

extension ListLoader {
    /// Reads one list, and adds it only when all of it is sound.
    ///
    /// - Returns: how many entries it has.
    fileprivate func reread(
        _ settings: ListSettings, _ number: Int, _ path: String, room: Int, into builder: inout AddressMapBuilder
    ) -> Result<Int, ListRefresh.Failure> {
        let bytes: [UInt8]
        do throws(FileReadFailure) {
            bytes = try SourceFile.readBytes(path, most: Self.byteCountMax)
        } catch {
            return .failure(.init(list: number, problem: "\(path): \(error.message)", mistakeCount: 1))
        }
        // Once to see whether it is sound, and then again: what a broken one holds must not be added.
        let reading = ListText.read(
            bytes.span, format: settings.format, column: settings.column, entryCountMax: room
        ) { _, _ in }
        if let first = reading.mistakes.first {
            report(reading, path)
            let problem = "\(path):\(first.line):\(first.column): \(first.kind.description)"
            return .failure(.init(list: number, problem: problem, mistakeCount: reading.mistakeCount))
        }
        _ = builder.read(bytes.span, list: number, format: reading.format, column: settings.column)
        return .success(reading.entryCount)
    }
}
