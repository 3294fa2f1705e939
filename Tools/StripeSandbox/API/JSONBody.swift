import OrderedCollections

extension JSON {
    /// A body of the v2 API, ready to be checked: `null` unsets a field there, as an empty text does in a form.
    init(body text: String) throws(StripeFailure) {
        let body: JSON
        do throws(JSONSyntaxError) {
            body = text.isEmpty ? [:] : try JSON(reading: text)
        } catch {
            throw .invalid("Invalid JSON in the request's body: \(error)")
        }
        guard case .object = body else { throw .invalid("The request's body must be a JSON object.") }
        self = body.unsettingNulls
    }

    private var unsettingNulls: JSON {
        switch self {
        case .null: ""
        case .array(let elements): .array(elements.map(\.unsettingNulls))
        case .object(let fields): .object(fields.mapValues(\.unsettingNulls))
        default: self
        }
    }
}
