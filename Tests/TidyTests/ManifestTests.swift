import Testing

@Suite("The lint of Package.swift")
struct ManifestTests {
    private let settings = """
        let strict: [SwiftSetting] = [
            .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
            .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
        ]
        let lifetimes: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]
        let testing: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        let package = 1

        """

    private func check(_ text: String) -> [String] {
        Manifest.check(text, withoutSwift: ["CThing"]).map(\.description)
    }

    @Test("targets with the project's settings pass, as do those that hold no Swift")
    func passes() {
        let targets = """
            .target(name: "CThing"),
            .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
            .target(name: "A", dependencies: [.product(name: "B", package: "b")], swiftSettings: strict),
            .executableTarget(
                name: "C",
                swiftSettings: lifetimes),
            .testTarget(name: "D", swiftSettings: testing),
            """
        #expect(check(settings + targets).isEmpty)
    }

    @Test("a target without settings, with weaker ones or with others added is an error")
    func weakTargets() {
        let targets = """
            .target(name: "A"),
            .target(name: "B", swiftSettings: testing),
            .testTarget(name: "C", swiftSettings: strict + [.define("X")]),
            """
        #expect(
            check(settings + targets) == [
                "Package.swift:9: 'A' has no settings where strict or lifetimes is expected",
                "Package.swift:10: 'B' has 'testing' where strict or lifetimes is expected",
                "Package.swift:11: 'C' has 'strict + [.define(\"X\")]' where testing is expected",
            ])
    }

    @Test("a list of settings that lost one of its own is an error")
    func weakLists() {
        let weaker = settings.replacing(".strictMemorySafety(), ", with: "")
        #expect(check(weaker) == ["Package.swift: 'strict' lacks .strictMemorySafety()"])
        #expect(
            check(settings.replacing("let testing", with: "let other")) == [
                "Package.swift: defines no settings 'testing'"
            ])
    }
}
