import ConfigurationFiles
import Settings
import Testing

@Suite("where commands come in")
struct AdminTests {
    private func check(_ admin: String) throws -> String {
        try ScratchFolder.check(
            "s.yaml", "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nadmin: \(admin)\n")
    }

    @Test("a socket needs a path, of no more bytes than the kernel keeps")
    func path() throws {
        let longest = "/" + String(repeating: "s", count: AdminSettings.pathByteCountMax - 1)
        #expect(try check("{ socket: \(longest) }") == "")
        #expect(
            try check("{ socket: \(longest)s }").contains(
                "s.yaml:3:18: error[C014]: the path of a socket has at most 107 bytes, not 108"))
        #expect(try check("{ group: games }").contains("error[C011]: 'admin' needs the key 'socket'"))
        #expect(try check("{ socket: a, group: 'no group' }").contains("expected a name"))
        #expect(try check("{ sokcet: a }").contains("did you mean 'socket'"))
    }

    @Test("what comes later is refused by its name", arguments: ["http: 127.0.0.1:9180", "token_file: t"])
    func later(line: String) throws {
        let key = line.split(separator: ":")[0]
        #expect(
            try check("{ socket: a, \(line) }").contains("'\(key)' is not supported yet by this version"))
    }

    @Test("a command finds the socket in a file whose other parts are broken")
    func socketOfABrokenFile() throws {
        let folder = try ScratchFolder()
        let file = try folder.write(
            "s.yaml", "version: 1\nlisteners: nonsense\nadmin: { socket: run/p.sock }\nunknown: 1\n")
        let folderPath = FilePath.folder(of: file)
        #expect(ConfigurationLoader.controlSocket(of: file).socket == "\(folderPath)/run/p.sock")
        let without = try folder.write("t.yaml", "version: 1\nlisteners: []\n")
        let (result, socket) = ConfigurationLoader.controlSocket(of: without)
        #expect(socket == nil)
        #expect(result.isValid)
        let (missing, none) = ConfigurationLoader.controlSocket(of: folderPath + "/no.yaml")
        #expect(none == nil)
        #expect(!missing.isValid)
    }
}
