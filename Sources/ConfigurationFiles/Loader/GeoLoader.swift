public import Geography
import Settings
import WireBytes

/// Reads the files that tell where addresses are from.
///
/// What is missing or broken leaves the service without that knowledge, and never without itself: everything here is a
/// warning.
struct GeoLoader {
    let diagnostics: DiagnosticBag

    /// - Parameter folder: where the service's file stands.
    func load(_ geo: GeoStatement, in folder: String) -> Atlas {
        var atlas = Atlas()
        for file in geo.settings.files(in: folder) {
            do throws(AtlasFailure) {
                try atlas.read(file)
            } catch {
                guard let place = geo.places[file.part.rawValue] else { continue }
                diagnostics.warning(
                    .unusableDatabase, at: place, "\(file.path): \(error.message)",
                    help: "the service runs without it: what asks for it lets everybody pass")
            }
        }
        return atlas
    }
}

/// One of the files that tell where addresses are from.
public struct AtlasFile: Sendable, Equatable {
    /// What it tells.
    public enum Part: String, Sendable {
        case country
        case asn
        case hosting
    }

    /// What it tells.
    public let part: Part
    /// Its path, as this process sees it.
    public let path: String
}

/// Why such a file tells nothing.
public struct AtlasFailure: Error, Equatable {
    /// In words.
    public let message: String
}

extension GeoSettings {
    /// The files that are named.
    ///
    /// - Parameter folder: where the service's file stands.
    func files(in folder: String) -> [AtlasFile] {
        let all = [(AtlasFile.Part.country, country), (.asn, asn), (.hosting, hosting)]
        return all.compactMap { part, path in
            path.map { AtlasFile(part: part, path: FilePath.join(folder, $0)) }
        }
    }

    /// What can be known when all files are as they should be.
    var sources: Origin.Sources {
        var sources: Origin.Sources = []
        if country != nil { sources.insert(.country) }
        if asn != nil { sources.insert(.asn) }
        if asn != nil, hosting != nil { sources.insert(.hosting) }
        return sources
    }
}

extension Atlas {
    /// Reads one part anew; what was known before stays when that fails.
    ///
    /// - Throws: why the file cannot be used.
    public mutating func read(_ file: AtlasFile) throws(AtlasFailure) {
        let most = file.part == .hosting ? HostingOperators.byteCountMax : GeoDatabase.byteCountMax
        let bytes: [UInt8]
        do throws(FileReadFailure) {
            bytes = try SourceFile.readBytes(file.path, most: most)
        } catch {
            throw AtlasFailure(message: error.message)
        }
        if file.part == .hosting {
            do throws(HostingMistake) {
                hosting = try HostingOperators(parsing: bytes)
            } catch {
                throw AtlasFailure(message: error.description)
            }
            return
        }
        do throws(GeoDatabaseFailure) {
            let database = try GeoDatabase(bytes)
            if file.part == .country { country = database } else { asn = database }
        } catch {
            throw AtlasFailure(message: error.description)
        }
    }
}
