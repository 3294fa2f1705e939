import Database
import ServiceRuntime
import Testing

@testable import WebhookRouter

@Suite struct RouterSettingsTests {
    @Test func `the database's pools have the sizes that are set`() throws {
        var reader = SettingsReader(
            arguments: ["webhook-router", "--database-connections", "20"],
            environment: ["CHECKOUT_MASTER_KEYS": "k1:\(String(repeating: "A", count: 43))=", "DATABASE_READERS": "2"])
        let options = RouterSettings(reading: &reader).databaseOptions
        try reader.finish()
        #expect(options.readers == 2)
        #expect(options.connections == 20)
        #expect(options.busyTimeout == .milliseconds(2500))
    }
}
