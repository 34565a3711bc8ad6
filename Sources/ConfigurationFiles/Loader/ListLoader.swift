import Reputation
import Settings
import WireBytes

/// Reads the files of addresses that a service names, into one table.
struct ListLoader {
    let diagnostics: DiagnosticBag

    /// Most bytes of one list.
    static let byteCountMax = 256 << 20
    /// Most entries of all lists of a service, repetitions among them.
    static let entryCountMax = 5_000_000

    /// The table of all lists; of an entry that stands in several, the first list counts.
    ///
    /// - Parameter folder: where the service's file stands.
    func load(_ lists: [Located<ListSettings>], in folder: String) -> AddressLists {
        var builder = AddressMapBuilder()
        for (number, list) in lists.enumerated() {
            let path = FilePath.join(folder, list.value.file)
            do throws(FileReadFailure) {
                let bytes = try SourceFile.readBytes(path, most: Self.byteCountMax)
                let room = Self.entryCountMax - builder.count
                report(builder.read(bytes.span, value: UInt32(number), entryCountMax: room), path)
            } catch {
                diagnostics.error(.unknownFile, at: list.place, "\(path): \(error.message)")
            }
        }
        return AddressLists(refused: builder.build(), names: lists.map(\.value.file))
    }

    private func report(_ reading: ListReading, _ path: String) {
        guard reading.mistakeCount > 0 else { return }
        let lines = reading.mistakes.map { ($0.line, $0.text) }
        diagnostics.remember(SourceFile(path: path, excerpts: Dictionary(lines) { first, _ in first }))
        for mistake in reading.mistakes { diagnostics.add(Self.diagnostic(mistake, path)) }
        diagnostics.leaveOut(reading.mistakeCount - reading.mistakes.count)
    }

    private static func diagnostic(_ mistake: ListMistake, _ path: String) -> Diagnostic {
        let code: DiagnosticCode
        let message: String
        var help: String?
        switch mistake.kind {
        case .syntax(let error):
            (code, message) = (.badEntry, "expected an address or network")
            help = error.description
        case .secondWord:
            (code, message) = (.badEntry, "a second word stands behind the entry")
            help = "one address or network a line; # and ; begin a comment"
        case .tooMany:
            (code, message) = (.tooMany, "the lists have more than \(entryCountMax) entries together")
        }
        return Diagnostic(
            code: code, file: path, line: mistake.line, column: mistake.column, length: mistake.length,
            message: message, help: help)
    }
}
