import Security
import ServiceRuntime

/// Keeps out of our rows, and of Stripe's, what must never be in them: card numbers anywhere in a request, and the NUL
/// character, which PostgreSQL cannot store.
enum TextScreen {
    static func check(_ body: JSONValue) throws(APIError) {
        try body.forEachText { (parameter, text) throws(APIError) in try check(text, parameter) }
    }

    static func check(_ text: String, _ parameter: String) throws(APIError) {
        guard !CardNumber.occurs(in: text) else {
            throw .invalidRequest(
                // The name itself may be the card number, and a name inside an object carries its parent's.
                param: CardNumber.occurs(in: parameter) ? nil : parameter.isEmpty ? nil : parameter,
                code: "card_number_refused",
                message: "A card number was sent. Card numbers go from the buyer's browser to Stripe and nowhere else; "
                    + "nothing was stored.")
        }
        guard !text.utf8.contains(0) else {
            throw .invalidRequest(
                param: parameter.isEmpty ? nil : parameter, code: "parameter_invalid_string",
                message: "A string has a NUL character (U+0000), which cannot be stored.")
        }
    }
}
