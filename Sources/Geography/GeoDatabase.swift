import CMaxMindDB
import Glibc
public import WireBytes

/// A database of MaxMind's format: what it says of an address.
///
/// The whole of it stands in memory of the program's own, so that whatever happens to the file on disk, nobody who
/// looks something up notices.
///
/// Thread safety: never changes once it is open, and may be asked by any thread.
@safe
public final class GeoDatabase: Sendable {
    /// The library's handle, as a number.
    private let handle: UInt
    /// What its makers call it, as in `GeoLite2-Country`; printable ASCII, 64 characters at most.
    public let name: String
    /// When it was made, in seconds since 1970.
    public let builtSeconds: UInt64
    /// Bytes that it takes.
    public let byteCount: Int

    /// Most bytes of a database.
    public static let byteCountMax = 512 << 20

    /// Opens a database that was read into memory, and looks at all of it once.
    ///
    /// Cost: a copy of the bytes, and a look at every node of the tree: a second for the largest.
    ///
    /// - Throws: what is wrong with it.
    public init(_ bytes: [UInt8]) throws(GeoDatabaseFailure) {
        var status: Int32 = 0
        // Safe: the buffer's own count bounds what is copied.
        let opened = unsafe bytes.withUnsafeBytes { unsafe cmaxminddb_open($0.baseAddress, $0.count, &status) }
        guard let opened = unsafe opened else {
            if status < 0 { throw .noMemory(errno) }
            // Safe: the library's texts are constants.
            throw .notADatabase(unsafe String(cString: MMDB_strerror(status)))
        }
        let soundness = unsafe cmaxminddb_is_sound(opened)
        guard soundness == 1 else {
            unsafe cmaxminddb_close(opened)
            throw soundness == 0 ? .broken : .noMemory(ENOMEM)
        }
        handle = UInt(bitPattern: opened)
        // Safe: the library gives a NUL-ended text of its own, or none.
        let name = unsafe opened.pointee.metadata.database_type.map { unsafe String(cString: $0) } ?? ""
        self.name = String(
            name.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.prefix(64).map(Character.init))
        builtSeconds = unsafe opened.pointee.metadata.build_epoch
        byteCount = bytes.count
    }

    deinit { unsafe cmaxminddb_close(database) }

    /// Safe: made from a pointer when it was opened, and closed with this object.
    private var database: UnsafeMutablePointer<MMDB_s>? { unsafe UnsafeMutablePointer(bitPattern: handle) }

    /// The country that an address is in; `nil` where the database does not say.
    ///
    /// Where its record has no country, the one that it is registered in.
    public func country(of address: IPAddress) -> CountryCode? {
        CountryCode(rawValue: unsafe Self.withBytes(of: address) { unsafe cmaxminddb_country(database, $0) })
    }

    /// The number of the network operator (AS) that announces an address; `nil` where the database does not say.
    public func asn(of address: IPAddress) -> UInt32? {
        let number = unsafe Self.withBytes(of: address) { unsafe cmaxminddb_network(database, $0) }
        return number == 0 ? nil : number
    }

    private static func withBytes<Answer>(of address: IPAddress, _ ask: (UnsafePointer<UInt8>) -> Answer) -> Answer {
        var words = (address.high.bigEndian, address.low.bigEndian)
        // Safe: both words together are the 16 bytes that the library's answers are about.
        return unsafe withUnsafePointer(to: &words) { pointer in
            unsafe pointer.withMemoryRebound(to: UInt8.self, capacity: 16) { unsafe ask($0) }
        }
    }
}

/// Why a file is no database that can be asked.
public enum GeoDatabaseFailure: Error, Equatable, CustomStringConvertible {
    /// It is none, or one that was cut short; the library says what it misses.
    case notADatabase(String)
    /// Something in it leads nowhere.
    case broken
    /// No memory for it, with the system's error number.
    case noMemory(Int32)

    /// In words.
    public var description: String {
        switch self {
        case .notADatabase(let problem): "this is no database of MaxMind's format: \(problem)"
        case .broken: "this database is broken: a part of it leads nowhere"
        // Safe: strerror's answer is a NUL-ended text, copied before the next call.
        case .noMemory(let code): unsafe "there is no memory for it: " + String(cString: strerror(code))
        }
    }
}
