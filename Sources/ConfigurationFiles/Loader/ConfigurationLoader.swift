import GameProtocol
import Inspection
import RuleEngine
import Settings
import WireBytes

/// Reads the files an operator wrote.
///
/// Never traps and never waits, whatever the files hold; everything that is wrong in any of them is in the result.
public enum ConfigurationLoader {
    /// Reads a service's file with its protocols and policies, and compiles what guards each listener.
    ///
    /// - Parameters:
    ///   - path: the service's file.
    ///   - shadow: puts every listener in shadow, whatever the file says.
    public static func load(_ path: String, shadow: Bool = false) -> LoadResult {
        let (configuration, diagnostics) = read(path, shadow) { $0.load($1) }
        return result(configuration, diagnostics)
    }

    /// Reads a service's file that is at hand as text.
    ///
    /// - Parameter path: where it would stand: names of folders in it are seen from there.
    public static func load(text: String, path: String) -> LoadResult {
        let diagnostics = DiagnosticBag()
        var configuration: LoadedConfiguration?
        if let node = DocumentReader.parse(path: path, bytes: Array(text.utf8), diagnostics) {
            let library = FileLibrary(diagnostics)
            configuration = ServiceLoader(library: library, path: path, isShadow: false).load(node)
        }
        return result(configuration, diagnostics)
    }

    /// Says what a service's file means, with its protocols and policies and every default filled in.
    ///
    /// - Parameters:
    ///   - path: the service's file.
    ///   - shadow: as for ``load(_:shadow:)``.
    /// - Returns: what was found wrong, and the explanation; `nil` when that was an error.
    public static func explain(_ path: String, shadow: Bool = false) -> (result: LoadResult, explanation: Explanation?)
    {
        let (explanation, diagnostics) = read(path, shadow) { $0.explain($1) }
        return (result(nil, diagnostics), explanation)
    }

    /// Where the program that runs by a service's file takes commands.
    ///
    /// Only that is read, so that commands reach the program while its file, or one that it names, is being mended.
    ///
    /// - Returns: what was found wrong, and the path; `nil` when the file has no readable `admin`.
    public static func controlSocket(of path: String) -> (result: LoadResult, socket: String?) {
        let (admin, diagnostics) = read(path, false) { loader, node in
            node["admin"].flatMap { AdminReader(diagnostics: loader.library.diagnostics).settings($0) }
        }
        return (result(nil, diagnostics), admin.map { FilePath.join(FilePath.folder(of: path), $0.socket) })
    }

    private static func read<Outcome>(
        _ path: String, _ shadow: Bool, _ load: (ServiceLoader, Node) -> Outcome?
    ) -> (Outcome?, DiagnosticBag) {
        let diagnostics = DiagnosticBag()
        guard let node = DocumentReader.read(path, diagnostics) else { return (nil, diagnostics) }
        guard FileKind.of(node) == .service || FileKind.of(node) == nil else {
            diagnostics.error(
                .unknownKind, at: node.place, "this is no service's file: it has no 'listeners'",
                help: "give the path of portcullis.yaml")
            return (nil, diagnostics)
        }
        let loader = ServiceLoader(library: FileLibrary(diagnostics), path: path, isShadow: shadow)
        return (load(loader, node), diagnostics)
    }

    /// Checks a file of any kind, or all `.yaml` files of a folder and the folders in it.
    ///
    /// A service's file brings its protocols and policies with it; a policy is checked against its protocol, which is
    /// looked for beside it.
    ///
    /// - Parameters:
    ///   - path: a file or a folder.
    ///   - shadow: as for ``load(_:shadow:)``.
    public static func check(_ path: String, shadow: Bool = false) -> LoadResult {
        let diagnostics = DiagnosticBag()
        let checker = TreeChecker(library: FileLibrary(diagnostics), isShadow: shadow)
        let configuration = FilePath.isDirectory(path) ? checker.checkFolder(path) : checker.checkFile(path)
        return result(configuration, diagnostics)
    }

    private static func result(_ configuration: LoadedConfiguration?, _ diagnostics: DiagnosticBag) -> LoadResult {
        LoadResult(
            configuration: diagnostics.hasErrors ? nil : configuration, diagnostics: diagnostics.sorted,
            droppedCount: diagnostics.droppedCount, sources: diagnostics.sources)
    }
}

/// What a file is about, by its keys.
enum FileKind {
    case service
    case game
    case policy

    static func of(_ node: Node) -> FileKind? {
        guard case .mapping = node.content else { return nil }
        if node["policy"] != nil { return .policy }
        if node["listeners"] != nil || node["pools"] != nil { return .service }
        return node["protocol"] != nil ? .game : nil
    }
}
