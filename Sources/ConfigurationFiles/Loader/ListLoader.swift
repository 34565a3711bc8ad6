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

    /// The table of all lists.
    ///
    /// - Parameter folder: where the service's file stands.
    func load(_ lists: [Located<ListSettings>], in folder: String) -> AddressLists {
        var builder = AddressMapBuilder()
        var read: [AddressList] = []
        var entryCount = 0
        for (number, list) in lists.enumerated() {
            let path = FilePath.join(folder, list.value.file)
            do throws(FileReadFailure) {
                let bytes = try SourceFile.readBytes(path, most: Self.byteCountMax)
                let reading = builder.read(
                    bytes.span, list: number, format: list.value.format, column: list.value.column,
                    entryCountMax: Self.entryCountMax - entryCount)
                report(reading, path)
                entryCount += reading.entryCount
                read.append(AddressList(list.value, entryCount: reading.entryCount))
            } catch {
                diagnostics.error(.unknownFile, at: list.place, "\(path): \(error.message)")
                read.append(AddressList(list.value, entryCount: 0))
            }
        }
        return AddressLists(builder.build(), read)
    }

    func report(_ reading: ListReading, _ path: String) {
        guard reading.mistakeCount > 0 else { return }
        let lines = reading.mistakes.map { ($0.line, $0.text) }
        diagnostics.remember(SourceFile(path: path, excerpts: Dictionary(lines) { first, _ in first }))
        for mistake in reading.mistakes { diagnostics.add(Self.diagnostic(mistake, path, reading.format)) }
        diagnostics.leaveOut(reading.mistakeCount - reading.mistakes.count)
    }

    private static func diagnostic(_ mistake: ListMistake, _ path: String, _ format: ListFormat) -> Diagnostic {
        var (code, message, help) = (DiagnosticCode.badEntry, mistake.kind.description, String?.none)
        switch mistake.kind {
        case .syntax(let error): help = error.description
        case .secondWord:
            help = "one entry a line; #, ; and // begin a comment; format: columns reads the first word only"
        case .backwards, .mixed: help = "a range is as in 192.0.2.1 - 192.0.2.9"
        case .form: help = "this list is read as format: \(format.rawValue)"
        case .tooMany: (code, message) = (.tooMany, "the lists have more than \(entryCountMax) entries together")
        }
        return Diagnostic(
            code: code, file: path, line: mistake.line, column: mistake.column, length: mistake.length,
            message: message, help: help)
    }
}

extension AddressList {
    init(_ settings: ListSettings, entryCount: Int) {
        self.init(name: settings.name, action: settings.action, score: settings.score, entryCount: entryCount)
    }
}
