import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import OrderedCollections

/// The hosted Checkout page, and what it asks for.
struct CheckoutRoutes: Sendable {
    let store: StateStore
    /// How callers reach the sandbox, when they do not say so themselves.
    let fallbackAuthority: String

    func add(to router: Router<SandboxContext>) {
        router.get("/c/pay/:session") { request, context in
            show(try context.parameters.require("session"), request)
        }
        router.post("/c/pay/:session") { request, context in
            try await pay(try context.parameters.require("session"), request)
        }
        router.post("/c/pay/:session/promotion_code") { request, context in
            try await usePromotionCode(try context.parameters.require("session"), request)
        }
    }

    private func show(_ id: String, _ request: Request) -> Response {
        guard let scope = scope(of: id) else {
            return Pages.html(Pages.checkout?.render(CheckoutPage.unknown) ?? "", status: .notFound)
        }
        let page = store.look { world in
            CheckoutPage(id, Transaction(world: world, scope: scope, time: store.clock(), cause: nil))
        }
        guard let page else { return Response(status: .notFound) }
        // Back from the bank: the buyer goes on to the shop.
        if page.isComplete, request.uri.queryParameters["redirect_status"] != nil {
            return Response(status: .seeOther, headers: [.location: page.successURL, .cacheControl: "no-store"])
        }
        return Pages.html(Pages.checkout?.render(page.values) ?? "")
    }

    private func pay(_ id: String, _ request: Request) async throws -> Response {
        let form = try await Self.form(request)
        let baseURL = "http://\(request.head.authority ?? fallbackAuthority)"
        return try await answer(id) { (transaction, session) throws(StripeFailure) in
            let buyer = CheckoutBuyer(form, page: "\(baseURL)/c/pay/\(id)", baseURL: baseURL)
            switch try transaction.pay(session, buyer) {
            case .done(let url), .challenge(let url): return ["url": .string(url)]
            }
        }
    }

    private func usePromotionCode(_ id: String, _ request: Request) async throws -> Response {
        let code = try await Self.form(request)["code"].string
        return try await answer(id) { (transaction, session) throws(StripeFailure) in
            try transaction.use(code: code?.trimmed, in: session)
            return [:]
        }
    }

    /// Does something to a session, and answers it, or why not, to the page's script.
    private func answer(
        _ id: String, _ body: @Sendable (Transaction, Record) throws(StripeFailure) -> JSON
    ) async throws -> Response {
        guard let scope = scope(of: id) else { return ControlRoutes.refusal("There is no such page.", .notFound) }
        do {
            let answer = try await store.transaction(in: scope) { (transaction) throws(StripeFailure) in
                try body(transaction, try transaction.existing(.checkoutSession, id, param: "session"))
            }
            return ControlRoutes.json(answer)
        } catch let failure as StripeFailure {
            let error: JSON = [
                "message": .string(failure.message), "code": JSON(failure.code), "param": JSON(failure.param),
            ]
            return ControlRoutes.json(["error": error], .init(code: failure.status))
        }
    }

    private func scope(of id: String) -> AccountScope? {
        store.look { world in world.books.keys.first { world.record(id, in: $0)?.kind == .checkoutSession } }
    }

    private static func form(_ request: Request) async throws -> JSON {
        let body = try await request.body.collect(upTo: 16 * 1024)
        return (try? FormBodyParser.parse(String(buffer: body))) ?? [:]
    }
}

extension CheckoutBuyer {
    fileprivate init(_ form: JSON, page: String, baseURL: String) {
        self.init(page: page, baseURL: baseURL)
        email = form["email"].string?.trimmed
        name = form["name"].string?.trimmed
        country = form["country"].string?.trimmed
        method = form["method"].string
        for (name, value) in form.fields where !(value.string ?? "").isEmpty {
            guard name.hasPrefix("details."), let text = value.string?.trimmed else { continue }
            let field = String(name.dropFirst("details.".count))
            details[field] = field.hasPrefix("exp_") ? JSON(Int64(text)) : .string(text)
        }
    }
}

extension String {
    /// Without spaces at its ends; nil when nothing is left.
    fileprivate var trimmed: String? {
        let rest = drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(rest[...last])
    }
}
