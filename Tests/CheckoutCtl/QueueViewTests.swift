import Database
import Messaging
import TestSupport
import Testing

@testable import CheckoutCtl

@Suite struct QueueViewTests {
    private let tenant = TenantID(rawValue: "ten_1")
    private let deliveries = JobKind("deliver_to_storefront")

    @Test(arguments: [
        (0, "0s"), (999_999, "0s"), (59_000_000, "59s"), (60_000_000, "1m"), (125_000_000, "2m 5s"),
        (3_600_000_000, "1h"), (3_659_000_000, "1h"), (3_660_000_000, "1h 1m"), (90_061_000_000, "1d 1h"), (-5, "0s"),
    ])
    func `an age has its two largest units`(_ microseconds: Int64, _ text: String) {
        #expect(Age.text(microseconds) == text)
    }

    @Test func `lanes are named in words and by the flags that choose them`() {
        let all = LaneSelector(tenant: tenant)
        let both = LaneSelector(tenant: tenant, kind: deliveries)
        let kind = LaneSelector(kind: deliveries)
        #expect(
            [all, both, kind].map(\.words) == [
                "jobs of ten_1", "deliver_to_storefront jobs of ten_1", "deliver_to_storefront jobs",
            ])
        #expect(both.flags == "--tenant ten_1 --kind deliver_to_storefront")
        #expect(all.overlaps(kind) && kind.overlaps(both) && both.overlaps(all))
        #expect(!all.overlaps(LaneSelector(tenant: TenantID(rawValue: "ten_2"), kind: deliveries)))
        #expect(!kind.overlaps(LaneSelector(kind: JobKind("apply_stripe_event"))))
    }

    @Test func `whoever resumes is told what is still paused`() {
        let lanes = LaneSelector(tenant: tenant)
        let text = QueueResumeCommand.text(lanes, wasPaused: false, stillPaused: [LaneSelector(kind: deliveries)])
        #expect(
            text == """
                Nothing to do: there is no pause of jobs of ten_1.
                Still paused: deliver_to_storefront jobs ('checkoutctl queue resume --kind deliver_to_storefront').
                """)
    }

    @Test(arguments: Engine.all)
    func `the queue is shown with what holds it up`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: MessagingSchema.migrations) { place in
            let queue = JobQueue(place.database)
            let (tenant, deliveries) = (tenant, deliveries)
            try await place.database.write { connection in
                for _ in 0..<2 {
                    try JobQueue.enqueue(NewJob(deliveries, tenant: tenant, payload: [1]), in: connection)
                }
                try JobQueue.pause(LaneSelector(tenant: tenant), in: connection)
                try JobQueue.setShare(of: tenant, weight: 3, limit: nil, in: connection)
                for _ in 0..<5 {
                    try CircuitBreaker.note(.unreachable, tenant: tenant, kind: deliveries, in: connection)
                    try CircuitBreaker.note(
                        .unreachable.ofAllTenants, tenant: tenant, kind: JobKind("send_email"), in: connection)
                }
            }
            try await place.advance(by: .seconds(125))
            let view = QueueView(
                statistics: try await queue.statistics(), pauses: try await queue.pauses(),
                breakers: try await queue.breakers(), shares: try await queue.shares())
            #expect(
                view.text == """
                    KIND                   STATE  JOBS  OLDEST
                    deliver_to_storefront  ready     2   2m 5s

                    PAUSED TENANT  PAUSED KIND  SINCE
                    ten_1          every        2026-11-22T00:00:00Z

                    OPEN BREAKER OF  KIND                   FAILURES  TRIED NEXT
                    every            send_email                    5  2026-11-22T00:00:05Z
                    ten_1            deliver_to_storefront         5  2026-11-22T00:00:05Z

                    SHARE OF  WEIGHT  LIMIT
                    ten_1          3   none
                    """)
            let json = try view.json.text()
            #expect(
                json == """
                    {"breakers":[{"failures":5,"kind":"send_email","next_try_at":1795305605,"tenant":null},\
                    {"failures":5,"kind":"deliver_to_storefront","next_try_at":1795305605,"tenant":"ten_1"}],\
                    "data":[{"count":2,"kind":"deliver_to_storefront","oldest_age":125,"state":"ready"}],\
                    "object":"queue_stats",\
                    "paused":[{"kind":null,"since":1795305600,"tenant":"ten_1"}],\
                    "shares":[{"limit":null,"tenant":"ten_1","weight":3}]}
                    """)
        }
    }

    @Test func `an empty queue says so and nothing more`() {
        let view = QueueView(statistics: [], pauses: [], breakers: [], shares: [])
        #expect(view.text == "Nothing waits, nothing runs, nothing is dead.")
    }
}
