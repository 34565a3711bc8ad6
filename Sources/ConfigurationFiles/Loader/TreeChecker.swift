import WireBytes

/// Checks files that no service need name: one by itself, or a folder of them.
struct TreeChecker {
    let library: FileLibrary
    let isShadow: Bool

    private static let depthMax = 8
    private static let fileCountMax = 1_000

    private var diagnostics: DiagnosticBag { library.diagnostics }

    /// Checks one file of any kind.
    func checkFile(_ path: String) -> LoadedConfiguration? {
        guard let node = DocumentReader.read(path, diagnostics) else { return nil }
        return check(path, node)
    }

    private func check(_ path: String, _ node: Node) -> LoadedConfiguration? {
        switch FileKind.of(node) {
        case .service:
            return ServiceLoader(library: library, path: path, isShadow: isShadow).load(node)
        case .game:
            _ = library.game(path, expectedName: FilePath.name(of: path), mention: nil, node: node)
        case .policy:
            checkPolicy(path, node)
        case nil:
            diagnostics.error(
                .unknownKind, at: node.place, "none of the keys of this file says what it is",
                help: "a service has 'listeners', a protocol 'protocol', a policy 'policy'")
        }
        return nil
    }

    private func checkPolicy(_ path: String, _ node: Node) {
        let name = FilePath.name(of: path)
        guard let policy = library.policy(path, expectedName: name, mention: nil, node: node) else { return }
        var game: ProtocolFile?
        if let wanted = policy.protocolName {
            let folder = FilePath.folder(of: path)
            let parent = folder == "." ? ".." : FilePath.folder(of: folder)
            let folders = [FilePath.join(parent, "protocols"), FilePath.join(folder, "protocols"), folder]
            let home = folders.first { FilePath.exists(FilePath.join($0, wanted.value + ".yaml")) } ?? folders[0]
            game = library.game(wanted, in: home)
            // Without it no name can be looked up; that it is missing was said.
            if game == nil { return }
        }
        _ = PolicyResolver(diagnostics: diagnostics, file: policy, game: game).definitions()
    }

    /// Checks all files of a folder: services first, then what none of them named.
    func checkFolder(_ folder: String) -> LoadedConfiguration? {
        var paths: [String] = []
        collect(folder, depth: 0, into: &paths)
        if paths.isEmpty {
            diagnostics.add(Diagnostic(code: .unreadableFile, file: folder, message: "no .yaml file is in this folder"))
        }
        if paths.count > Self.fileCountMax {
            diagnostics.add(
                Diagnostic(
                    code: .tooMany, file: folder, message: "this folder holds more than \(Self.fileCountMax) files"))
        }
        var configuration: LoadedConfiguration?
        var rest: [(path: String, node: Node)] = []
        for path in paths.prefix(Self.fileCountMax) {
            guard let node = DocumentReader.read(path, diagnostics) else { continue }
            guard FileKind.of(node) == .service else {
                rest.append((path, node))
                continue
            }
            let loaded = check(path, node)
            configuration = configuration ?? loaded
        }
        for (path, node) in rest where !library.knows(path) { _ = check(path, node) }
        return configuration
    }

    private func leaveOut(_ path: String, _ why: String) {
        diagnostics.add(Diagnostic(severity: .warning, code: .unused, file: path, message: why))
    }

    private func collect(_ folder: String, depth: Int, into paths: inout [String]) {
        for entry in FilePath.entries(of: folder) where !entry.hasPrefix(".") {
            guard paths.count <= Self.fileCountMax else { return }
            let path = FilePath.join(folder, entry)
            if FilePath.isDirectory(path) {
                if depth < Self.depthMax {
                    collect(path, depth: depth + 1, into: &paths)
                } else {
                    leaveOut(path, "is too many folders deep and was not looked into")
                }
            } else if entry.hasSuffix(".yaml") {
                paths.append(path)
            } else if entry.hasSuffix(".yml") {
                leaveOut(path, "was not read: the names of files end in .yaml")
            }
        }
    }
}
