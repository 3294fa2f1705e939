import Commerce
import TestSupport
import Testing

@testable import CheckoutAPI

/// A body that must be refused, with the code and the parameter that the answer must name.
struct BadBody: Sendable, CustomTestStringConvertible {
    let body: String
    let code: String
    let param: String?

    init(_ body: String, _ code: String, _ param: String?) {
        self.body = body
        self.code = code
        self.param = param
    }

    var testDescription: String { String(body.prefix(80)) }
}

@Suite struct PaymentValidationTests {
    private static func amount(_ literal: String, _ code: String, currency: String = "eur") -> BadBody {
        BadBody(#"{"amount":\#(literal),"currency":"\#(currency)"}"#, code, "amount")
    }

    private static func field(_ name: String, _ json: String, _ code: String, _ param: String? = nil) -> BadBody {
        BadBody(#"{"amount":1999,"currency":"eur","\#(name)":\#(json)}"#, code, param ?? name)
    }

    static let amounts: [BadBody] = [
        amount("10.0", "parameter_invalid_integer"), amount("10.5", "parameter_invalid_integer"),
        amount("1e2", "parameter_invalid_integer"), amount("1E2", "parameter_invalid_integer"),
        amount(#""1999""#, "parameter_invalid_integer"), amount("true", "parameter_invalid_integer"),
        amount("[1999]", "parameter_invalid_integer"), amount("{}", "parameter_invalid_integer"),
        amount("0", "parameter_invalid_integer"), amount("-0", "parameter_invalid_integer"),
        amount("-1", "parameter_invalid_integer"), amount("-99999999999999999999", "parameter_invalid_integer"),
        amount("100000000", "amount_too_large"), amount("9223372036854775807", "amount_too_large"),
        amount("9223372036854775808", "amount_too_large"), amount("99999999999999999999999", "amount_too_large"),
        amount("49", "amount_too_small"), amount("29", "amount_too_small", currency: "gbp"),
        amount("49", "amount_too_small", currency: "jpy"), amount("17499", "amount_too_small", currency: "huf"),
        amount("1050", "parameter_invalid_integer", currency: "isk"),
        amount("1001", "parameter_invalid_integer", currency: "ugx"),
        amount("5001", "parameter_invalid_integer", currency: "kwd"),
        amount("5005", "parameter_invalid_integer", currency: "bhd"),
        amount("null", "parameter_missing"), BadBody(#"{"currency":"eur"}"#, "parameter_missing", "amount"),
        BadBody("{}", "parameter_missing", "amount"), BadBody("", "parameter_missing", "amount"),
        BadBody(#"{"amount":1999}"#, "parameter_missing", "currency"),
        BadBody(#"{"amount":1999,"currency":"xyz"}"#, "invalid_currency", "currency"),
        BadBody(#"{"amount":1999,"currency":"eu"}"#, "invalid_currency", "currency"),
        BadBody(#"{"amount":1999,"currency":"euro"}"#, "parameter_too_long", "currency"),
        BadBody(#"{"amount":1999,"currency":978}"#, "parameter_invalid_type", "currency"),
        BadBody(#"{"amount":1999,"currency":""}"#, "parameter_invalid_empty", "currency"),
    ]

    static let items: [BadBody] = [
        BadBody(#"{"items":[]}"#, "parameter_invalid_empty", "items"),
        BadBody(#"{"items":{}}"#, "parameter_invalid_type", "items"),
        BadBody(#"{"items":["tea"]}"#, "parameter_invalid_type", "items[0]"),
        BadBody(#"{"items":[{}]}"#, "parameter_missing", "items[0][sku]"),
        BadBody(#"{"items":[{"sku":7}]}"#, "parameter_invalid_type", "items[0][sku]"),
        BadBody(#"{"items":[{"sku":"tea"},{"sku":"coffee"}]}"#, "resource_missing", "items[1][sku]"),
        BadBody(#"{"items":[{"sku":"foreign"}]}"#, "resource_missing", "items[0][sku]"),
        BadBody(#"{"items":[{"sku":"tea","quantity":0}]}"#, "parameter_invalid", "items[0][quantity]"),
        BadBody(#"{"items":[{"sku":"tea","quantity":-1}]}"#, "parameter_invalid", "items[0][quantity]"),
        BadBody(#"{"items":[{"sku":"tea","quantity":1000}]}"#, "parameter_invalid", "items[0][quantity]"),
        BadBody(#"{"items":[{"sku":"tea","quantity":1.0}]}"#, "parameter_invalid_integer", "items[0][quantity]"),
        BadBody(#"{"items":[{"sku":"tea","quantity":"2"}]}"#, "parameter_invalid_integer", "items[0][quantity]"),
        BadBody(#"{"items":[{"sku":"tea","price":1}]}"#, "parameter_unknown", "items[0][price]"),
        BadBody(#"{"items":[{"sku":"tea"}],"amount":1}"#, "parameter_conflict", "amount"),
        BadBody(#"{"items":[{"sku":"tea"}],"currency":"eur"}"#, "parameter_conflict", "currency"),
        BadBody(#"{"items":[{"sku":"gold","quantity":2}]}"#, "amount_too_large", "items"),
        BadBody(#"{"items":[{"sku":"tea"},{"sku":"yen"}]}"#, "parameter_invalid", "items[1][sku]"),
    ]

    static let fields: [BadBody] = [
        field("amont", "1", "parameter_unknown"), field("payment_method_types", #"["card"]"#, "parameter_unknown"),
        field("description", #""\#(String(repeating: "d", count: 1001))""#, "parameter_too_long"),
        field("description", "7", "parameter_invalid_type"), field("description", #""""#, "parameter_invalid_empty"),
        field("customer_email", #""jenny""#, "parameter_invalid"),
        field("customer_email", #""a@""#, "parameter_invalid"),
        field("customer_email", #""a b@c.example""#, "parameter_invalid"),
        field("setup_future_usage", #""always""#, "parameter_invalid_choice"),
        field("capture_method", "1", "parameter_invalid_type"),
        field("capture_method", #""later""#, "parameter_invalid_choice"),
        field("metadata", "[]", "parameter_invalid_type"), field("metadata", #""a""#, "parameter_invalid_type"),
        field("metadata", #"{"a":1}"#, "parameter_invalid_type", "metadata[a]"),
        field("metadata", #"{"a":{"b":"c"}}"#, "parameter_invalid_type", "metadata[a]"),
        field("metadata", #"{"a":true}"#, "parameter_invalid_type", "metadata[a]"),
        field("metadata", #"{"a":"\#(String(repeating: "v", count: 501))"}"#, "parameter_invalid", "metadata[a]"),
        field("metadata", "{\((0..<51).map { "\"k\($0)\":\"v\"" }.joined(separator: ","))}", "parameter_invalid"),
        field("metadata", #"{"a":"x\u0000"}"#, "parameter_invalid_string", "metadata[a]"),
        field("customer", #""cus_\u0000""#, "parameter_invalid_string"),
        BadBody("[]", "invalid_json", nil), BadBody("7", "invalid_json", nil), BadBody("{", "invalid_json", nil),
        BadBody(#"{"amount":1,"amount":2,"currency":"eur"}"#, "invalid_json", nil),
    ]

    static let cards: [BadBody] = [
        field("metadata", #"{"note":"4242424242424242"}"#, "card_number_refused", "metadata[note]"),
        field("metadata", #"{"note":"card 4242 4242 4242 4242!"}"#, "card_number_refused", "metadata[note]"),
        field("metadata", #"{"4242424242424242":"x"}"#, "card_number_refused", "metadata"),
        field("description", #""4242-4242-4242-4242""#, "card_number_refused"),
        field("customer_email", #""4242424242424242@mail.example""#, "card_number_refused"),
        field("metadata", #"{"4242.4242":"x","a 4242424242424242":"x"}"#, "card_number_refused", "metadata"),
        BadBody(#"{"4242424242424242":1}"#, "card_number_refused", nil),
        BadBody(#"{"items":[{"sku":"tea","4242424242424242":1}]}"#, "card_number_refused", "items[0]"),
        // Not free text: their own rules refuse them, and nothing of them is repeated.
        field("unknown", #"["4242424242424242"]"#, "parameter_unknown"),
        field("currency_code", #""4242424242424242""#, "parameter_unknown"),
        amount("4242424242424242", "amount_too_large"),
        amount(#""4242424242424242""#, "parameter_invalid_integer"),
    ]

    @Test(arguments: [amounts, items, fields, cards])
    func `a request that is wrong is refused by name, and nothing is stored`(bodies: [BadBody]) async throws {
        try await withAPI { api in
            try await api.addTea()
            for item in [
                #"{"sku":"gold","name":"Gold","unit_amount":99999999,"currency":"eur"}"#,
                #"{"sku":"yen","name":"Yen","unit_amount":500,"currency":"jpy"}"#,
            ] {
                #expect(try await api.post("/v1/catalog_items", item).status == 201)
            }
            let foreign = try await api.post(
                "/v1/catalog_items", #"{"sku":"foreign","name":"F","unit_amount":500,"currency":"eur"}"#,
                key: api.other.secretKey.secret)
            #expect(foreign.status == 201)

            for (index, bad) in bodies.enumerated() {
                let answer = try await api.post(
                    "/v1/payment_intents", bad.body, once: "key-\(index)")
                let status = bad.code == "resource_missing" ? 404 : 400
                #expect(answer.failure == Failure(status, "invalid_request_error", bad.code), "\(bad.testDescription)")
                #expect(answer["error", "param"] == bad.param, "\(bad.testDescription)")
                #expect(!answer.body.contains("4242"), "\(bad.testDescription)")
            }
            #expect(try await api.orders().isEmpty)
            #expect(api.stripe.calls.isEmpty)
        }
    }

    @Test(arguments: [
        (1000, "isk"), (100, "ugx"), (5010, "kwd"), (50, "jpy"), (50, "usd"), (99_999_999, "usd"), (1, "clp"),
    ])
    func `amounts that Stripe takes are taken`(amount: Int, currency: String) async throws {
        try await withAPI { api in
            let answer = try await api.pay(#"{"amount":\#(amount),"currency":"\#(currency)"}"#)
            #expect(answer.status == 201)
        }
    }

    @Test func `an id or a SKU that looks like a card number is none`() async throws {
        try await withAPI { api in
            // One EAN-13 in ten passes the check of card numbers.
            let ean = "4006381333023"
            api.stripe.add(ean, FakeStripe.Customer())
            let added = try await api.post(
                "/v1/catalog_items",
                #"{"sku":"\#(ean)","name":"Pen","unit_amount":850,"currency":"eur","image":"https://x.example/\#(ean)"}"#
            )
            #expect(added.status == 201)
            let paid = try await api.pay(#"{"items":[{"sku":"\#(ean)"}],"customer":"\#(ean)"}"#)
            #expect(paid.status == 201)
            #expect(paid["amount"] == "850")
            let list = try await api.get("/v1/catalog_items?starting_after=\(ean.dropLast())0")
            #expect(list.ids == [ean])
            let after = try await api.get("/v1/orders?starting_after=\(ean)")
            #expect(after.failure == Failure(404, "invalid_request_error", "resource_missing"))
            #expect(try await api.delete("/v1/catalog_items/\(ean)").status == 200)
        }
    }

    @Test func `metadata may be as large as Stripe allows`() async throws {
        try await withAPI { api in
            let name = String(repeating: "k", count: 38)
            let value = String(repeating: "ö", count: 500)
            let members = (10..<59).map { "\"\(name)\($0)\":\"\(value)\"" }.joined(separator: ",")
            let answer = try await api.pay(#"{"amount":1999,"currency":"eur","metadata":{\#(members)}}"#)
            #expect(answer.status == 201)
            #expect(api.stripe.calls.first?.form.filter { $0.key.hasPrefix("metadata[") }.count == 50)
        }
    }

    @Test func `a body that is no JSON by its type is 415, one that is too large 413`() async throws {
        try await withAPI { api in
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json"]
            {
                let answer = try await api.post(
                    "/v1/payment_intents", #"{"amount":1999,"currency":"eur"}"#, headers: [("Content-Type", type)])
                #expect(answer.failure == Failure(415, "invalid_request_error", "unsupported_media_type"))
            }
            let large = #"{"amount":1999,"currency":"eur","x":"\#(String(repeating: "x", count: 65_536))"}"#
            #expect(
                try await api.pay(large).failure == Failure(413, "invalid_request_error", "request_too_large"))
            #expect(try await api.orders().isEmpty)
        }
    }
}
