import Foundation
import StripeClient
import StripeModels
import Testing

/// Every form with all its fields, held against what the official library knows.
struct ParameterTests {
    /// Which file of the library types the parameters of which call.
    static let files: [String: String] = [
        "GET /v1/account": "_account_retrieve_current_params.py",
        "GET /v1/balance": "_balance_retrieve_params.py",
        "GET /v1/charges": "_charge_list_params.py",
        "POST /v1/checkout/sessions": "checkout/_session_create_params.py",
        "GET /v1/checkout/sessions/{id}": "checkout/_session_retrieve_params.py",
        "POST /v1/checkout/sessions/{id}/expire": "checkout/_session_expire_params.py",
        "POST /v1/customers": "_customer_create_params.py",
        "GET /v1/customers/{id}": "_customer_retrieve_params.py",
        "GET /v1/customers/{id}/payment_methods": "_customer_payment_method_list_params.py",
        "GET /v1/events": "_event_list_params.py",
        "GET /v1/invoices/{id}": "_invoice_retrieve_params.py",
        "POST /v1/invoices/create_preview": "_invoice_create_preview_params.py",
        "GET /v1/payment_intents": "_payment_intent_list_params.py",
        "POST /v1/payment_intents": "_payment_intent_create_params.py",
        "GET /v1/payment_intents/{id}": "_payment_intent_retrieve_params.py",
        "POST /v1/payment_intents/{id}/cancel": "_payment_intent_cancel_params.py",
        "POST /v1/payment_intents/{id}/capture": "_payment_intent_capture_params.py",
        "GET /v1/payment_methods/{id}": "_payment_method_retrieve_params.py",
        "POST /v1/payment_methods/{id}/detach": "_payment_method_detach_params.py",
        "GET /v1/prices": "_price_list_params.py",
        "POST /v1/prices": "_price_create_params.py",
        "GET /v1/prices/{id}": "_price_retrieve_params.py",
        "GET /v1/products": "_product_list_params.py",
        "POST /v1/products": "_product_create_params.py",
        "GET /v1/products/{id}": "_product_retrieve_params.py",
        "GET /v1/refunds": "_refund_list_params.py",
        "POST /v1/refunds": "_refund_create_params.py",
        "GET /v1/subscriptions": "_subscription_list_params.py",
        "GET /v1/subscriptions/{id}": "_subscription_retrieve_params.py",
        "POST /v1/subscriptions/{id}": "_subscription_update_params.py",
        "DELETE /v1/subscriptions/{id}": "_subscription_cancel_params.py",
        "POST /v1/subscriptions/{id}/resume": "_subscription_resume_params.py",
        "GET /v1/webhook_endpoints": "_webhook_endpoint_list_params.py",
        "POST /v1/webhook_endpoints": "_webhook_endpoint_create_params.py",
        "GET /v1/webhook_endpoints/{id}": "_webhook_endpoint_retrieve_params.py",
        "POST /v1/webhook_endpoints/{id}": "_webhook_endpoint_update_params.py",
        "DELETE /v1/webhook_endpoints/{id}": "_webhook_endpoint_delete_params.py",
    ]

    @Test(.enabled(if: SDKParameters.folder != nil, "Stripe's official library is not in .venv."))
    func `every field that is sent is one that the official library knows`() async throws {
        let folder = try #require(SDKParameters.folder)
        var seen: Set<String> = []
        try await Bench.run { _ in
            // Nothing here is about the answers, which are no object of any kind.
            .answer(200, "[]")
        } _: { bench in
            for call in EveryCall.all {
                _ = try await bench.failure { try await call(bench.stripe, Bench.bob) }
            }
            for request in bench.server.requests {
                let sent = Sent(request)
                let line = sent.line.replacing(/\/(?!v1)[a-z]+_X/, with: "/{id}")
                seen.insert(line)
                let file = try #require(Self.files[line], "\(line)")
                let pairs = sent.form.split(separator: "&").map { pair in
                    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (name: String(parts[0]), value: String(parts[1]).removingPercentEncoding ?? "")
                }
                let faults = try SDKParameters(file: file, in: folder).faults(of: pairs)
                #expect(faults == [], "\(line)")
            }
        }
        #expect(seen == Set(Self.files.keys))
    }

    @Test(.enabled(if: SDKParameters.folder != nil, "Stripe's official library is not in .venv."))
    func `the check itself can tell`() throws {
        let parameters = try SDKParameters(
            file: "checkout/_session_create_params.py", in: #require(SDKParameters.folder))
        let faults = parameters.faults(
            of: [
                ("mode", "payment"), ("mode", "pay"), ("colour", "red"), ("line_items[0][price]", "price_1"),
                ("line_items[0][cost]", "1"), ("metadata[any]", "x"), ("automatic_tax", "true"), ("customer[id]", "x"),
            ])
        #expect(
            faults == [
                "mode: pay is none of its values", "colour: no such parameter",
                "line_items[0][cost]: no such parameter",
                "automatic_tax: it has fields", "customer[id]: it has no fields",
            ])
        let refund = try SDKParameters(file: "_payment_intent_create_params.py", in: #require(SDKParameters.folder))
        #expect(Set(refund.faults(of: [])) == ["amount is missing", "currency is missing"])
    }
}
