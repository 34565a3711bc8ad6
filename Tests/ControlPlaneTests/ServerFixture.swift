import ControlPlane
import Foundation
import Glibc

/// The real server on a socket of its own, in front of a service that remembers.
final class ServerFixture {
    let folder: Folder
    let service = FakeService()
    let server: ControlServer
    var path: String { folder.path + "/s" }

    init(limits: ControlLimits = ControlLimits()) throws {
        folder = try Folder()
        server = try ControlServer(path: folder.path + "/s", group: nil, service: service, limits: limits)
    }

    deinit { server.stop() }

    /// Sends a request and gives the whole answer.
    func exchange(_ request: String) -> String {
        guard let socket = RawSocket(path) else { return "not connected" }
        socket.send(request)
        socket.finishSending()
        return socket.readAll()
    }

    /// The status and the body of the answer to a request that closes the connection.
    func ask(_ method: String, _ target: String, _ body: String? = nil) -> (status: Int, body: String) {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        return Self.parsed(exchange(head + "\r\n" + (body ?? "")))
    }

    static func parsed(_ answer: String) -> (status: Int, body: String) {
        let parts = answer.components(separatedBy: "\r\n\r\n")
        let words = (parts.first ?? "").split(separator: " ")
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0, parts.dropFirst().joined(separator: "\r\n\r\n"))
    }

    /// Whether it still serves.
    var isAlive: Bool { ask("GET", "/v1/status").status == 200 }

    /// The user who runs the tests, as the kernel and the system know him.
    static var user: String {
        guard let entry = getpwuid(getuid()) else { return "uid \(getuid())" }
        return String(cString: entry.pointee.pw_name)
    }
}
