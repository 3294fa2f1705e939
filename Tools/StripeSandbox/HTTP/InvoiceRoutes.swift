import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import Security
import StripeModels

/// The page of an invoice (`hosted_invoice_url`), where the buyer sees it and pays it. It needs no JavaScript.
struct InvoiceRoutes: Sendable {
    let store: StateStore
    /// How callers reach the sandbox, when they do not say so themselves.
    let fallbackAuthority: String

    func add(to router: Router<SandboxContext>) {
        router.get("/_sandbox/invoices/:invoice") { request, context in
            let token = request.uri.queryParameters["token"].map(String.init) ?? ""
            return show(try context.parameters.require("invoice"), token: token)
        }
        router.post("/_sandbox/invoices/:invoice") { request, context in
            try await pay(try context.parameters.require("invoice"), request)
        }
    }

    private func show(
        _ id: String, token: String, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        guard let (_, invoice) = find(id, token: token) else { return Self.gone }
        let currency = Currency(rawValue: invoice["currency"].string ?? "")
        func money(_ name: String) -> String { currency.format(invoice[name].int ?? 0) }
        var rows: [[String: Any]] = [["name": "Subtotal", "amount": money("subtotal")]]
        let off = invoice["total_discount_amounts"].elements.reduce(0) { $0 + ($1["amount"].int ?? 0) }
        if off > 0 { rows.append(["name": "Discount", "amount": currency.format(-off)]) }
        if invoice["starting_balance"].int ?? 0 != 0 {
            rows.append(["name": "Applied balance", "amount": money("starting_balance")])
        }
        var values: [String: Any] = [
            "title": "Invoice \(invoice["number"].string ?? "")", "merchant": "A shop in the sandbox",
            "total": money("total"), "due": money("amount_remaining"), "status": Self.words(for: invoice),
            "action": "/_sandbox/invoices/\(id)", "token": token, "rows": rows,
            "lines": invoice["lines"]["data"].elements.map { line -> [String: Any] in
                ["description": line["description"].string ?? "", "amount": currency.format(line["amount"].int ?? 0)]
            },
        ]
        if invoice["status"] == "open" || invoice["status"] == "uncollectible" { values["open"] = true }
        if let problem { values["problem"] = problem }
        return Pages.html(Pages.invoice?.render(values) ?? "", status: status)
    }

    private static func words(for invoice: Record) -> String {
        switch invoice["status"].string {
        case "paid": "This invoice is paid."
        case "void": "This invoice was voided: nothing is to be paid."
        default: "This invoice is to be paid."
        }
    }

    private func pay(_ id: String, _ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 16 * 1024)
        let form = (try? FormBodyParser.parse(String(buffer: body))) ?? [:]
        let token = form["token"].string ?? ""
        guard let (scope, _) = find(id, token: token) else { return Self.gone }
        let baseURL = "http://\(request.head.authority ?? fallbackAuthority)"
        let page = "\(baseURL)/_sandbox/invoices/\(id)?token=\(token)"
        do {
            let next = try await store.transaction(in: scope) { (transaction) throws(StripeFailure) in
                try transaction.pay(id, form, Confirmation(baseURL: baseURL, returnURL: page))
            }
            return Response(status: .seeOther, headers: [.location: next ?? page, .cacheControl: "no-store"])
        } catch let failure as StripeFailure {
            return show(id, token: token, problem: failure.message, status: .init(code: failure.status))
        }
    }

    private func find(_ id: String, token: String) -> (AccountScope, Record)? {
        store.look { world in
            for scope in world.books.keys {
                guard let invoice = world.record(id, in: scope), invoice.kind == .invoice else { continue }
                guard let expected = invoice.hidden["token"].string,
                    constantTimeEquals(Array(expected.utf8), Array(token.utf8))
                else { return nil }
                return (scope, invoice)
            }
            return nil
        }
    }

    private static let gone = Pages.html(
        "<!doctype html><html lang=\"en\"><title>Invoice</title><p>There is no such invoice.</p></html>",
        status: .notFound)
}

extension Transaction {
    /// The buyer pays an invoice with a card, which its subscription is charged to from then on.
    /// - Returns: the bank's page, when the buyer must go there first.
    fileprivate func pay(_ id: String, _ form: JSON, _ how: Confirmation) throws(StripeFailure) -> String? {
        let invoice = try existing(.invoice, id, param: "invoice")
        let expiry = (form["expiry"].string ?? "").split { !$0.isNumber }.compactMap { Int64($0) }
        let method = try makePaymentMethod(
            of: [
                "type": "card",
                "card": [
                    "number": form["number"], "cvc": form["cvc"], "exp_month": JSON(expiry.first),
                    "exp_year": JSON(expiry.count > 1 ? expiry[1] : nil),
                ],
            ], param: nil)
        var kept = invoice
        kept.hidden["becomes_default"] = true
        put(kept)
        return try at(billingTime(of: invoice)) { () throws(StripeFailure) in
            switch try payInvoice(id, with: method.id, by: .manual, confirming: how) {
            case .declined(let failure): throw failure
            case .actionRequired(let intent): return intent["next_action"]["redirect_to_url"]["url"].string
            case .paid, .nothingDue, .awaitsConfirmation: return nil
            }
        }
    }
}
