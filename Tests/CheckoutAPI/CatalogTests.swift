import Commerce
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CatalogTests {
    @Test(arguments: Engine.all)
    func `an item is added, replaced, listed and deleted`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let body = #"{"sku":"tea","name":"Tea","unit_amount":850,"currency":"eur","description":"Green"}"#
            let added = try await api.post("/v1/catalog_items", body)
            #expect(added.status == 201)
            #expect(added["object"] == "catalog_item")
            #expect(added["unit_amount"] == "850")
            let replaced = try await api.post(
                "/v1/catalog_items", #"{"sku":"tea","name":"Tea","unit_amount":900,"currency":"eur"}"#)
            #expect(replaced.status == 200)
            #expect(replaced["description"] == nil)
            for sku in ["coffee", "biscuit"] {
                let answer = try await api.post(
                    "/v1/catalog_items", #"{"sku":"\#(sku)","name":"X","unit_amount":100,"currency":"eur"}"#)
                #expect(answer.status == 201)
            }
            for key in [api.secretKey, api.publishableKey] {
                let list = try await api.get("/v1/catalog_items?limit=2", key: key)
                #expect(list.ids == ["biscuit", "coffee"])
                #expect(list["has_more"] == "1")
                let rest = try await api.get("/v1/catalog_items?limit=2&starting_after=coffee", key: key)
                #expect(rest.ids == ["tea"])
                #expect(rest["data", 0, "unit_amount"] == "900")
            }
            for key in [api.secretKey, api.publishableKey] {
                let one = try await api.get("/v1/catalog_items/tea", key: key)
                #expect(one.status == 200)
                #expect(one.body == replaced.body)
            }
            let deleted = try await api.delete("/v1/catalog_items/tea")
            #expect(deleted.status == 200)
            #expect(deleted["deleted"] == "1")
            let again = try await api.delete("/v1/catalog_items/tea")
            #expect(again.failure == Failure(404, "invalid_request_error", "resource_missing"))
            for sku in ["tea", "a%20b", "%00"] {
                let gone = try await api.get("/v1/catalog_items/\(sku)")
                #expect(gone.failure == Failure(404, "invalid_request_error", "resource_missing"))
            }
            let query = try await api.get("/v1/catalog_items/coffee?limit=1")
            #expect(query.failure == Failure(400, "invalid_request_error", "parameter_unknown"))
        }
    }

    @Test(arguments: [
        (#""amount":850"#, 201, nil, nil), (#""amount":850,"unit_amount":850"#, 201, nil, nil),
        (#""amount":null,"unit_amount":850"#, 201, nil, nil),
        (#""amount":851,"unit_amount":850"#, 400, "parameter_conflict", "amount"),
        (#""amount":1"#, 400, "amount_too_small", "amount"),
        (#""unit_amount":1"#, 400, "amount_too_small", "unit_amount"),
        (#""amount":8.5"#, 400, "parameter_invalid_integer", "amount"),
        (#""amount":99999999999999999999"#, 400, "amount_too_large", "amount"),
        (#""amount":null"#, 400, "parameter_missing", "unit_amount"),
    ])
    func `amount is another name of unit_amount`(
        price: String, status: Int, code: String?, param: String?
    ) async throws {
        try await withAPI { api in
            let answer = try await api.post(
                "/v1/catalog_items", #"{"sku":"tea","name":"Tea","currency":"eur",\#(price)}"#)
            #expect(answer.status == status)
            #expect(answer["unit_amount"] == (status == 201 ? "850" : nil))
            #expect(answer["error", "code"] == code)
            #expect(answer["error", "param"] == param)
        }
    }

    @Test func `the same key adds an item once`() async throws {
        try await withAPI { api in
            let body = #"{"sku":"tea","name":"Tea","unit_amount":850,"currency":"eur"}"#
            let first = try await api.post("/v1/catalog_items", body, once: "k")
            let second = try await api.post("/v1/catalog_items", body, once: "k")
            #expect(first.status == 201)
            #expect(second.status == 201)
            #expect(second.body == first.body)
            #expect(second[header: "Idempotent-Replayed"] == "true")
        }
    }

    @Test(arguments: [
        ("sku", "null", "parameter_missing"), ("sku", #""a b""#, "parameter_invalid"),
        ("sku", #""a/b""#, "parameter_invalid"),
        ("name", "null", "parameter_missing"), ("name", "7", "parameter_invalid_type"),
        ("name", #""4242 4242 4242 4242""#, "card_number_refused"), ("unit_amount", "null", "parameter_missing"),
        ("unit_amount", "8.5", "parameter_invalid_integer"), ("unit_amount", "0", "parameter_invalid_integer"),
        ("unit_amount", "-5", "parameter_invalid_integer"), ("unit_amount", "1e2", "parameter_invalid_integer"),
        ("unit_amount", "1", "amount_too_small"), ("unit_amount", "100000000", "amount_too_large"),
        ("unit_amount", "99999999999999999999", "amount_too_large"), ("currency", #""xxx""#, "invalid_currency"),
        ("currency", "null", "parameter_missing"), ("image", #""javascript:alert(1)""#, "parameter_invalid"),
        ("price", "1", "parameter_unknown"),
    ])
    func `a wrong item is refused by name`(field: String, value: String, code: String) async throws {
        try await withAPI { api in
            var members = ["sku": #""tea""#, "name": #""Tea""#, "unit_amount": "850", "currency": #""eur""#]
            members[field] = value
            let answer = try await api.post(
                "/v1/catalog_items", "{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}")
            #expect(answer.failure == Failure(400, "invalid_request_error", code))
            #expect(answer["error", "param"] == field)
            let list = try await api.get("/v1/catalog_items")
            #expect(list.ids == [])
        }
    }

    @Test func `an order keeps the price it was made at`() async throws {
        try await withAPI { api in
            try await api.addTea(unitAmount: 850)
            let body = #"{"items":[{"sku":"tea"}]}"#
            let first = try await api.pay(body, once: "k")
            try await api.addTea(unitAmount: 900)
            let again = try await api.pay(body, once: "k")
            #expect(again["id"] == first["id"])
            #expect(again["amount"] == "850")
            let second = try await api.pay(body, once: "l")
            #expect(second["amount"] == "900")
        }
    }
}
