import Commerce
import ServiceRuntime
import StripeClient

/// What `POST /v1/customers` asks for.
enum CustomerRequest {
    static func read(_ body: JSONBody) throws -> CustomerForm {
        let fields = try body.fields(["email", "name", "phone", "description", "metadata"])
        var form = CustomerForm()
        form.email = try fields.freeText("email", maximum: 254)
        form.name = try fields.freeText("name", maximum: 256)
        // A telephone number is no text that a card number is looked for in: many an honest one passes the check.
        form.phone = try fields.string("phone", maximum: 20)
        form.description = try fields.freeText("description", maximum: 1000)
        form.metadata = try StripeMark.checked(try Metadata.read(from: fields))
        return form
    }
}
