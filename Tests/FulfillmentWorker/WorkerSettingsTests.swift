import Commerce
import Database
import ServiceRuntime
import Testing

@testable import FulfillmentWorker
@testable import Messaging

@Suite struct WorkerSettingsTests {
    private static let keys = "k1:\(String(repeating: "A", count: 43))="

    private func read(_ environment: [String: String]) throws -> WorkerSettings {
        var reader = SettingsReader(arguments: ["fulfillment-worker"], environment: environment)
        let settings = WorkerSettings(reading: &reader)
        try reader.finish()
        return settings
    }

    @Test func `the defaults are the contract's`() throws {
        let settings = try read(["CHECKOUT_MASTER_KEYS": Self.keys])
        #expect(settings.database == .sqlite(path: "data/checkout.db"))
        #expect(settings.stripeAPIBase == "https://api.stripe.com")
        #expect(settings.concurrency == 16)
        #expect(!settings.allowPrivateDestinations)
        let hours = 3600
        #expect(
            settings.deliverySchedule.map(\.components.seconds)
                == [5, 300, 1800, Int64(2 * hours), 18_000, 36_000, 50_400, 72_000, 86_400])
    }

    @Test func `a schedule of one's own replaces the contract's`() throws {
        let settings = try read(["CHECKOUT_MASTER_KEYS": Self.keys, "DELIVERY_RETRY_SCHEDULE": "1,0.5, 20"])
        #expect(settings.deliverySchedule == [.seconds(1), .milliseconds(500), .seconds(20)])
    }

    @Test func `the database's pools have the sizes that are set`() throws {
        let settings = try read([
            "CHECKOUT_MASTER_KEYS": Self.keys, "DATABASE_READERS": "2", "DATABASE_CONNECTIONS": "20",
        ])
        #expect(settings.databaseOptions.readers == 2)
        #expect(settings.databaseOptions.connections == 20)
    }

    @Test(arguments: [
        ("CHECKOUT_MASTER_KEYS", "k1:abc"), ("CHECKOUT_MASTER_KEYS", ""), ("DATABASE_URL", "mysql://x"),
        ("WORKER_CONCURRENCY", "0"), ("WORKER_CONCURRENCY", "many"), ("DELIVERY_RETRY_SCHEDULE", "5,x"),
        ("DELIVERY_RETRY_SCHEDULE", Array(repeating: "1", count: 21).joined(separator: ",")),
        ("DATABASE_CONNECTIONS", "0"), ("DATABASE_READERS", "65"),
        ("ALLOW_PRIVATE_DESTINATIONS", "perhaps"), ("STRIPE_API_BASE", "api.stripe.com"),
    ])
    func `a bad setting is a fault that names it`(_ name: String, _ value: String) {
        var environment = ["CHECKOUT_MASTER_KEYS": Self.keys]
        environment[name] = value
        #expect {
            try read(environment)
        } throws: { error in
            guard case .faults(let lines)? = error as? SettingsError else { return false }
            return lines.count == 1 && lines[0].hasPrefix("\(name): ") && !lines[0].contains(Self.keys)
        }
    }

    @Test func `a schedule has fewer tries than its job may have claims`() throws {
        let steps = { (count: Int) in Array(repeating: "1", count: count).joined(separator: ",") }
        let most = ["CHECKOUT_MASTER_KEYS": Self.keys, "DELIVERY_RETRY_SCHEDULE": steps(20)]
        #expect(try read(most).deliverySchedule.count == 20)
        let job = try NewJob(.deliverToStorefront, tenant: TenantID.new(), payload: 1)
        #expect(job.maxAttempts > DeliverySchedule.longest + 1)
        for schedule in [[], DeliverySchedule.standard] {
            let policy = RetryPolicy.schedule(schedule)
            #expect(policy.delay(afterAttempt: schedule.count + 1) == nil)
        }
    }
}
