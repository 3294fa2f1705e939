import Testing

@testable import StripeSandbox

struct ParameterTests {
    @Test(
        arguments: [
            (["currency": "usd"], "parameter_missing", "amount"),
            (["amount": "100"], "parameter_missing", "currency"),
            (["amount": "100", "currency": "usd", "colour": "red"], "parameter_unknown", "colour"),
            (
                ["amount": "100", "currency": "usd", "automatic_payment_methods[on]": "true"], "parameter_unknown",
                "automatic_payment_methods[on]"
            ),
            (
                ["amount": "100", "currency": "usd", "automatic_payment_methods[allow_redirects]": "never"],
                "parameter_missing", "automatic_payment_methods[enabled]"
            ),
            (["amount": "100", "currency": ""], "parameter_invalid_empty", "currency"),
            (
                ["amount": "100", "currency": "usd", "application_fee_amount": "x"], "parameter_invalid_integer",
                "application_fee_amount"
            ),
            (["amount": "100", "currency": "usd", "capture_method": "sometimes"], nil, "capture_method"),
            (["amount": "100", "currency": "usd", "confirm": "yes"], nil, "confirm"),
            (["amount": "100", "currency": "usd", "metadata": "x"], nil, "metadata"),
            (["amount": "100", "currency": "usd", "expand[]": "colour"], nil, "expand"),
            (
                ["amount": "100", "currency": "usd", "payment_method_types[]": "card"],
                "payment_method_types_no_longer_supported", "payment_method_types"
            ),
            (["amount": "100", "currency": "usd", "customer": "cus_nobody"], "resource_missing", "customer"),
            (["amount": "100", "currency": "usd", "receipt_email": "nobody"], "email_invalid", "receipt_email"),
        ] as [(KeyValuePairs<String, String>, String?, String)])
    func `a bad parameter is named`(
        _ form: KeyValuePairs<String, String>, _ code: String?, _ param: String
    ) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.post("/v1/payment_intents", form)
            #expect(reply.status == 400)
            #expect(reply.error["type"] == "invalid_request_error")
            #expect(reply.error["code"] == JSON(code))
            #expect(reply.error["param"] == .string(param))
        }
    }

    @Test func `older versions may still name payment method types`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.post(
                "/v1/payment_intents", ["amount": "100", "currency": "usd", "payment_method_types[]": "card"],
                headers: ["Stripe-Version": "2025-03-31.basil"])
            #expect(reply.status == 200)
            #expect(reply.header("Stripe-Version") == "2025-03-31.basil")
        }
    }

    @Test func `metadata keeps Stripe's limits and merges`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let longKey = String(repeating: "k", count: 41)
            let longValue = String(repeating: "v", count: 501)
            #expect(try await stripe.post("/v1/customers", ["metadata[\(longKey)]": "x"]).status == 400)
            #expect(try await stripe.post("/v1/customers", ["metadata[a]": longValue]).status == 400)
            let customer = try await stripe.post("/v1/customers", ["metadata[a]": "1", "metadata[b]": "2"])
            let merged = try await stripe.post(
                "/v1/customers/\(customer.id)", ["metadata[a]": "", "metadata[0]": "3"])
            #expect(merged.body["metadata"] == ["b": "2", "0": "3"])
            #expect(try await stripe.post("/v1/customers/\(customer.id)", ["metadata": ""]).body["metadata"] == [:])
        }
    }

    @Test func `every call of the sandbox has its parameters in the table`() {
        for route in APIRoutes.stripe.all {
            #expect(
                ParameterSchema.all["\(route.method.rawValue) \(route.path)"] != nil, "\(route.method) \(route.path)")
        }
    }

    @Test func `the table is read to its last field`() throws {
        let create = try #require(ParameterSchema.all["POST /v1/payment_intents"])
        #expect(create.required == ["amount", "currency"])
        #expect(create.fields["use_stripe_sdk"] != nil)
        guard case .object(let shipping) = create.fields["shipping"]?.type else {
            Issue.record("shipping is no object")
            return
        }
        #expect(shipping.required == ["address", "name"])
        #expect(ParameterSchema.all["POST /v1/webhook_endpoints"]?.required == ["enabled_events", "url"])
    }
}
