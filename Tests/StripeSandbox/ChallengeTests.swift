import Testing

@testable import StripeSandbox

struct ChallengeTests {
    @Test(arguments: [
        ("4000002500003155", "succeeded", "succeeded", "succeeded"),
        ("4000002500003155", "failed", "requires_payment_method", "failed"),
        ("4000008400001629", "succeeded", "requires_payment_method", "failed"),
    ])
    func `the buyer answers the bank and returns to the shop`(
        _ card: String, _ outcome: String, _ status: String, _ redirect: String
    ) async throws {
        try await SandboxUnderTest.serve { stripe in
            let intent = try await stripe.intent()
            let secret = intent.body["client_secret"].string ?? ""
            let confirmed = try await stripe.post(
                "/v1/payment_intents/\(intent.id)/confirm",
                [
                    "client_secret": secret, "return_url": "https://shop.example/done?a=1#end",
                    "payment_method_data[type]": "card", "payment_method_data[card][number]": card,
                    "payment_method_data[card][exp_month]": "12", "payment_method_data[card][exp_year]": "40",
                    "payment_method_data[card][cvc]": "123", "key": SandboxUnderTest.publishableKey,
                ], key: nil)
            let action = confirmed.body["next_action"]
            #expect(action["type"] == "redirect_to_url")
            let url = action["redirect_to_url"]["url"].string ?? ""
            #expect(url.hasPrefix("\(stripe.base)/_sandbox/3ds/\(intent.id)?token="))
            let page = try await stripe.get(String(url.dropFirst(stripe.base.count)), key: nil)
            #expect(page.text.contains("10.99 USD") && page.text.contains(String(card.suffix(4))))
            let token = String(url.split(separator: "=").last ?? "")
            let path = "/_sandbox/3ds/\(intent.id)/complete"
            #expect(try await stripe.post(path, ["token": "guess", "outcome": outcome], key: nil).status == 404)
            let done = try await stripe.post(path, ["token": token, "outcome": outcome], key: nil)
            #expect(done.status == 303)
            #expect(
                done.header("Location")
                    == "https://shop.example/done?a=1&payment_intent=\(intent.id)&payment_intent_client_secret=\(secret)"
                    + "&redirect_status=\(redirect)#end")
            let after = try await stripe.get("/v1/payment_intents/\(intent.id)")
            #expect(after.body["status"] == .string(status))
            #expect(after.body["next_action"].isNull)
            #expect(after.body["last_payment_error"].isNull == (status == "succeeded"))
            #expect(try await stripe.post(path, ["token": token, "outcome": outcome], key: nil).status == 404)
        }
    }

    @Test func `without a return address the page around is told`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let intent = try await stripe.intent([
                "confirm": "true", "payment_method": "pm_card_authenticationRequired",
            ])
            let action = intent.body["next_action"]
            #expect(action["type"] == "use_stripe_sdk")
            let url = action["use_stripe_sdk"]["stripe_js"].string ?? ""
            let token = String(url.split(separator: "=").last ?? "")
            let done = try await stripe.post(
                "/_sandbox/3ds/\(intent.id)/complete", ["token": token, "outcome": "succeeded"], key: nil)
            #expect(done.status == 200)
            #expect(done.text.contains("challenge-done.js"))
            let script = try await stripe.get("/_sandbox/challenge-done.js", key: nil)
            #expect(script.text.contains("3ds-complete"))
            let paid = try await stripe.get("/v1/payment_intents/\(intent.id)", ["expand[]": "latest_charge"])
            #expect(paid.body["status"] == "succeeded")
            let card = paid.body["latest_charge"]["payment_method_details"]["card"]
            #expect(card["three_d_secure"]["result"] == "authenticated")
        }
    }

    @Test func `a canceled intent has no challenge any more`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let intent = try await stripe.intent([
                "confirm": "true", "payment_method": "pm_card_authenticationRequired",
            ])
            let url = intent.body["next_action"]["use_stripe_sdk"]["stripe_js"].string ?? ""
            _ = try await stripe.post("/v1/payment_intents/\(intent.id)/cancel")
            #expect(try await stripe.get(String(url.dropFirst(stripe.base.count)), key: nil).status == 404)
        }
    }

    @Test(arguments: ["/js/v3/", "/js/v3", "/js/v3/element", "/js/v3/element.js", "/_sandbox", "/healthz"])
    func `pages are served`(_ path: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let page = try await stripe.get(path, key: nil)
            #expect(page.status == 200)
            #expect(!page.text.isEmpty)
        }
    }
}
