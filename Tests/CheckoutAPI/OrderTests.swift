import Commerce
import NIOHTTP1
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct OrderTests {
    @Test(arguments: Engine.all)
    func `what belongs to another tenant or the other mode is not there`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            try await api.addTea()
            let id = try await api.pay()["id"] ?? ""
            let never = "ord_00000000000000000000000000"
            for key in [api.other.secretKey.secret, api.live.secretKey.secret] {
                for (method, path) in [
                    (HTTPMethod.GET, "/v1/orders/ID"), (.GET, "/v1/orders/ID/history"), (.GET, "/v1/orders/ID/stream"),
                    (.POST, "/v1/orders/ID/cancel"), (.GET, "/v1/orders?starting_after=ID"),
                ] {
                    let foreign = try await api.send(
                        api.request(method, path.replacing("ID", with: id), key: key))
                    let missing = try await api.send(
                        api.request(method, path.replacing("ID", with: never), key: key))
                    #expect(foreign.failure == Failure(404, "invalid_request_error", "resource_missing"), "\(path)")
                    #expect(foreign.failure == missing.failure)
                    #expect(
                        foreign["error", "message"]?.replacing(id, with: never) == missing["error", "message"])
                }
                let list = try await api.get("/v1/orders", key: key)
                #expect(list.ids == [])
                let items = try await api.get("/v1/catalog_items", key: key)
                #expect(items.ids == [])
                let item = try await api.get("/v1/catalog_items/tea", key: key)
                #expect(item.failure == Failure(404, "invalid_request_error", "resource_missing"))
                let deleted = try await api.delete("/v1/catalog_items/tea", key: key)
                #expect(deleted.status == 404)
            }
            #expect(try await api.orders().map(\.status) == [.pending])
        }
    }

    @Test(arguments: Engine.all)
    func `orders are listed by filter, page by page, the newest first`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            var ids: [String] = []
            for _ in 0..<5 {
                ids.insert(try await api.pay()["id"] ?? "", at: 0)
                try await api.test.advance(by: .seconds(10))
            }
            let paid = try await api.orders()[1]
            try await api.move(paid, by: .paymentSucceeded)
            let start = TestClock.start / 1_000_000
            let expected: [(String, [String])] = [
                ("", ids), ("?limit=2", Array(ids[0..<2])), ("?limit=2&starting_after=\(ids[1])", Array(ids[2..<4])),
                ("?limit=2&starting_after=\(ids[3])", [ids[4]]), ("?status=paid", [ids[3]]), ("?status=active", []),
                ("?created[gte]=\(start + 30)", Array(ids[0..<2])), ("?created[gt]=\(start + 30)", [ids[0]]),
                ("?created%5Blt%5D=\(start + 20)", Array(ids[3..<5])),
                ("?created[lte]=\(start + 20)&created[gt]=\(start)", Array(ids[2..<4])),
            ]
            for (query, found) in expected {
                let answer = try await api.get("/v1/orders\(query)")
                #expect(answer.ids == found, "\(query)")
                #expect(answer["object"] == "list")
                #expect(!answer.body.contains("client_secret"))
            }
            let page = try await api.get("/v1/orders?limit=2")
            #expect(page["has_more"] == "1")
            let last = try await api.get("/v1/orders?limit=2&starting_after=\(ids[3])")
            #expect(last["has_more"] == "0")
        }
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=ten", "limit"), ("limit=1e1", "limit"),
        ("limit=+5", "limit"),
        ("limit=-1", "limit"), ("limit=99999999999999999999", "limit"), ("status=done", "status"),
        ("status=", "status"),
        ("created[gte]=now", "created[gte]"), ("created[gte]=1.5", "created[gte]"), ("created[gte]=", "created[gte]"),
        ("created[eq]=1", "created[eq]"), ("page=2", "page"), ("limit=1&limit=2", "limit"),
        ("starting_after=", "starting_after"), ("starting_after=%00", "starting_after"),
    ])
    func `a wrong query is refused by name`(query: String, param: String) async throws {
        try await withAPI { api in
            let answer = try await api.get("/v1/orders?\(query)")
            #expect(answer.status == 400)
            #expect(answer["error", "param"] == param)
            #expect(!answer.body.contains("4242"))
        }
    }

    @Test(arguments: [
        "ord_", "ord_1", "ord_%00", "ord_%2e%2e", "pi_1", "ORD_00000000000000000000000000", "%20", "..%2f..",
        "ord_\(String(repeating: "a", count: 300))",
    ])
    func `what cannot be an id is not there either`(id: String) async throws {
        try await withAPI { api in
            for below in ["", "/history", "/stream"] {
                let answer = try await api.get("/v1/orders/\(id)\(below)")
                #expect(answer.failure == Failure(404, "invalid_request_error", "resource_missing"))
            }
        }
    }

    @Test(arguments: Engine.all)
    func `an order shows where it stands, and its history how it came there`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await api.pay()["id"] ?? ""
            let order = try await api.orders()[0]
            try await api.move(
                order, by: .paymentFailed(OrderFailure(code: "insufficient_funds", message: "No funds.")))
            let failed = try await api.get("/v1/orders/\(id)")
            #expect(failed["status"] == "failed")
            #expect(failed["failure", "code"] == "insufficient_funds")
            #expect(failed["client_secret"] == FakeStripe.secret(of: "pi_1"))
            try await api.move(order, by: .paymentSucceeded)

            let paid = try await api.get("/v1/orders/\(id)")
            #expect(paid["status"] == "paid")
            #expect(paid["failure", "code"] == nil)
            let history = try await api.get("/v1/orders/\(id)/history")
            #expect(history["object"] == "list")
            #expect(history["has_more"] == "0")
            #expect((0..<3).map { history["data", $0, "to"] } == ["pending", "failed", "paid"])
            #expect((0..<3).map { history["data", $0, "from"] } == [nil, "pending", "failed"])
            #expect(history["data", 0, "cause"]?.hasPrefix("payment started (req_") == true)
        }
    }
}
