import ControlPlane
import Foundation
import Glibc
import Testing

@Suite("The control socket", .serialized)
struct SocketTests {
    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test(
        "its file has the mode 0660 whatever the umask is, and is gone at the end",
        arguments: [0o000, 0o022, 0o077] as [mode_t])
    func mode(mask: mode_t) throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let before = umask(mask)
        defer { umask(before) }
        let server = try ControlServer(path: path, group: nil, service: FakeService())
        #expect(try mode(path) == 0o660)
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
        server.stop()
    }

    @Test("the group that is named may use it, and one that is not there is an error")
    func group() throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let own = try #require(getgrgid(getgid()))
        let name = String(cString: own.pointee.gr_name)
        let server = try ControlServer(path: path, group: name, service: FakeService())
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.groupOwnerAccountID] as? Int == Int(getgid()))
        server.stop()
        #expect {
            _ = try ControlServer(path: path, group: "no-such-group", service: FakeService())
        } throws: {
            "\($0)".contains("there is no group 'no-such-group'")
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("the socket of a dead program is replaced, that of a living one is refused")
    func stale() throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        // A socket that was bound and then closed: what a program leaves that was killed.
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        child.arguments = ["-c", "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\(path)'); s.listen()"]
        try child.run()
        child.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: path))
        let server = try ControlServer(path: path, group: nil, service: FakeService())
        #expect {
            _ = try ControlServer(path: path, group: nil, service: FakeService())
        } throws: {
            "\($0)".contains("another program serves this socket")
        }
        let client = ControlClient(path: path)
        #expect(try client.request("GET", "/v1/status", as: StatusReply.self) == .example)
        client.close()
        server.stop()
    }

    @Test("a file that is no socket is not touched")
    func notASocket() throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        try "mine".write(toFile: path, atomically: true, encoding: .utf8)
        #expect {
            _ = try ControlServer(path: path, group: nil, service: FakeService())
        } throws: {
            "\($0)".contains("no socket")
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    }

    @Test("a file that another program has put in its place is not removed at the end")
    func replaced() throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let server = try ControlServer(path: path, group: nil, service: FakeService())
        try FileManager.default.removeItem(atPath: path)
        try "other".write(toFile: path, atomically: true, encoding: .utf8)
        server.stop()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("a path has 107 bytes at most, and needs a folder that is there")
    func path() throws {
        let folder = try Folder()
        let longest = folder.path + "/" + String(repeating: "s", count: 107 - folder.path.utf8.count - 1)
        let server = try ControlServer(path: longest, group: nil, service: FakeService())
        #expect(FileManager.default.fileExists(atPath: longest))
        server.stop()
        for (path, words) in [(longest + "s", "at most 107"), (folder.path + "/no/s", "its folder has to exist")] {
            #expect {
                _ = try ControlServer(path: path, group: nil, service: FakeService())
            } throws: {
                "\($0)".contains(words)
            }
        }
    }

    @Test("the client says why nobody answers")
    func unreachable() throws {
        let folder = try Folder()
        let client = ControlClient(path: folder.path + "/none")
        defer { client.close() }
        #expect(throws: ControlClient.Failure.unreachable("there is no such socket")) {
            _ = try client.request("GET", "/v1/status")
        }
    }
}
