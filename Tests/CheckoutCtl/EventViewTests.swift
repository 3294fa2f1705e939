import Commerce
import Database
import Foundation
import Messaging
import Security
import TestSupport
import Testing

@testable import CheckoutCtl

@Suite struct EventViewTests {
    @Test(arguments: Engine.all)
    func `an event's row has the contract's fields and no others`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let keys = try KeyRing(parsing: "k1:" + Data(repeating: 7, count: 32).base64EncodedString())
            let tenant = try await TenantStore(database: place.database, keys: keys).create(
                NewTenant(
                    name: "Shop", stripeSecretKey: Secret("sk_test_12345678"), stripePublishableKey: "pk_test_12345678")
            )
            let inbox = EventInbox(place.database)
            _ = try await inbox.record(
                ReceivedEvent(
                    tenant: tenant.tenant.id, livemode: false, stripeEventID: "evt_1", type: "payment_intent.succeeded",
                    apiVersion: nil, account: nil, created: 1_795_305_599, endpointID: tenant.endpoint.rawValue,
                    signature: "t=1,v1=00", body: Array(#"{"id":"evt_1"}"#.utf8), state: .ignored))

            let row = try #require(try await inbox.events(limit: 10).first)
            let json = try JSON.object(EventView.fields(row)).text()
            #expect(
                json == """
                    {"created":1795305599,"id":"\(row.id)","livemode":false,"received_at":1795305600,\
                    "state":"ignored","stripe_event_id":"evt_1","tenant":"\(tenant.tenant.id)",\
                    "type":"payment_intent.succeeded"}
                    """)

            let stored = try #require(try await place.database.read { try EventInbox.event(row.id, in: $0) })
            #expect(try EventView.json(stored).text().contains(#""body":"{\"id\":\"evt_1\"}""#))
            #expect(EventView.text(stored).hasSuffix("\n\n{\"id\":\"evt_1\"}"))
        }
    }
}
