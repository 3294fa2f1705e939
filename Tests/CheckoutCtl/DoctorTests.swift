import ArgumentParser
import Commerce
import Database
import Foundation
import TestSupport
import Testing

@testable import CheckoutCtl

@Suite struct DoctorTests {
    private let key = "k1:" + String(repeating: "A", count: 43) + "="

    private func check(_ environment: [String: String]) throws -> SettingsCheck {
        SettingsCheck(try SettingsOptions.parse([]), environment: environment)
    }

    @Test func `right settings are all well, and the key ring is not shown`() throws {
        let findings = try check(["CHECKOUT_MASTER_KEYS": key]).findings
        #expect(findings.allSatisfy { $0.status == .ok })
        #expect(findings.contains(.ok("CHECKOUT_MASTER_KEYS", "<secret>")))
        #expect(findings.contains(.ok("WORKER_CONCURRENCY", "16")))
    }

    @Test func `every setting at fault is found, each with its mend`() throws {
        let findings = try check([
            "DATABASE_URL": "mysql://x", "WORKER_CONCURRENCY": "none", "LOG_LEVEL": "loud", "PUBLIC_BASE_URL": "x",
        ]).findings.filter { $0.status == .wrong }
        #expect(
            Set(findings.map(\.check)) == [
                "DATABASE_URL", "WORKER_CONCURRENCY", "LOG_LEVEL", "PUBLIC_BASE_URL", "CHECKOUT_MASTER_KEYS",
            ])
        #expect(findings.allSatisfy { $0.mend?.isEmpty == false })
    }

    @Test func `two programs on one port are found`() throws {
        let findings = try check(["CHECKOUT_MASTER_KEYS": key, "CHECKOUT_API_LISTEN": "127.0.0.1:8082"]).findings
        #expect(findings.filter { $0.status == .wrong }.map(\.check) == ["FULFILLMENT_WORKER_LISTEN"])
    }

    @Test func `a fault's line is taken apart into what is wrong and the mend`() {
        let finding = SettingsCheck.fault("LOG_LEVEL: \"x:y\" is not one of a, b; set it to one of them")
        #expect(finding == .wrong("LOG_LEVEL", "\"x:y\" is not one of a, b", mend: "set it to one of them"))
    }

    @Test(arguments: [(0, "ok"), (9, "ok"), (-9, "ok"), (60, "wrong"), (-60, "wrong")])
    func `a clock that is off is found`(_ ahead: Int64, _ status: String) throws {
        let now = Date(timeIntervalSince1970: 1_795_305_600)
        let finding = StripeCheck.clock(1_795_305_600 - ahead, roundTrip: .milliseconds(80), now: now)
        #expect(finding.status.rawValue == status)
        if ahead == 60 { #expect(finding.detail.contains("is 60 seconds ahead of Stripe")) }
        if ahead == -60 { #expect(finding.detail.contains("is 60 seconds behind Stripe")) }
    }

    @Test func `an answer without a date says that it was not compared`() {
        let finding = StripeCheck.clock(nil, roundTrip: .zero, now: Date())
        #expect(finding.status == .note)
    }

    @Test(arguments: Engine.all)
    func `a database without the schema is found, and one with it is well`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { place in
            let check = DatabaseCheck(database: place.database, url: place.url, now: { Double(TestClock.start) / 1e6 })
            let before = await check.findings().filter { $0.status == .wrong }
            #expect(before.map(\.check) == ["schema"])
            #expect(before.first?.mend == "run 'checkoutctl migrate'")
            _ = try await place.database.migrate(Schema.migrations)
            #expect(await check.findings().allSatisfy { $0.status == .ok })
        }
    }

    @Test(arguments: Engine.all)
    func `a database whose clock is off is found`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let check = DatabaseCheck(database: place.database, url: place.url, now: { Double(TestClock.start) / 1e6 })
            try await place.advance(by: .seconds(90))
            let wrong = await check.findings().filter { $0.status == .wrong }
            #expect(wrong.map(\.check) == ["database clock"])
            #expect(wrong.first?.detail == "is 90 seconds ahead of this machine's")
        }
    }

    @Test func `a verdict counts what is wrong`() {
        let text = Finding.text([.ok("a", "fine"), .wrong("bc", "broken\u{1B}[2J", mend: "mend it")])
        #expect(
            text == """
                ok     a   fine
                WRONG  bc  broken\u{FFFD}[2J
                           mend: mend it

                1 of 2 checks found something wrong.
                """)
        #expect(Finding.text([.ok("a", "fine")]).hasSuffix("All is well."))
    }
}
