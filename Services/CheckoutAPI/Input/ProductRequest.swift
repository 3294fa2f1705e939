import Commerce
import ServiceRuntime
import StripeClient
import StripeModels

/// What `POST /v1/products` asks for.
enum ProductRequest {
    static func read(_ body: JSONBody, for scope: TenantScope) throws -> ProductForm {
        let fields = try body.fields(["name", "description", "metadata"])
        guard let name = try fields.freeText("name", maximum: 250) else { throw APIError.missing("name") }
        var form = ProductForm(name: name)
        form.description = try fields.freeText("description", maximum: 1000)
        form.metadata = try StripeMark.checked(try Metadata.read(from: fields))
            .merging(StripeMark.of(scope)) { _, own in own }
        return form
    }
}

/// What `POST /v1/prices` asks for. Which amounts a currency allows of a price, Stripe decides: a quantity is still to
/// come, and a price may be nothing.
enum PriceRequest {
    private static let allowed: Set<String> = [
        "product", "unit_amount", "currency", "recurring", "nickname", "lookup_key", "tax_behavior", "metadata",
    ]

    static func read(_ body: JSONBody, for scope: TenantScope) throws -> PriceForm {
        let fields = try body.fields(allowed)
        guard let product = try fields.string("product", maximum: 255) else { throw APIError.missing("product") }
        guard fields.has("unit_amount") else { throw APIError.missing("unit_amount") }
        guard let currency = try fields.string("currency", maximum: 3) else { throw APIError.missing("currency") }
        let unitAmount = try fields.integer("unit_amount", in: 0...Currency.largestCharge) ?? 0
        var form = PriceForm(
            product: product, unitAmount: unitAmount, currency: try Currency(validating: currency))
        form.recurring = try recurring(fields)
        form.nickname = try fields.freeText("nickname", maximum: 250)
        form.lookupKey = try fields.string("lookup_key", maximum: 200)
        form.taxBehavior = try fields.choice("tax_behavior", of: TaxChoice.self)?.behavior
        form.metadata = try StripeMark.checked(try Metadata.read(from: fields))
            .merging(StripeMark.of(scope)) { _, own in own }
        return form
    }

    private static func recurring(_ fields: Fields) throws -> RecurringForm? {
        guard let members = try fields.members("recurring") else { return nil }
        let recurring = try Fields(members, at: "recurring", allowed: ["interval", "interval_count"])
        guard let interval = try recurring.choice("interval", of: RecurringForm.Interval.self) else {
            throw APIError.missing(recurring.parameter("interval"))
        }
        // No period may be longer than three years: Stripe, "Prices", `recurring.interval_count`.
        return RecurringForm(interval, count: try recurring.integer("interval_count", in: 1...1095) ?? 1)
    }

    private enum TaxChoice: String, CaseIterable {
        case inclusive, exclusive, unspecified

        var behavior: TaxBehavior? { TaxBehavior(rawValue: rawValue) }
    }
}
