// swift-tools-version: 6.1
import PackageDescription

// Every target is checked by the same strict rules.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, at path: String, exclude: [String] = [], uses dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: house)
}

func program(
    _ name: String, at path: String, resources: [Resource] = [], uses dependencies: [Target.Dependency]
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: house)
}

func tests(of name: String, uses dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)", swiftSettings: house)
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")

let package = Package(
    name: "checkout",
    products: [
        .executable(name: "checkout-api", targets: ["CheckoutAPI"]),
        .executable(name: "webhook-router", targets: ["webhook-router"]),
        .executable(name: "fulfillment-worker", targets: ["FulfillmentWorker"]),
        .executable(name: "checkoutctl", targets: ["CheckoutCtl"]),
        .executable(name: "stripe-sandbox", targets: ["StripeSandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", exact: "1.4.0",
            traits: [.defaults, "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    ],
    targets: [
        // Floor 0: nothing of ours below.
        .systemLibrary(name: "CSQLite", path: "Shared/Database/CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CPostgres", path: "Shared/Database/CPostgres", pkgConfig: "libpq"),
        .systemLibrary(name: "CCurl", path: "Shared/Mail/CCurl", pkgConfig: "libcurl"),
        module("StripeModels", at: "Shared/StripeModels", uses: [crypto]),
        module("Security", at: "Shared/Security", uses: [crypto, nioCore, nioPosix]),
        // Floor 1
        module(
            "Database", at: "Shared/Database", exclude: ["CSQLite", "CPostgres"],
            uses: ["CSQLite", "CPostgres", collections, logging]),
        // Floor 2
        module(
            "Messaging", at: "Shared/Messaging", uses: ["Database", serviceLifecycle, collections, logging, metrics]),
        module(
            "StripeClient", at: "Shared/StripeClient",
            uses: ["StripeModels", "Security", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL, logging, metrics]),
        module(
            "ServiceRuntime", at: "Shared/ServiceRuntime",
            uses: [
                "Security", hummingbird, serviceLifecycle, configuration, logging, coreMetrics, nioCore, httpTypes,
            ]),
        // Floor 3
        module(
            "Commerce", at: "Shared/Commerce",
            uses: ["Messaging", "Database", "StripeModels", "Security", serviceLifecycle, crypto, logging]),
        module(
            "TenantStripe", at: "Shared/TenantStripe",
            uses: ["Commerce", "Messaging", "Database", "StripeClient", "StripeModels", logging, metrics]),
        module("Mail", at: "Shared/Mail", exclude: ["CCurl"], uses: ["CCurl", "Commerce", "Security", mustache]),
        // Floor 4: the programs
        program(
            "CheckoutAPI", at: "Services/CheckoutAPI",
            resources: [.embedInCode("Contract"), .embedInCode("Pages")],
            uses: [
                "TenantStripe", "Commerce", "Messaging", "Database", "StripeModels", "StripeClient", "Security",
                "ServiceRuntime",
                hummingbird, hummingbirdCore, httpTypes, nioCore, serviceLifecycle, mustache, crypto, logging, metrics,
                asyncHTTPClient,
            ]),
        module(
            "WebhookRouter", at: "Services/WebhookRouter", exclude: ["Program"],
            uses: [
                "Commerce", "Messaging", "Database", "StripeModels", "Security", "ServiceRuntime", hummingbird,
                httpTypes, nioCore, serviceLifecycle, logging, metrics,
            ]),
        program("webhook-router", at: "Services/WebhookRouter/Program", uses: ["WebhookRouter", "ServiceRuntime"]),
        program(
            "verify-only-router", at: "Benchmarks/VerifyOnlyRouter",
            uses: ["WebhookRouter", "ServiceRuntime", "Messaging"]),
        program(
            "queue-benchmark", at: "Benchmarks/QueueBenchmark",
            uses: ["Messaging", "Database", argumentParser, serviceLifecycle, unixSignals, logging]),
        program(
            "FulfillmentWorker", at: "Services/FulfillmentWorker",
            uses: [
                "Mail", "TenantStripe", "Commerce", "Messaging", "Database", "StripeModels", "StripeClient",
                "Security", "ServiceRuntime",
                hummingbird, httpTypes, nioCore, nioHTTP1, serviceLifecycle, asyncHTTPClient, logging, metrics,
            ]),
        program(
            "CheckoutCtl", at: "Tools/CheckoutCtl",
            uses: [
                "Mail", "TenantStripe", "Commerce", "Messaging", "Database", "StripeModels", "StripeClient", "Security",
                "ServiceRuntime",
                argumentParser, asyncHTTPClient, crypto, logging,
            ]),
        program(
            "StripeSandbox", at: "Tools/StripeSandbox", resources: [.embedInCode("Pages")],
            uses: [
                "Database", "StripeModels", "Security", "ServiceRuntime", hummingbird, httpTypes, nioCore, nioHTTP1,
                serviceLifecycle, unixSignals, asyncHTTPClient, crypto, mustache, collections, logging,
            ]),
        // Tests
        .target(
            name: "TestSupport", dependencies: ["CPostgres", "Database", logging], path: "Tests/Support",
            resources: [.embedInCode("queue-invariants.sql")], swiftSettings: house),
        tests(of: "Security", uses: ["Security", nioCore]),
        tests(
            of: "ServiceRuntime",
            uses: [
                "ServiceRuntime", "Security", hummingbird, hummingbirdTesting, httpTypes, nioCore, nioPosix,
                serviceLifecycle, metrics, coreMetrics, logging,
            ]),
        tests(of: "StripeModels", uses: ["StripeModels", "TestSupport"]),
        tests(
            of: "StripeClient",
            uses: [
                "StripeClient", "StripeModels", "Security", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL,
                logging,
            ]),
        tests(
            of: "WebhookRouter",
            uses: [
                "WebhookRouter", "Commerce", "Messaging", "Database", "StripeModels", "Security", "ServiceRuntime",
                "TestSupport", asyncHTTPClient, hummingbird, nioCore, nioHTTP1, logging, serviceLifecycle,
            ]),
        tests(
            of: "FulfillmentWorker",
            uses: [
                "FulfillmentWorker", "Mail", "TenantStripe", "Commerce", "Messaging", "Database", "StripeModels",
                "StripeClient",
                "Security",
                "ServiceRuntime", "TestSupport", asyncHTTPClient, hummingbird, httpTypes, nioCore, nioPosix, crypto,
                logging,
                serviceLifecycle,
            ]),
        tests(
            of: "CheckoutAPI",
            uses: [
                "CheckoutAPI", "TenantStripe", "Commerce", "Messaging", "Database", "StripeModels", "StripeClient",
                "Security", "ServiceRuntime", "TestSupport", asyncHTTPClient, hummingbird, httpTypes, nioCore, nioHTTP1,
                logging, serviceLifecycle,
            ]),
        tests(of: "Database", uses: ["Database", "TestSupport", logging]),
        tests(of: "Messaging", uses: ["Messaging", "Database", "TestSupport", serviceLifecycle, logging]),
        program("QueueOperations", at: "Tests/Crash/Operation", uses: ["Messaging", "Database", logging]),
        program(
            "CrashingWorker", at: "Tests/Crash/Worker", uses: ["Messaging", "Database", serviceLifecycle, logging]),
        .testTarget(
            name: "CrashTests",
            // The programs' processes are killed, or die by themselves.
            dependencies: [
                "QueueOperations", "CrashingWorker", "CheckoutCtl", "Commerce", "Messaging", "Database", "TestSupport",
            ],
            path: "Tests/Crash", exclude: ["Operation", "Worker"], swiftSettings: house),
        tests(
            of: "Commerce",
            uses: ["Commerce", "Messaging", "Database", "StripeModels", "Security", "TestSupport", logging]),
        tests(of: "Mail", uses: ["Mail", "Commerce", "Security", nioCore, nioPosix]),
        tests(
            of: "CheckoutCtl",
            uses: [
                "CheckoutCtl", "Mail", "TenantStripe", "Commerce", "Messaging", "Database", "StripeModels",
                "StripeClient", "Security", "ServiceRuntime", "TestSupport", argumentParser,
            ]),
        tests(
            of: "StripeSandbox",
            uses: [
                "StripeSandbox", "StripeModels", "ServiceRuntime", hummingbird, asyncHTTPClient, nioCore, nioHTTP1,
                httpTypes, serviceLifecycle, logging,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// `make test-tsan` needs these alone: the rest would take many times as long to build.
if Context.environment["CHECKOUT_TSAN"] != nil {
    let needed = ["CSQLite", "CPostgres", "Database", "Messaging", "TestSupport", "DatabaseTests", "MessagingTests"]
    package.products = []
    package.targets.removeAll { !needed.contains($0.name) }
}

// The images are built without the sources of the tests and the benchmarks (deploy/Dockerfile).
if Context.environment["CHECKOUT_PROGRAMS_ONLY"] != nil {
    package.targets.removeAll { target in
        ["Tests/", "Benchmarks/"].contains { target.path?.hasPrefix($0) == true }
    }
}
