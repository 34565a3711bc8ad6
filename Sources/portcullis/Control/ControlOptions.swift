import ArgumentParser
import ConfigurationFiles
import ControlPlane
import Glibc

/// Which program a command is for, and how its answer is written.
struct ControlOptions: ParsableArguments {
    /// Where a program that a package installed takes commands.
    static let standardSocket = "/run/portcullis/portcullis.sock"

    @Option(help: ArgumentHelp("The control socket of the running program.", valueName: "path"))
    var socket: String?

    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The service's file that the program runs by; its `admin` names the socket.", valueName: "file"))
    var file: String?

    @Option(name: .shortAndLong, help: "human, json, or raw: one bare value a line, for scripts.")
    var output = Output.human

    /// How an answer is written.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case human
        case json
        case raw
    }

    func validate() throws {
        if socket != nil, file != nil {
            throw ValidationError("--socket and -c both say which program is meant; give one of them")
        }
    }

    /// Asks the program, and turns what goes wrong into an exit code.
    func ask<Answer>(_ body: (ControlClient) throws -> Answer) throws -> Answer {
        let path = try socketPath
        let client = ControlClient(path: path)
        defer { client.close() }
        do {
            return try body(client)
        } catch let failure as ControlClient.Failure {
            throw Self.failure(failure, path)
        }
    }

    private var socketPath: String {
        get throws {
            if let socket { return socket }
            guard let file else { return Self.standardSocket }
            let (result, socket) = ConfigurationLoader.controlSocket(of: file)
            if let socket { return socket }
            if !result.text.isEmpty { Terminal.printError(result.text) }
            guard result.isValid else {
                throw Failure(code: .configuration, message: "\(file): \(result.errorSummary)")
            }
            throw Failure(
                code: .configuration,
                message: """
                    \(file): the program that runs by this file takes no commands. Add a line and start it anew:

                        admin: { socket: \(Self.standardSocket) }
                    """)
        }
    }

    private static func failure(_ failure: ControlClient.Failure, _ path: String) -> Failure {
        switch failure {
        case .unreachable(let reason):
            return Failure(
                code: .unreachable,
                message: """
                    no program answers at \(path): \(reason)
                    It has to run, and its file to have `admin: { socket: \(path) }`. \
                    --socket PATH or -c FILE says which program is meant.
                    """)
        case .refused(_, let error):
            switch error.code {
            case .badSubject, .badRequest, .notFound, .methodNotAllowed, .tooLarge:
                return Failure(code: .usage, message: error.message)
            case .conflict, .failed, .notStored:
                return Failure(code: .operation, message: error.message)
            }
        }
    }

    /// Writes an answer as JSON, on one line.
    func show(json value: some Encodable) throws {
        let bytes: [UInt8]
        do throws(ControlError) {
            bytes = try ControlJSON.bytes(value)
        } catch {
            throw Failure(code: .operation, message: error.message)
        }
        try show(String(decoding: bytes, as: UTF8.self))
    }

    /// Writes lines; none at all where there are none.
    func show(_ text: String) throws {
        guard !text.isEmpty else { return }
        guard Terminal.print(text) else {
            throw Failure(code: .operation, message: "the answer cannot be written to stdout")
        }
    }
}

/// Arguments that are read before anything is sent, so that a slip is told with the usage's exit code.
enum ControlArgument {
    /// A subject as the program would write it.
    static func subject(_ text: String) throws -> String {
        do throws(ControlError) {
            return "\(try SubjectText.subject(text))"
        } catch {
            throw Failure(code: .usage, message: error.message)
        }
    }

    /// A duration with its unit.
    static func duration(_ text: String?) throws -> DurationField? {
        guard let text else { return nil }
        do throws(ControlError) {
            return try DurationField(text)
        } catch {
            throw Failure(code: .usage, message: error.message)
        }
    }
}
