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
        "balance": Balance.self, "charge": Charge.self, "customer": Customer.self, "event": StripeEvent.self,
        "payment_intent": PaymentIntent.self, "payment_method": PaymentMethod.self, "refund": Refund.self,
        "webhook_endpoint": WebhookEndpoint.self,
    ]

    @Test(.enabled(if: file != nil, "Stripe's fixtures3.json is not beside the repository."))
    func `every resource with a model is read`() throws {
        let data = try Data(contentsOf: #require(Self.file))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let resources = try #require(root["resources"] as? [String: Any])
        var seen: Set<String> = []
        for (name, resource) in resources {
            let object = (resource as? [String: Any])?["object"] as? String ?? ""
            guard let model = Self.models[object] else { continue }
            seen.insert(name)
            let bytes = Array(try JSONSerialization.data(withJSONObject: resource))
            #expect(throws: Never.self, "\(name)") { try read(model, from: bytes) }
        }
        #expect(seen == Set(Self.models.keys).union(["deleted_customer", "deleted_webhook_endpoint"]))
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
