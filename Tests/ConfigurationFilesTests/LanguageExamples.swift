import Foundation
import TestSupport

@testable import ConfigurationFiles

/// Whole files around the examples of the language's keys.
struct LanguageExamples {
    struct Place: CustomStringConvertible, Sendable {
        let mapping: Mapping
        let key: Key

        var description: String { "\(mapping.name).\(key.name)" }
    }

    /// Each once, also those that two kinds of files hold.
    static let mappings: [Mapping] = {
        var seen: Set<String> = []
        return [Mapping.File.service, .game, .policy].flatMap { Language.mappings(of: $0) }
            .filter { seen.insert($0.name).inserted }
    }()
    static let places = mappings.flatMap { mapping in mapping.keys.map { Place(mapping: mapping, key: $0) } }

    /// A folder with everything that the files may name.
    static func folder() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("protocols/example.yaml", game)
        try folder.write("protocols/game.yaml", game.replacing("protocol: example", with: "protocol: game"))
        try folder.write("protocols/login.yaml", login)
        try folder.write("policies/common.yaml", "version: 1\npolicy: common\n")
        try folder.write("policies/game.yaml", "version: 1\npolicy: game\nprotocol: game\n")
        try folder.write("lists/blocked.txt", "192.0.2.7\n")
        try folder.write("lists/hosting-asn.txt", "64496\n")
        try folder.write("GeoLite2-Country.mmdb", bytes: PackageFiles.bytes("Tests/Fixtures/geo/country.mmdb"))
        try folder.write("GeoLite2-ASN.mmdb", bytes: PackageFiles.bytes("Tests/Fixtures/geo/asn.mmdb"))
        try folder.write("protocols/maps/one.map", "C_VERSION 1\nC_OTHER 9\n")
        try folder.write("protocols/maps/two.map", "C_VERSION 1\nC_OTHER 9\n")
        return folder
    }

    /// Tells accounts, and when a login has succeeded.
    private static let login = """
        version: 1
        protocol: login
        phases: [{ name: a, frame: { length: u16le@0, counts: packet, min: 4, max: 64 }, opcode: u16le@2 }]
        login: { success: S }
        packets:
          client: { C: { opcode: 1, size: 8, fields: { name: { at: u32le@4, account: true } } } }
          server: { S: { opcode: 1 } }

        """

    static func kind(_ file: Mapping.File) -> ConfigurationLanguage.FileKind {
        switch file {
        case .service: .service
        case .game: .protocol
        case .policy: .policy
        }
    }

    /// The name that such a file has.
    static func fileName(_ kind: ConfigurationLanguage.FileKind) -> String {
        switch kind {
        case .service: "portcullis.yaml"
        case .protocol: "protocols/part.yaml"
        case .policy: "policies/part.yaml"
        }
    }

    /// A file with one key's example, or with another value in its place.
    static func text(_ place: Place, value: String? = nil, leavesOut: Bool = false) -> String {
        let part = part(place, value: value, leavesOut: leavesOut)
        return (place.key.around ?? place.mapping.around).replacingFirst("<>", with: part)
    }

    /// The mapping of that file in which the key stands.
    static func part(_ place: Place, value: String? = nil, leavesOut: Bool = false) -> String {
        var entries = place.mapping.beside.filter { !place.key.without.contains($0.0) }
        let own = leavesOut ? [] : [(place.key.name, value ?? place.key.example)]
        for (key, text) in place.key.beside + own {
            if let index = entries.firstIndex(where: { $0.0 == key }) {
                entries[index].1 = text
            } else {
                entries.append((key, text))
            }
        }
        return part(entries)
    }

    /// A file with what always stands in a mapping, and one line more.
    static func text(_ mapping: Mapping, and more: [(String, String)] = []) -> String {
        mapping.around.replacingFirst("<>", with: part(mapping.beside + more))
    }

    /// A file with what always stands in a mapping but one line.
    static func text(_ mapping: Mapping, without key: String) -> String {
        mapping.around.replacingFirst("<>", with: part(mapping.beside.filter { $0.0 != key }))
    }

    private static func part(_ entries: [(String, String)]) -> String {
        "{ " + entries.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + " }"
    }

    private static let game = """
        version: 1
        protocol: example
        phases:
          - name: login
            frame: { length: u16le@0, counts: packet, min: 4, max: 16KiB }
            opcode: u16le@2
            next_on: { packet: WELCOME }
          - name: world
        packets:
          client:
            CHAT:    { opcode: 3, size: 6..2048, fields: { channel: u16le@4, message: utf8z@6 } }
            WHISPER: { opcode: 4, size: 6..2048 }
            MOVE:    { opcode: 5, size: 20 }
            TRADE:   { opcode: 6, size: 8..64 }
          server:
            WELCOME: { opcode: 1 }

        """
}
