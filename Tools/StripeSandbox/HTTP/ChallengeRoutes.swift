import FoundationEssentials
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import Security
import StripeModels

/// The bank's page for 3-D Secure, where the buyer passes or fails.
struct ChallengeRoutes: Sendable {
    let store: StateStore

    func add(to router: Router<SandboxContext>) {
        router.get("/_sandbox/3ds/:intent") { request, context in
            show(try context.parameters.require("intent"), request)
        }
        router.post("/_sandbox/3ds/:intent/complete") { request, context in
            try await complete(try context.parameters.require("intent"), request)
        }
    }

    private func show(_ id: String, _ request: Request) -> Response {
        let token = request.uri.queryParameters["token"].map(String.init) ?? ""
        guard let (_, intent, card) = find(id, token: token) else { return Self.gone }
        let details = card.map { "\($0["brand"].string?.capitalized ?? "") •••• \($0["last4"].string ?? "")" }
        var values: [String: Any] = [
            "merchant": intent["statement_descriptor"].string ?? "A shop in the sandbox",
            "payment_intent": id, "action": "/_sandbox/3ds/\(id)/complete", "token": token,
        ]
        // A setup takes no money.
        if let amount = intent["amount"].int {
            values["amount"] = Currency(rawValue: intent["currency"].string ?? "").format(amount)
        }
        if let details { values["card"] = details }
        if intent.hidden["challenge"]["return_url"].isNull { values["modal"] = true }
        return Pages.html(Pages.challenge?.render(values) ?? "")
    }

    private func complete(_ id: String, _ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 16 * 1024)
        let form = (try? FormBodyParser.parse(String(buffer: body))) ?? [:]
        guard let (scope, intent, _) = find(id, token: form["token"].string ?? ""),
            let outcome = form["outcome"].string, ["succeeded", "failed"].contains(outcome)
        else { return Self.gone }
        let after = try await store.transaction(in: scope) { (transaction) throws(StripeFailure) in
            // Read anew: a second answer may have come in the meantime.
            switch transaction.record(intent.kind, id) {
            case let setup? where setup.kind == .setupIntent:
                transaction.finishSetupChallenge(of: setup, passed: outcome == "succeeded")
            case let payment?: transaction.finishChallenge(of: payment, passed: outcome == "succeeded")
            case nil: break
            }
            return transaction.record(intent.kind, id)?.intentStatus
        }
        guard let returnURL = intent.hidden["challenge"]["return_url"].string else {
            return Pages.html(Pages.challengeDone?.render([String: Any]()) ?? "")
        }
        let isPaid = after == .succeeded || after == .requiresCapture || after == .processing
        let location = Self.address(
            returnURL,
            adding: [
                (intent.kind.rawValue, id),
                ("\(intent.kind.rawValue)_client_secret", intent["client_secret"].string ?? ""),
                ("redirect_status", isPaid ? "succeeded" : "failed"),
            ])
        return Response(status: .seeOther, headers: [.location: location, .cacheControl: "no-store"])
    }

    /// The intent that waits for this challenge, and its card; nil for a wrong token, or when the challenge is over.
    private func find(_ id: String, token: String) -> (AccountScope, Record, JSON?)? {
        store.look { world in
            for scope in world.books.keys {
                guard let intent = world.record(id, in: scope), [.paymentIntent, .setupIntent].contains(intent.kind)
                else { continue }
                guard intent.intentStatus == .requiresAction, let expected = intent.hidden["challenge"]["token"].string,
                    constantTimeEquals(Array(expected.utf8), Array(token.utf8))
                else { return nil }
                let method = intent["payment_method"].string.flatMap { world.record($0, in: scope) }
                return (scope, intent, method?["card"])
            }
            return nil
        }
    }

    /// Adds query items to an address that may have some, and may have a fragment.
    static func address(_ url: String, adding items: [(String, String)]) -> String {
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let query = items.map { "\($0)=\($1)" }.joined(separator: "&")
        let joined = parts[0] + (parts[0].contains("?") ? "&" : "?") + query
        return parts.count > 1 ? "\(joined)#\(parts[1])" : String(joined)
    }

    private static let gone = Pages.html(
        "<!doctype html><html lang=\"en\"><title>3D Secure test page</title><p>This authentication is over.</p></html>",
        status: .notFound)
}
