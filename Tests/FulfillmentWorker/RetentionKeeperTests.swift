import Commerce
import Database
import Messaging
import TestSupport
import Testing

@testable import FulfillmentWorker

struct RetentionKeeperTests {
    @Test(arguments: [
        (100, Duration.milliseconds(25), 50), (100, .milliseconds(7), 100), (100, .milliseconds(1), 150),
        (10, .seconds(1), 10), (1000, .zero, 1000),
    ])
    func `a step that took too long is followed by a smaller one`(_ size: Int, _ time: Duration, _ next: Int) {
        #expect(RetentionKeeper.next(size, after: time) == next)
    }

    @Test func `old events and jobs go, by one worker an hour, however many steps it takes`() async throws {
        try await withShop(on: .sqlite) { shop in
            for number in 0..<250 {
                try await shop.receive(IntentJSON(id: "pi_\(number)"), id: "evt_\(number)")
            }
            try await shop.work(atMost: 300)
            try await shop.test.advance(by: .seconds(31 * 86_400))
            try await shop.receive(IntentJSON(id: "pi_new"), id: "evt_new")
            let keeper = RetentionKeeper(
                database: shop.database, retention: Retention(olderThan: .seconds(30 * 86_400)),
                pauses: (look: .seconds(60), step: .zero), logger: quiet)

            let removed = try await keeper.removeIfDue()
            #expect(removed == 250)
            #expect(try await EventInbox(shop.database).count(EventSelection()) == 1)
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["ready"])

            let again = try await keeper.removeIfDue()
            #expect(again == nil)
            try await shop.test.advance(by: .seconds(3601))
            let later = try await keeper.removeIfDue()
            #expect(later == 0)
        }
    }
}
