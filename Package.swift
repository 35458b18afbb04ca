// swift-tools-version: 6.2

import PackageDescription

/// A release that runs on a bare host: libssh2 and libyaml linked in, the rest shared (see CONTRIBUTING.md).
let portable = Context.environment["KUMKI_STATIC"] != nil
let fuzzing = Context.environment["KUMKI_FUZZ"] != nil

let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: house, plugins: plugins)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: house)
}

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Fuzz/\(name)", swiftSettings: house)
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "kumki",
    products: [.executable(name: "kumki", targets: ["kumki"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Without its trait it needs FoundationEssentials only.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        // Layer 0: system libraries.
        .systemLibrary(
            name: "CLibYAML", pkgConfig: portable ? nil : "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .systemLibrary(
            name: "CLibSSH2", pkgConfig: portable ? nil : "libssh2",
            providers: [.apt(["libssh2-1-dev"]), .brew(["libssh2"])]),
        .systemLibrary(
            name: "CLibCrypto", pkgConfig: portable ? nil : "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(name: "CEpoll"),

        // Layer 1.
        room("Diagnostics"),
        room("Graph"),

        // Layer 2.
        room("YAML", ["CLibYAML", "Diagnostics"]),
        room("PostgreSQL", ["CLibCrypto", "Diagnostics"]),
        room("Pgpool", ["CLibCrypto", "Diagnostics"]),
        room("Hosts", ["Diagnostics"]),

        // Layer 3.
        room("SSH", ["CLibSSH2", "CLibCrypto", "CEpoll", "Hosts", "Diagnostics"]),
        room("Inventory", ["YAML", "PostgreSQL", "Pgpool", "Diagnostics"]),
        room("Templates", ["Diagnostics"]),

        // Layer 4 and up: the engine.
        room("Resources", ["Hosts", "PostgreSQL", "Pgpool", "Diagnostics"]),
        room(
            "Blueprint",
            ["Inventory", "Templates", "Resources", "Graph", "YAML", "PostgreSQL", "Pgpool", "Hosts", "Diagnostics"],
            // No fuzzer needs it, and the sanitizers break the linking of its tool.
            plugins: fuzzing ? [] : ["Embed"]),
        room(
            "Planning",
            ["Blueprint", "Inventory", "Resources", "Graph", "PostgreSQL", "Pgpool", "Hosts", "Diagnostics"]),
        room(
            "Applying",
            ["Planning", "Blueprint", "Inventory", "Resources", "Graph", "PostgreSQL", "Hosts", "Diagnostics"]),
        room(
            "Operations",
            [
                "Applying", "Planning", "Blueprint", "Inventory", "Resources", "Graph", "PostgreSQL", "Pgpool", "Hosts",
                "YAML", "Diagnostics",
            ]),
        room("Lab", ["Hosts", "Inventory", "PostgreSQL", "Diagnostics", subprocess, system]),
        room(
            "CommandLine",
            [
                "Operations", "Applying", "Planning", "Blueprint", "Inventory", "Resources", "Graph", "PostgreSQL",
                "Hosts", "SSH", "Lab", "YAML", "Templates", "Diagnostics", logging, arguments,
            ]),
        .executableTarget(
            name: "kumki", dependencies: ["CommandLine"], swiftSettings: house,
            linkerSettings: portable
                ? [
                    .linkedLibrary(":libssh2.a"), .linkedLibrary(":libyaml.a"), .linkedLibrary("crypto"),
                    .linkedLibrary("z"),
                ]
                : []),

        // Build tools.
        .executableTarget(name: "embed", swiftSettings: house),
        .plugin(name: "Embed", capability: .buildTool(), dependencies: ["embed"]),

        // Tests: a target a room, and the two that look at the whole.
        .target(
            name: "TestSupport", dependencies: ["Resources", "Hosts", subprocess], path: "Tests/TestSupport",
            swiftSettings: house),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("GraphTests", ["Graph"]),
        tests("YAMLTests", ["YAML", "Diagnostics"]),
        tests("PostgreSQLTests", ["PostgreSQL", "Diagnostics"]),
        tests("PgpoolTests", ["Pgpool", "Diagnostics"]),
        tests("SSHTests", ["SSH", "Hosts", "Diagnostics"]),
        tests("InventoryTests", ["Inventory", "YAML", "PostgreSQL", "Diagnostics", "TestSupport"]),
        tests("TemplatesTests", ["Templates", "Diagnostics"]),
        tests(
            "ResourcesTests", ["Resources", "Applying", "Hosts", "PostgreSQL", "Pgpool", "Diagnostics", "TestSupport"],
            exclude: ["Cases"]),
        tests(
            "BlueprintTests",
            [
                "Blueprint", "Inventory", "Resources", "Templates", "Graph", "PostgreSQL", "Hosts", "Diagnostics",
                "TestSupport",
            ], exclude: ["Goldens"]),
        tests(
            "PlanningTests",
            [
                "Planning", "Applying", "Operations", "Blueprint", "Inventory", "Resources", "Graph", "PostgreSQL",
                "Hosts", "Diagnostics", "TestSupport",
            ]),
        tests(
            "OperationsTests",
            ["Operations", "Inventory", "PostgreSQL", "Resources", "Hosts", "Diagnostics", "TestSupport"],
            exclude: ["Goldens"]),
        tests("LabUnitTests", ["Lab", "Inventory", "PostgreSQL", "Hosts", "Diagnostics"]),
        tests(
            "CommandLineTests",
            [
                "CommandLine", "kumki", "Operations", "Applying", "Planning", "Blueprint", "Inventory", "Resources",
                "Graph", "PostgreSQL", "Hosts", "Lab", "Diagnostics",
            ]),
        tests("ArchitectureTests", ["Blueprint"]),
        tests("LabTests", ["CommandLine", "kumki", "Lab", "SSH", "Hosts", "Inventory", "PostgreSQL", "Diagnostics"]),
    ]
        + (fuzzing
            ? [
                fuzzer("fuzz-yaml", ["Inventory", "Diagnostics"]),
                fuzzer("fuzz-postgresql", ["PostgreSQL", "Diagnostics"]),
                fuzzer("fuzz-template", ["Templates", "Diagnostics"]),
            ] : []),
    swiftLanguageModes: [.v6]
)
