import Commerce
import Database
import StripeModels
import TestSupport
import Testing

@Suite struct CatalogTests {
    @Test(arguments: Engine.all)
    func `an item is stored, changed and deleted`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let first = try await put(shop, "tea", 500)
            try await shop.test.advance(by: .seconds(3))
            let second = try await put(shop, "tea", 700)
            #expect(second.unitAmount == 700 && second.createdAt == first.createdAt)
            #expect(second.updatedAt == first.updatedAt + 3_000_000)
            #expect(try await shop.database.read { try CatalogStore.get("tea", for: shop.scope, in: $0) } == second)
            let deleted = try await shop.database.write {
                [
                    try CatalogStore.delete("tea", for: shop.scope, in: $0),
                    try CatalogStore.delete("tea", for: shop.scope, in: $0),
                ]
            }
            #expect(deleted == [true, false])
        }
    }

    @Test(arguments: Engine.all)
    func `pages go through the skus, even where the cursor's item is gone`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let skus = ["a", "a-1", "a.2", "B", "c_3", "d"]
            for sku in skus { _ = try await put(shop, sku, 500) }
            var seen: [String] = []
            var cursor: String?
            while true {
                let page = try PageRequest(limit: 2, startingAfter: cursor)
                let list = try await shop.database.read { try CatalogStore.list(page, for: shop.scope, in: $0) }
                seen += list.data.map(\.sku)
                guard list.hasMore, let last = list.data.last?.sku else { break }
                cursor = last
                _ = try await shop.database.write { try CatalogStore.delete(last, for: shop.scope, in: $0) }
            }
            #expect(seen.sorted() == skus.sorted())
        }
    }

    @Test(arguments: Engine.all)
    func `a cart is priced by the catalog`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await put(shop, "tea", 500)
            _ = try await put(shop, "mug", 1250)
            let cart = try await price(shop, [CartItem(sku: "tea", quantity: 3), CartItem(sku: "mug")])
            #expect(cart.amount == 2750 && cart.currency.rawValue == "usd")
            #expect(
                cart.lines == [
                    OrderLine(sku: "tea", name: "tea", quantity: 3, unitAmount: 500, amount: 1500),
                    OrderLine(sku: "mug", name: "mug", quantity: 1, unitAmount: 1250, amount: 1250),
                ])
            #expect(try NewOrder(cart).amount == 2750)
        }
    }

    static let badCarts: [([CartItem], String, CommerceError.Kind)] = [
        ([], "items", .invalid),
        ([CartItem(sku: "tea"), CartItem(sku: "tea"), CartItem(sku: "gone")], "items[2].sku", .notFound),
        ([CartItem(sku: "tea", quantity: 0)], "items[0].quantity", .invalid),
        ([CartItem(sku: "tea"), CartItem(sku: "tea", quantity: 1000)], "items[1].quantity", .invalid),
        ([CartItem(sku: "tea", quantity: .min)], "items[0].quantity", .invalid),
        ([CartItem(sku: "tea"), CartItem(sku: "euro")], "items[1].sku", .invalid),
        ([CartItem(sku: "a b")], "items[0].sku", .invalid),
        ([CartItem(sku: "")], "items[0].sku", .invalid),
        ([CartItem(sku: "dear", quantity: 2)], "items", .invalid),
        (Array(repeating: CartItem(sku: "tea"), count: 101), "items", .invalid),
    ]

    @Test(arguments: Engine.all)
    func `a cart that cannot be priced is refused by name`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await put(shop, "tea", 500)
            _ = try await put(shop, "euro", 500, "eur")
            _ = try await put(shop, "dear", 99_999_999)
            for (cart, param, kind) in Self.badCarts {
                let error = await refusal { _ = try await price(shop, cart) }
                #expect(error?.param == param && error?.kind == kind, "\(cart.prefix(3))")
            }
        }
    }

    @Test func `fields are checked by name`() {
        let attempts: [(String, () throws -> Void)] = [
            ("sku", { _ = try NewCatalogItem(sku: "a/b", name: "n", unitAmount: 500, currency: "usd") }),
            (
                "sku",
                {
                    _ = try NewCatalogItem(
                        sku: String(repeating: "a", count: 65), name: "n", unitAmount: 500, currency: "usd")
                }
            ),
            ("name", { _ = try NewCatalogItem(sku: "a", name: "", unitAmount: 500, currency: "usd") }),
            ("unit_amount", { _ = try NewCatalogItem(sku: "a", name: "n", unitAmount: 49, currency: "usd") }),
            ("currency", { _ = try NewCatalogItem(sku: "a", name: "n", unitAmount: 500, currency: "xyz") }),
            (
                "image",
                {
                    _ = try NewCatalogItem(
                        sku: "a", name: "n", unitAmount: 500, currency: "usd", image: "javascript:alert(1)")
                }
            ),
            (
                "description",
                {
                    _ = try NewCatalogItem(
                        sku: "a", name: "n", description: "4242424242424242", unitAmount: 500, currency: "usd")
                }
            ),
        ]
        for (param, attempt) in attempts {
            #expect(#expect(throws: CommerceError.self) { try attempt() }?.param == param)
        }
    }

    @Test func `its JSON has integer amounts and the sku as id`() async throws {
        try await withShop(on: .sqlite) { shop in
            let fields = try json(CatalogItemJSON(try await put(shop, "tea", 500)))
            #expect(fields["id"] as? String == "tea" && fields["object"] as? String == "catalog_item")
            #expect(fields["unit_amount"] as? Int == 500 && fields["currency"] as? String == "usd")
            #expect(fields.keys.count == 10)
        }
    }
}

func put(_ shop: Shop, _ sku: String, _ amount: Int64, _ currency: String = "usd") async throws -> CatalogItem {
    let item = try NewCatalogItem(sku: sku, name: sku, unitAmount: amount, currency: currency)
    return try await shop.database.write { try CatalogStore.upsert(item, for: shop.scope, in: $0) }
}

func price(_ shop: Shop, _ items: [CartItem]) async throws -> PricedCart {
    try await shop.database.read { try CatalogStore.price(items, for: shop.scope, in: $0) }
}
