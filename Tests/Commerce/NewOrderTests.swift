import Commerce
import StripeModels
import Testing

@Suite struct NewOrderTests {
    static let usd = Currency(rawValue: "usd")

    @Test(arguments: [
        (Int64(0), "usd"), (-5, "usd"), (49, "usd"), (100_000_000, "usd"), (.max, "usd"), (.min, "usd"), (101, "isk"),
        (1001, "kwd"), (49, "jpy"),
    ])
    func `an amount that Stripe would not take is refused by name`(_ amount: Int64, currency: String) {
        let error = #expect(throws: CommerceError.self) {
            try NewOrder(amount: amount, currency: Currency(rawValue: currency))
        }
        #expect(error?.param == "amount" && error?.kind == .invalid)
    }

    @Test(arguments: ["4242 4242 4242 4242", "pay with 5555-5555-5555-4444 please", "378282246310005"])
    func `a card number is refused wherever it stands`(_ number: String) {
        let attempts: [(String, () throws -> Void)] = [
            ("description", { _ = try NewOrder(amount: 500, currency: Self.usd, description: number) }),
            ("metadata[note]", { _ = try NewOrder(amount: 500, currency: Self.usd, metadata: ["note": number]) }),
            ("metadata", { _ = try NewOrder(amount: 500, currency: Self.usd, metadata: [number: "x"]) }),
        ]
        for (param, attempt) in attempts {
            let error = #expect(throws: CommerceError.self) { try attempt() }
            #expect(error?.code == .cardNumberRefused && error?.param == param)
            // Whoever logs the error must not log the card.
            #expect(error?.message.contains(number) == false)
        }
    }

    static let many = Dictionary(uniqueKeysWithValues: (0..<50).map { ("k\($0)", "v") })

    @Test(arguments: [
        (many, "metadata"), (["checkout_order": "ord_1"], "metadata[checkout_order]"),
        ([String(repeating: "k", count: 41): "v"], "metadata[\(String(repeating: "k", count: 40))]"),
        (["a[b]": "v"], "metadata[a[b]]"), (["k": String(repeating: "v", count: 501)], "metadata[k]"),
        (["k": "nul\0"], "metadata[k]"), (["": "v"], "metadata[]"),
    ])
    func `metadata beyond Stripe's bounds is refused`(_ metadata: [String: String], param: String) {
        let error = #expect(throws: CommerceError.self) {
            try NewOrder(amount: 500, currency: Self.usd, metadata: metadata)
        }
        #expect(error?.param == param)
    }

    @Test func `metadata within Stripe's bounds is taken, order_id included`() throws {
        var metadata = Dictionary(uniqueKeysWithValues: (0..<48).map { ("k\($0)", "v") })
        metadata["order_id"] = String(repeating: "é", count: 500)
        #expect(try NewOrder(amount: 500, currency: Self.usd, metadata: metadata).metadata == metadata)
    }

    @Test(arguments: ["buyer", "@x", "x@", "a b@c", "a@b@c", "a@b\n", "a@b\0"])
    func `what is no address is refused`(_ email: String) {
        let error = #expect(throws: CommerceError.self) {
            try NewOrder(amount: 500, currency: Self.usd, customerEmail: email)
        }
        #expect(error?.param == "customer_email")
    }

    @Test func `choices and ids are checked`() {
        let attempts: [(String, () throws -> Void)] = [
            ("setup_future_usage", { _ = try NewOrder(amount: 500, currency: Self.usd, setupFutureUsage: "later") }),
            ("capture_method", { _ = try NewOrder(amount: 500, currency: Self.usd, captureMethod: "never") }),
            ("customer", { _ = try NewOrder(amount: 500, currency: Self.usd, customer: "") }),
            ("customer", { _ = try NewOrder(amount: 500, currency: Self.usd, customer: "cus 1") }),
            (
                "description",
                { _ = try NewOrder(amount: 500, currency: Self.usd, description: String(repeating: "d", count: 1001)) }
            ),
        ]
        for (param, attempt) in attempts {
            #expect(#expect(throws: CommerceError.self) { try attempt() }?.param == param)
        }
    }

    @Test func `an empty text is no text`() throws {
        let order = try NewOrder(amount: 500, currency: Self.usd, customerEmail: "", description: "")
        #expect(order.customerEmail == nil && order.description == nil)
    }
}
