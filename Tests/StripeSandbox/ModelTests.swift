import StripeModels
import Testing

@testable import StripeSandbox

/// The services' models read what the sandbox answers, as they read what Stripe answers.
struct ModelTests {
    @Test func `each resource is read by its model`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let customer = try await stripe.post("/v1/customers", ["email": "a@example.com", "name": "A"])
            #expect(try read(Customer.self, customer).id == customer.id)
            let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
            let intent = try read(PaymentIntent.self, paid)
            #expect(intent.status == .succeeded)
            #expect(intent.amountReceived == 1099)
            let charge = try await stripe.get("/v1/charges/\(intent.latestCharge ?? "")")
            #expect(try read(Charge.self, charge).id == charge.id)
            let method = try await stripe.get("/v1/payment_methods/\(intent.paymentMethod ?? "")")
            #expect(try read(PaymentMethod.self, method).id == method.id)
            #expect(
                try read(Refund.self, try await stripe.post("/v1/refunds", ["charge": charge.id])).id.hasPrefix("re_"))
            _ = try read(Balance.self, try await stripe.get("/v1/balance"))
            let endpoint = try await stripe.post(
                "/v1/webhook_endpoints", ["url": "http://127.0.0.1:9/", "enabled_events[]": "*"])
            #expect(try read(WebhookEndpoint.self, endpoint).id == endpoint.id)
            let list = try await stripe.get("/v1/payment_intents")
            #expect(try read(StripeList<PaymentIntent>.self, list).data.map(\.id) == [intent.id])
        }
    }

    @Test func `an event is read, and its object`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
            let list = try await stripe.get("/v1/events", ["type": "payment_intent.succeeded"])
            let event = try await stripe.get("/v1/events/\(list.ids[0])")
            let envelope = try EventEnvelope.read(Array(event.text.utf8))
            #expect(envelope.type == "payment_intent.succeeded")
            #expect(envelope.objectID == paid.id)
            let object = try StripeEvent.decode(object: PaymentIntent.self, from: Array(event.text.utf8))
            #expect(object.status == .succeeded)
        }
    }

    @Test func `a dispute is read, and a thin event in both its forms`() async throws {
        try await SandboxUnderTest.serve(SandboxUnderTest.slow()) { stripe in
            _ = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_createDispute"])
            try await stripe.passTime()
            let disputes = try await stripe.get("/v1/disputes")
            let dispute = try #require(try read(StripeList<Dispute>.self, disputes).data.first)
            #expect(dispute.status == .needsResponse)
            let twin = try await stripe.get("/v1/events", ["type": "charge.dispute.created"])
            let listed = try await stripe.get("/v2/core/events", ["types[0]": "v1.charge.dispute.created"])
            let id = listed.body["data"].elements.first?["id"].string ?? ""
            let fetched = try await stripe.get("/v2/core/events/\(id)")
            let thin = try read(ThinEvent.self, fetched)
            #expect(thin.snapshotEvent == twin.ids.first)
            #expect(thin.related?.url == "/v1/disputes/\(dispute.id)")
            let envelope = try EventEnvelope.read(Array(fetched.text.utf8))
            #expect(envelope.isThin)
            #expect(envelope.objectID == dispute.id)
        }
    }

    private func read<Model: Decodable>(_ type: Model.Type, _ reply: SandboxUnderTest.Reply) throws -> Model {
        try StripeJSON.decode(type, from: Array(reply.text.utf8))
    }
}
