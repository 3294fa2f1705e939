import Foundation

/// The engines that every test of a table runs on.
package enum Engine: String, Sendable, CaseIterable {
    case sqlite, postgres

    /// PostgreSQL is left out, with a word, where no server was started for the tests (`make test` starts one).
    package static let all: [Engine] = {
        if postgresURL != nil { return [.sqlite, .postgres] }
        FileHandle.standardError.write(
            Data("PostgreSQL tests are skipped: CHECKOUT_TEST_POSTGRES_URL is not set (make test sets it).\n".utf8))
        return [.sqlite]
    }()

    static let postgresURL = ProcessInfo.processInfo.environment["CHECKOUT_TEST_POSTGRES_URL"]
}
