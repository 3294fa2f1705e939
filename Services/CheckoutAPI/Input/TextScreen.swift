import Security
import ServiceRuntime

/// Keeps out of our rows, and of Stripe's, what must never be in them: card numbers, and the NUL character, which
/// PostgreSQL cannot store.
///
/// Card numbers are looked for where people write (descriptions, names, emails, metadata) and in the names of members,
/// which errors repeat. SKUs, ids and numbers have strict forms of their own, and many an honest one passes the check
/// of card numbers by chance: one EAN-13 in ten.
enum TextScreen {
    /// What holds for every string of a body, whatever it is for.
    static func check(_ body: JSONValue) throws(APIError) {
        try body.forEachText { (parameter, text, kind) throws(APIError) in
            if kind == .name { try refuseCardNumber(in: text, parameter) }
            try refuseNUL(in: text, parameter)
        }
    }

    static func refuseCardNumber(in text: String, _ parameter: String) throws(APIError) {
        guard CardNumber.occurs(in: text) else { return }
        throw .invalidRequest(
            param: parameter.isEmpty ? nil : parameter, code: "card_number_refused",
            message: "A card number was sent. Card numbers go from the buyer's browser to Stripe and nowhere else; "
                + "nothing was stored.")
    }

    static func refuseNUL(in text: String, _ parameter: String) throws(APIError) {
        guard text.utf8.contains(0) else { return }
        throw .invalidRequest(
            param: parameter.isEmpty ? nil : parameter, code: "parameter_invalid_string",
            message: "A string has a NUL character (U+0000), which cannot be stored.")
    }
}
