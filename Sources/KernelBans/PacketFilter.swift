import CNftables
import Glibc

/// The kernel's packet filter, as far as the table needs it.
public protocol PacketFilter {
    /// The number of the ruleset, which every change by anybody counts up by one.
    mutating func generation() throws(KernelBanError) -> Int64

    /// Runs commands in the words of nftables, all or none of them.
    mutating func run(_ commands: String) throws(KernelBanError)

    /// A table of the family `inet` as nftables lists it; `nil` where there is none of that name.
    ///
    /// - Parameter shapeOnly: leaves out elements of sets, and what changes with time.
    mutating func list(_ table: String, shapeOnly: Bool) throws(KernelBanError) -> [UInt8]?
}

/// The packet filter through libnftables, which is found and opened when it is first asked.
///
/// Not for several threads.
@safe
public final class Nftables: PacketFilter {
    private var connection: OpaquePointer?

    /// Opens nothing yet.
    public init() {}

    deinit {
        if let connection = unsafe connection { unsafe cnftables_close(connection) }
    }

    /// Opened once and kept: the library would end the process if it found no descriptor later.
    private func open() throws(KernelBanError) -> OpaquePointer {
        if let connection = unsafe connection { return unsafe connection }
        guard cnftables_load() == 0 else { throw .libraryMissing }
        var code: Int32 = 0
        guard let opened = unsafe cnftables_open(&code) else { throw Self.error(code: code) }
        unsafe connection = opened
        return unsafe opened
    }

    private static func error(code: Int32) -> KernelBanError {
        code == EPERM || code == EACCES ? .notPermitted : .unreachable(code: code)
    }

    /// The number of the ruleset.
    public func generation() throws(KernelBanError) -> Int64 {
        // Safe: `open` answers a connection that is closed only with this object.
        let number = unsafe cnftables_generation(try open())
        guard number >= 0 else { throw Self.error(code: Int32(truncatingIfNeeded: -number)) }
        return number
    }

    /// Runs commands in the words of nftables, all or none of them.
    public func run(_ commands: String) throws(KernelBanError) {
        // Safe: as in `generation`; the text is copied by the library before it answers.
        let connection = unsafe try open()
        guard unsafe cnftables_run(connection, commands, CNFTABLES_WHOLE) == 0 else { throw unsafe failure(connection) }
    }

    /// A table as nftables lists it.
    public func list(_ table: String, shapeOnly: Bool) throws(KernelBanError) -> [UInt8]? {
        // Safe: as in `generation`; the text holds until the next run, and is copied here.
        let connection = unsafe try open()
        let command = "list table inet \(table)\n"
        let form = shapeOnly ? CNFTABLES_SHAPE : CNFTABLES_WHOLE
        if unsafe cnftables_run(connection, command, form) == 0 {
            let text = unsafe cnftables_output(connection)
            return unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
        }
        let error = unsafe failure(connection)
        if case .refused(let text) = error, text.hasPrefix("No such file or directory") { return nil }
        throw error
    }

    /// What the library says about the last run: its first line, which names no address.
    private func failure(_ connection: OpaquePointer) -> KernelBanError {
        // Safe: the text ends in a zero and holds until the next run.
        let text = unsafe String(cString: cnftables_error(connection))
        var line = text.split(separator: "\n").first.map(String.init) ?? "no reason is given"
        if let range = line.firstRange(of: "Error: ") { line = String(line[range.upperBound...]) }
        if line.hasSuffix("Operation not permitted") { return .notPermitted }
        return .refused(String(line.prefix(200)))
    }
}
