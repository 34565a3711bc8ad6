// swift-tools-version: 6.2
import PackageDescription

/// Applied to every Swift target.
///
/// Anything weaker would need a comment saying why.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Added only where a type vends or stores a span.
let lifetimes: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]

/// The tests hand arrays to parsers as spans; outside a benchmark nothing in them is unsafe by intent.
let testing: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableExperimentalFeature("Lifetimes"),
]

/// The targets from bottom to top.
///
/// The table in ARCHITECTURE.md says what each may import, and `TidyTests` holds every file against that table, because
/// the compiler accepts an undeclared import of a sibling.
let package = Package(
    name: "portcullis",
    products: [.executable(name: "portcullis", targets: ["portcullis"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        // Without its configuration support, which nothing here reads.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CPcap"),
        .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
        .target(name: "CNftables"),
        .target(name: "WireBytes", swiftSettings: lifetimes),
        .target(name: "StreamCiphers", swiftSettings: strict),
        .target(name: "Inflation", dependencies: ["CZlib"], swiftSettings: strict),
        .target(name: "Captures", dependencies: ["CPcap", "WireBytes"], swiftSettings: strict),
        .target(name: "ProxyProtocol", dependencies: ["WireBytes"], swiftSettings: strict),
        .target(name: "PacketFields", dependencies: ["WireBytes"], swiftSettings: strict),
        .target(
            name: "GameProtocol", dependencies: ["Inflation", "PacketFields", "StreamCiphers", "WireBytes"],
            swiftSettings: strict),
        .target(name: "RuleEngine", dependencies: ["PacketFields", "WireBytes"], swiftSettings: strict),
        .target(name: "Settings", dependencies: ["WireBytes"], swiftSettings: strict),
        .target(name: "Reputation", dependencies: ["Settings", "WireBytes"], swiftSettings: strict),
        .target(
            name: "Inspection",
            dependencies: [
                "GameProtocol", "Inflation", "PacketFields", "ProxyProtocol", "RuleEngine", "StreamCiphers",
                "WireBytes",
            ],
            swiftSettings: strict),
        .target(
            name: "Events", dependencies: ["Inspection", "Reputation", "RuleEngine", "Settings", "WireBytes"],
            swiftSettings: strict),
        .target(name: "NetworkDriver", dependencies: ["CLinux", "WireBytes"], swiftSettings: strict),
        .target(
            name: "DataPlane",
            dependencies: [
                "Events", "GameProtocol", "Geography", "Inspection", "NetworkDriver", "ProxyProtocol", "Reputation",
                "RuleEngine", "Settings", "WireBytes",
            ],
            swiftSettings: strict),
        .target(
            name: "Records",
            dependencies: ["Events", "Inspection", "Reputation", "Settings", "WireBytes"],
            swiftSettings: strict),
        .target(
            name: "ConfigurationFiles",
            dependencies: [
                "CYAML", "GameProtocol", "Geography", "Inflation", "Inspection", "PacketFields", "Reputation",
                "RuleEngine", "Settings", "StreamCiphers", "WireBytes",
            ],
            swiftSettings: strict),
        .target(
            name: "Demonstration",
            dependencies: [
                "ConfigurationFiles", "DataPlane", "Events", "NetworkDriver", "Records", "Reputation", "RuleEngine",
                "Settings", "WireBytes",
            ],
            swiftSettings: strict),
        .target(
            name: "Rehearsal",
            dependencies: [
                "Captures", "ConfigurationFiles", "Events", "GameProtocol", "Geography", "Inspection", "PacketFields",
                "ProxyProtocol",
                "Records",
                "Reputation",
                "RuleEngine", "Settings", "WireBytes",
            ],
            swiftSettings: strict),
        .target(name: "Geography", dependencies: ["CMaxMindDB", "WireBytes"], swiftSettings: strict),
        .target(name: "KernelBans", dependencies: ["CNftables", "WireBytes"], swiftSettings: strict),
        .target(
            name: "StateStore",
            dependencies: [
                "Events", "Reputation", "Settings", "WireBytes",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Operations",
            dependencies: [
                "DataPlane", "Events", "Geography", "KernelBans", "Reputation", "RuleEngine", "Settings", "StateStore",
                "WireBytes",
            ],
            swiftSettings: strict),
        .target(
            name: "ControlPlane",
            dependencies: [
                "ConfigurationFiles", "Operations", "Records", "Reputation", "StateStore", "WireBytes",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "portcullis",
            dependencies: [
                "ControlPlane", "Geography", "KernelBans", "Operations", "StateStore",
                "CLinux", "Captures", "ConfigurationFiles", "DataPlane", "Demonstration", "Events", "Inspection",
                "Records",
                "Rehearsal",
                "Reputation", "RuleEngine", "Settings", "WireBytes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "inspection-benchmark",
            dependencies: [
                "CNftables", "ConfigurationFiles", "GameProtocol", "Inspection", "KernelBans", "PacketFields",
                "Reputation", "RuleEngine", "Settings", "StateStore", "StreamCiphers", "TestSupport", "WireBytes",
            ],
            path: "Benchmarks/Inspection",
            swiftSettings: lifetimes),
        .target(
            name: "TestSupport", dependencies: ["Captures", "WireBytes"], path: "Tests/Support", swiftSettings: strict),
        .testTarget(name: "WireBytesTests", dependencies: ["TestSupport", "WireBytes"], swiftSettings: testing),
        .testTarget(
            name: "InflationTests", dependencies: ["Inflation", "TestSupport"], swiftSettings: testing),
        .testTarget(
            name: "StreamCiphersTests",
            dependencies: ["StreamCiphers", "TestSupport"],
            swiftSettings: testing),
        .testTarget(
            name: "CapturesTests", dependencies: ["Captures", "TestSupport", "WireBytes"], swiftSettings: testing),
        .testTarget(
            name: "ProxyProtocolTests",
            dependencies: ["ProxyProtocol", "TestSupport", "WireBytes"],
            swiftSettings: testing),
        .testTarget(
            name: "PacketFieldsTests",
            dependencies: ["PacketFields", "TestSupport", "WireBytes"],
            swiftSettings: testing),
        .testTarget(
            name: "GeographyTests", dependencies: ["Geography", "TestSupport", "WireBytes"], swiftSettings: testing),
        .testTarget(
            name: "GameProtocolTests",
            dependencies: ["GameProtocol", "TestSupport", "WireBytes"],
            swiftSettings: testing),
        .testTarget(
            name: "RuleEngineTests",
            dependencies: ["PacketFields", "RuleEngine", "TestSupport", "WireBytes"],
            swiftSettings: testing),
        .testTarget(
            name: "ReputationTests",
            dependencies: ["Reputation", "Settings", "TestSupport", "WireBytes"],
            swiftSettings: testing),
        .testTarget(
            name: "InspectionTests",
            dependencies: [
                "ConfigurationFiles", "GameProtocol", "Inspection", "RuleEngine", "StreamCiphers", "TestSupport",
                "WireBytes",
            ],
            swiftSettings: testing),
        .testTarget(
            name: "ConfigurationFilesTests",
            dependencies: [
                "ConfigurationFiles", "GameProtocol", "Geography", "Inspection", "PacketFields", "Reputation",
                "RuleEngine",
                "Settings",
                "StreamCiphers", "TestSupport", "WireBytes",
            ],
            swiftSettings: testing),
        .testTarget(
            name: "RecordsTests",
            dependencies: [
                "Events", "Inspection", "Records", "Reputation", "RuleEngine", "Settings", "TestSupport", "WireBytes",
            ],
            swiftSettings: testing),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: ["ControlPlane", "Reputation", "TestSupport", "WireBytes"],
            swiftSettings: testing),
        .testTarget(
            name: "DemonstrationTests",
            dependencies: [
                "ConfigurationFiles", "Demonstration", "Events", "Inspection", "Reputation", "RuleEngine",
                "TestSupport",
                "WireBytes",
            ],
            swiftSettings: testing),
        .testTarget(
            name: "StateStoreTests",
            dependencies: [
                "Events", "Reputation", "Settings", "StateStore", "TestSupport", "WireBytes",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: testing),
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "ConfigurationFiles", "DataPlane", "Events", "GameProtocol", "Geography", "Inspection", "NetworkDriver",
                "PacketFields",
                "ProxyProtocol", "Rehearsal", "Reputation", "RuleEngine", "Settings", "StreamCiphers", "TestSupport",
                "WireBytes",
            ],
            swiftSettings: testing),
        .testTarget(
            name: "RehearsalTests",
            dependencies: [
                "Captures", "ConfigurationFiles", "Events", "GameProtocol", "Inspection", "PacketFields", "Rehearsal",
                "RuleEngine", "TestSupport", "WireBytes",
            ],
            swiftSettings: testing),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["ProxyProtocol", "TestSupport", "WireBytes"],
            swiftSettings: testing),
        .testTarget(
            name: "KernelBansTests",
            dependencies: [
                "Events", "KernelBans", "Operations", "Reputation", "Settings", "TestSupport", "WireBytes",
            ],
            swiftSettings: testing),
        .testTarget(name: "TestSupportTests", dependencies: ["TestSupport", "WireBytes"], swiftSettings: testing),
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: testing),
    ]
)
