/// Collects what is wrong while files are read.
///
/// One bag serves one load; it is not shared between threads.
final class DiagnosticBag {
    /// Bounds memory for a file that is wrong everywhere; what is over is counted.
    static let keptCountMax = 5_000

    private var kept: Set<Diagnostic> = []
    /// Diagnostics that were not kept.
    private(set) var droppedCount = 0
    private(set) var sources: [String: SourceFile] = [:]

    var hasErrors: Bool { droppedCount > 0 || kept.contains { $0.severity == .error } }

    func hasErrors(in source: SourceFile) -> Bool {
        kept.contains { $0.severity == .error && $0.file == source.path }
    }

    /// All diagnostics, by file and place.
    var sorted: [Diagnostic] { kept.sorted() }

    func remember(_ source: SourceFile) {
        sources[source.path] = source
    }

    /// Adds a diagnostic; the same one twice counts once, as when a policy serves two listeners.
    func add(_ diagnostic: Diagnostic) {
        guard kept.count < Self.keptCountMax || kept.contains(diagnostic) else {
            droppedCount += 1
            return
        }
        kept.insert(diagnostic)
    }

    /// Counts errors of which only the first are worth showing.
    func leaveOut(_ count: Int) { droppedCount += count }

    func error(
        _ code: DiagnosticCode, at place: Place, _ message: String, help: String? = nil,
        suggestion: @autoclosure () -> String? = nil
    ) {
        // To look for the nearest of many names costs, and beyond those shown nobody reads it.
        let suggestion = kept.count < DiagnosticRenderer.shownCountMax ? suggestion() : nil
        add(
            Diagnostic(
                code: code, file: place.source.path, line: place.line, column: place.column, length: place.length,
                message: message, help: help, suggestion: suggestion))
    }

    func warning(_ code: DiagnosticCode, at place: Place, _ message: String, help: String? = nil) {
        add(
            Diagnostic(
                severity: .warning, code: code, file: place.source.path, line: place.line, column: place.column,
                length: place.length, message: message, help: help))
    }
}
