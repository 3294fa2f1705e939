import Commerce
import ServiceRuntime

/// What `POST /v1/refunds` asks for.
enum RefundRequest {
    static func read(_ body: JSONBody) throws -> NewRefund {
        let fields = try body.fields(["order", "amount", "reason", "metadata"])
        guard let order = try fields.string("order", maximum: 255) else { throw APIError.missing("order") }
        guard let id = OrderID(inPath: order) else { throw APIError.notFound("No such order.", param: "order") }
        let amount = try fields.integer("amount", orTooLarge: .amountTooLarge("amount"))
        return try NewRefund(
            order: id, amount: amount, reason: try fields.string("reason", maximum: 255),
            metadata: try Metadata.read(from: fields))
    }
}
