import Foundation
import StripeModels
import Testing

/// Stripe's own examples of its resources, where they lie beside the repository.
struct FixtureTests {
    static let file: URL? = {
        let here = URL(filePath: #filePath)
        let working = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        var folder = here.deletingLastPathComponent()
        var folders = [working.deletingLastPathComponent()]
        while folder.path() != "/", folders.count < 64 {
            folder.deleteLastPathComponent()
            folders.append(folder)
        }
        return folders.lazy.map { $0.appending(path: "shared/stripe/fixtures3.json") }
            .first { FileManager.default.isReadableFile(atPath: $0.path(percentEncoded: false)) }
    }()

    /// Every model by what Stripe calls it.
    static let models: [String: any (Decodable & Sendable).Type] = [
        "account": Account.self, "balance": Balance.self, "charge": Charge.self,
        "checkout.session": CheckoutSession.self, "customer": Customer.self, "dispute": Dispute.self,
        "event": StripeEvent.self, "invoice": Invoice.self, "invoice_payment": InvoicePayment.self,
        "line_item": InvoiceLine.self, "payment_intent": PaymentIntent.self, "payment_method": PaymentMethod.self,
        "price": Price.self, "product": Product.self, "refund": Refund.self, "setup_intent": SetupIntent.self,
        "subscription": Subscription.self, "subscription_item": SubscriptionItem.self,
        "webhook_endpoint": WebhookEndpoint.self,
    ]

    /// Those of which the id alone is left, and which no call of ours or event that is applied brings; and the example
    /// of a place where several kinds may stand.
    static let unread: Set<String> = [
        "deleted_invoice", "deleted_price", "deleted_subscription_item", "payment_source",
    ]

    @Test(.enabled(if: file != nil, "Stripe's fixtures3.json is not beside the repository."))
    func `every resource with a model is read`() throws {
        let data = try Data(contentsOf: #require(Self.file))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let resources = try #require(root["resources"] as? [String: Any])
        var seen: Set<String> = []
        for (name, resource) in resources where !Self.unread.contains(name) {
            let object = (resource as? [String: Any])?["object"] as? String ?? ""
            guard let model = Self.models[object] else { continue }
            seen.insert(name)
            let bytes = Array(try JSONSerialization.data(withJSONObject: resource))
            #expect(throws: Never.self, "\(name)") { try read(model, from: bytes) }
        }
        let deleted = ["deleted_account", "deleted_customer", "deleted_product", "deleted_webhook_endpoint"]
        #expect(seen == Set(Self.models.keys).union(deleted))
    }

    @Test(.enabled(if: file != nil, "Stripe's fixtures3.json is not beside the repository."))
    func `an example event is read from its bytes`() throws {
        let data = try Data(contentsOf: #require(Self.file))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let event = try #require((root["resources"] as? [String: Any])?["event"])
        let envelope = try EventEnvelope.read(Array(try JSONSerialization.data(withJSONObject: event)))
        #expect(envelope.type == "plan.created")
        #expect(envelope.objectType == "plan")
        #expect(envelope.created == 1_234_567_890)
    }

    private func read<T: Decodable>(_ model: T.Type, from bytes: [UInt8]) throws {
        _ = try StripeJSON.decode(model, from: bytes)
    }
}
