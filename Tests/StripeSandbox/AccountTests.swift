import FoundationEssentials
import Testing

@testable import StripeSandbox

struct AccountTests {
    @Test(arguments: [
        nil, "sk_test_short", "sk_prod_12345678", "whsec_12345678", "sk_test_", "sk_test_1234 678", "sk_test_äöüäöüäöü",
        "tk_test_12345678",
    ])
    func `a key of no account is refused`(_ key: String?) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.get("/v1/balance", key: key)
            #expect(reply.status == 401)
            #expect(reply.error["type"] == "invalid_request_error")
            if let key, key != "sk_test_" { #expect(!reply.text.contains(key)) }
            #expect(reply.header("Request-Id")?.hasPrefix("req_") == true)
        }
    }

    @Test(arguments: ["sk_test_12345678", "rk_test_12345678", "sk_live_12345678"])
    func `any tail of eight characters is an account`(_ key: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let bearer = try await stripe.get("/v1/balance", key: key)
            #expect(bearer.status == 200)
            let basic = "Basic \(Data("\(key):".utf8).base64EncodedString())"
            #expect(try await stripe.get("/v1/balance", key: nil, headers: ["Authorization": basic]).status == 200)
        }
    }

    @Test func `accounts see nothing of each other, nor one mode of the other`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let intent = try await stripe.intent(key: "sk_test_shop_one")
            #expect(try await stripe.get("/v1/payment_intents/\(intent.id)", key: "rk_test_shop_one").status == 200)
            let foreign = try await stripe.get("/v1/payment_intents/\(intent.id)", key: "sk_test_shop_two")
            #expect(foreign.status == 404)
            #expect(foreign.error["code"] == "resource_missing")
            let live = try await stripe.get("/v1/payment_intents/\(intent.id)", key: "sk_live_shop_one")
            #expect(live.status == 404)
            #expect(live.error["message"].string?.contains("test mode") == true)
            #expect(try await stripe.intent(key: "sk_live_shop_one").body["livemode"] == true)
        }
    }

    @Test func `a platform acts for the accounts that it connected, and for no others`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let account = try await stripe.post("/v1/accounts", ["email": "shop@example.com"])
            #expect(account.status == 200)
            let header: KeyValuePairs = ["Stripe-Account": account.id]
            let direct = try await stripe.post(
                "/v1/payment_intents", ["amount": "1000", "currency": "eur", "application_fee_amount": "100"],
                headers: header)
            #expect(direct.status == 200)
            #expect(direct.header("Stripe-Account") == account.id)
            #expect(try await stripe.get("/v1/payment_intents/\(direct.id)").status == 404)
            #expect(try await stripe.get("/v1/payment_intents/\(direct.id)", headers: header).status == 200)
            let stranger = try await stripe.get("/v1/balance", key: "sk_test_stranger", headers: header)
            #expect(stranger.status == 403)
            #expect(stranger.error["code"] == "account_invalid")
            #expect(try await stripe.get("/v1/balance", headers: ["Stripe-Account": "acct_none"]).status == 403)
        }
    }

    @Test func `a publishable key may do what a buyer's page does, and no more`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let intent = try await stripe.intent(["metadata[secret]": "plans"])
            let secret = intent.body["client_secret"].string ?? ""
            let key = SandboxUnderTest.publishableKey
            let path = "/v1/payment_intents/\(intent.id)"
            let seen = try await stripe.get(path, ["client_secret": secret, "key": key], key: nil)
            #expect(seen.body["status"] == "requires_payment_method")
            #expect(seen.body["metadata"].isNull && seen.body["customer"].isNull)
            #expect(seen.header("Access-Control-Allow-Origin") == "*")
            #expect(try await stripe.get(path, ["client_secret": "wrong", "key": key], key: nil).status == 400)
            #expect(try await stripe.get(path, ["key": key], key: nil).error["code"] == "parameter_missing")
            #expect(try await stripe.get("/v1/balance", key: key).error["code"] == "secret_key_required")
            #expect(try await stripe.post("/v1/payment_intents", key: key).status == 401)
            let method = try await stripe.post(
                "/v1/payment_methods",
                [
                    "type": "card", "card[number]": "4000000000000002", "card[exp_month]": "1", "card[exp_year]": "40",
                    "card[cvc]": "123", "key": key,
                ], key: nil)
            let declined = try await stripe.post(
                "\(path)/confirm", ["client_secret": secret, "payment_method": method.id, "key": key], key: nil)
            #expect(declined.status == 402)
            #expect(!declined.text.contains("plans"))
        }
    }

    @Test(arguments: [("4242424242424241", "incorrect_number"), ("5105105105105100", "incorrect_number")])
    func `a card that is no test card is refused`(_ number: String, _ code: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.post(
                "/v1/payment_methods",
                ["type": "card", "card[number]": number, "card[exp_month]": "1", "card[exp_year]": "2040"])
            #expect(reply.status == 402)
            #expect(reply.error["code"] == .string(code))
            #expect(!reply.text.contains(number))
        }
    }

    @Test(arguments: ["GET /v1/nothing", "POST /v1/balance", "GET /v2/core/nothing", "DELETE /v1/payment_intents"])
    func `a call that does not exist is Stripe's 404`(_ call: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let parts = call.split(separator: " ").map(String.init)
            let reply =
                switch parts[0] {
                case "GET": try await stripe.get(parts[1])
                case "POST": try await stripe.post(parts[1])
                default: try await stripe.delete(parts[1])
                }
            #expect(reply.status == 404)
            #expect(reply.error["message"].string?.hasPrefix("Unrecognized request URL (\(parts[0])") == true)
        }
    }
}
