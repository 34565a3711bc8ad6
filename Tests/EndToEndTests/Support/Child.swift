import Foundation
import Testing

/// A program that runs beside the test, and ends with it.
final class Child {
    let process = Process()
    private let folder: Scratch

    /// Starts it.
    ///
    /// - Parameter path: the program's own path.
    init(_ path: String, _ arguments: [String]) throws {
        folder = try Scratch()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        for name in ["out", "err"] { try folder.write(name, "") }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/out"))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/err"))
        try process.run()
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    var out: String { folder.text("out") }
    var err: String { folder.text("err") }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// How it ended, by itself; death by signal gives the negative number of that.
    func exitCode(seconds: Double = 15) throws -> Int32 {
        try eventually("the program ends; it says \(err)", seconds: seconds) { process.isRunning ? nil : true }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// What a program says that ends by itself.
    static func run(_ path: String, _ arguments: [String]) throws -> (code: Int32, out: String, err: String) {
        let child = try Child(path, arguments)
        let code = try child.exitCode(seconds: 30)
        return (code, child.out, child.err)
    }
}

/// Programs of others that the tests speak with.
enum Tools {
    static let haproxy = find("haproxy")
    static let curl = find("curl")
    static let strace = find("strace")
    static let ip = find("ip")
    static let nft = find("nft")
    static let setpriv = find("setpriv")

    /// Where a program stands; `nil` when it is not installed.
    static func find(_ name: String) -> String? {
        let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (places + ["/usr/sbin", "/usr/bin", "/sbin"]).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
