import Commerce
import Database
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

@testable import WebhookRouter

@Suite(.timeLimit(.minutes(2))) struct WebhookRouteTests {
    @Test(arguments: Engine.all)
    func `a signed event is stored with its job before the answer, byte for byte`(on engine: Engine) async throws {
        try await withRouter(on: engine) { router in
            let body = event(more: #","description":"naïve \u00e9 😀""#)
            let answer = try await router.post(body)
            #expect(answer.status == 200)
            #expect(answer.body == #"{"received":true}"#)
            #expect(answer["content-type"] == "application/json")
            #expect(answer["x-request-id"]?.hasPrefix("req_") == true)

            let row = try #require(try await router.events().first)
            #expect(row.stripeEventID == "evt_1")
            #expect(row.tenant == router.tenant.tenant.id)
            #expect(row.type == "payment_intent.succeeded")
            #expect(row.state == "pending")
            #expect(row.endpointID == router.tenant.endpoint.rawValue)
            let stored = try await router.test.database.read { try EventInbox.event(row.id, in: $0) }
            #expect(stored?.body == body)
            #expect(stored?.signature.hasPrefix("t=\(RunningRouter.now),v1=") == true)

            let job = try #require(
                try await JobQueue(router.test.database).claim([.applyStripeEvent], limit: 9, lease: .seconds(30)).first
            )
            #expect(try job.payload(ApplyEventPayload.self).event == row.id)
            #expect(job.tenant == row.tenant)
        }
    }

    @Test(arguments: Engine.all)
    func `an event that comes again is one row and one job`(on engine: Engine) async throws {
        try await withRouter(on: engine) { router in
            #expect(try await router.post(event()).body == #"{"received":true}"#)
            // Stripe signs each delivery anew.
            let again = try await router.post(event(), at: RunningRouter.now - 5)
            #expect(again.status == 200)
            #expect(again.body == #"{"received":true,"duplicate":true}"#)
            #expect(try await router.events().count == 1)
            #expect(try await router.jobs().count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `many deliveries of a few events at once are each stored once`(on engine: Engine) async throws {
        try await withRouter(on: engine) { router in
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<60 {
                    group.addTask { try await router.post(event(id: "evt_\(number % 20)")).body }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(answers == [#"{"received":true}"#: 20, #"{"received":true,"duplicate":true}"#: 40])
            #expect(try await router.events().count == 20)
            #expect(try await router.jobs().count == 20)
        }
    }

    @Test(arguments: Engine.all, ["charge.succeeded", "customer.created", "anything.new"])
    func `a type that nobody acts on is kept, answered with 200 and has no job`(
        on engine: Engine, type: String
    ) async throws {
        try await withRouter(on: engine) { (router) async throws in
            #expect(try await router.post(event(type: type)).status == 200)
            #expect(try await router.events().map(\.state) == ["ignored"])
            #expect(try await router.jobs().isEmpty)
        }
    }

    @Test(arguments: Engine.all, [true, false])
    func `an event of the other mode is kept and has no job`(on engine: Engine, livemode: Bool) async throws {
        try await withRouter(on: engine, livemode: livemode) { router in
            #expect(try await router.post(event(livemode: !livemode)).status == 200)
            let rows = try await router.events()
            #expect(rows.map(\.state) == ["kept"])
            #expect(rows.map(\.livemode) == [!livemode])
            #expect(try await router.jobs().isEmpty)
        }
    }

    /// A tenant's account, and that of an event: a Connect endpoint is sent the events of all connected accounts.
    static let foreign: [(tenant: String?, event: String?)] = [
        ("acct_a", "acct_b"), ("acct_a", "acct_A"), ("acct_a", nil), (nil, "acct_b"),
    ]

    @Test(arguments: Engine.all, foreign)
    func `an event of another account is kept and has no job`(
        on engine: Engine, accounts: (tenant: String?, event: String?)
    ) async throws {
        try await withRouter(on: engine, account: accounts.tenant) { router in
            #expect(try await router.post(event(account: accounts.event)).body == #"{"received":true}"#)
            let rows = try await router.events()
            #expect(rows.map(\.state) == ["kept"])
            #expect(rows.map(\.account) == [accounts.event])
            #expect(try await router.jobs().isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `an event of the tenant's connected account has a job`(on engine: Engine) async throws {
        try await withRouter(on: engine, account: "acct_a") { (router) async throws in
            #expect(try await router.post(event(account: "acct_a")).status == 200)
            #expect(try await router.events().map(\.state) == ["pending"])
            #expect(try await router.jobs().count == 1)
        }
    }

    @Test func `a webhook that is taken leaves no line in the log at the ordinary level`() async throws {
        try await withRouter(on: .sqlite) { (router) async throws in
            #expect(try await router.post(event()).status == 200)
            let lines = router.log.all.filter { $0.contains(#""Request""#) }
            #expect(lines.allSatisfy { $0.contains(#""level":"debug""#) })
        }
    }

    @Test(arguments: Engine.all)
    func `a thin event of a type that is acted on has a job, any other is kept`(on engine: Engine) async throws {
        try await withRouter(on: engine) { (router) async throws in
            let body = Array(
                """
                {"id":"evt_thin","object":"v2.core.event","type":"v1.payment_intent.succeeded","livemode":false,
                "created":"2026-11-22T10:00:00.123Z","related_object":{"id":"pi_1","type":"payment_intent","url":"/v1"}}
                """.utf8)
            #expect(try await router.post(body).status == 200)
            #expect(try await router.events().map(\.state) == ["pending"])
            #expect(try await router.jobs().count == 1)
            let other = String(decoding: body, as: UTF8.self)
                .replacing("evt_thin", with: "evt_other").replacing("v1.payment_intent.succeeded", with: "v1.tax.done")
            #expect(try await router.post(Array(other.utf8)).status == 200)
            #expect(try await router.events().map(\.state).sorted() == ["ignored", "pending"])
            #expect(try await router.jobs().count == 1)
        }
    }

    @Test func `any of the endpoint's secrets will do, and one that is added counts at once`() async throws {
        try await withRouter(on: .sqlite) { router in
            let second = "whsec_the_second"
            #expect(try await router.post(event(id: "evt_1")).status == 200)
            #expect(try await router.post(event(id: "evt_2"), secret: second).status == 400)
            _ = try await router.stores.endpoints.addSecret(
                Secret(second), to: router.tenant.endpoint, of: router.tenant.tenant.id)
            // A flood of bad signatures makes the router look ten times a second, not more.
            #expect(try await router.post(event(id: "evt_2"), secret: second).status == 400)
            router.clock.advance(by: .milliseconds(100))
            #expect(try await router.post(event(id: "evt_2"), secret: second).status == 200)
            #expect(try await router.post(event(id: "evt_3")).status == 200)
        }
    }

    @Test func `a secret that is removed counts for five seconds at most`() async throws {
        try await withRouter(on: .sqlite) { router in
            #expect(try await router.post(event(id: "evt_1")).status == 200)
            _ = try await router.stores.endpoints.addSecret(
                Secret("whsec_the_second"), to: router.tenant.endpoint, of: router.tenant.tenant.id)
            _ = try await router.stores.endpoints.removeSecret(
                ending: String(router.secret.suffix(4)), from: router.tenant.endpoint, of: router.tenant.tenant.id)
            router.clock.advance(by: .seconds(5))
            #expect(try await router.post(event(id: "evt_2")).status == 400)
            #expect(try await router.post(event(id: "evt_2"), secret: "whsec_the_second").status == 200)
        }
    }

    @Test func `Stripe's two signatures while a secret is rolled are both tried`() async throws {
        try await withRouter(on: .sqlite) { (router) async throws in
            let body = event()
            let good = WebhookSignature.header(body: body, secret: router.secret, timestamp: RunningRouter.now)
            let bad = WebhookSignature.header(body: body, secret: "whsec_old_secret", timestamp: RunningRouter.now)
            let both = "\(bad),\(good.split(separator: ",")[1])"
            #expect(try await router.post(body, signature: both).status == 200)
        }
    }
}
