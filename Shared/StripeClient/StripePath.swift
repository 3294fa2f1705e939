/// A path of Stripe's API. What is interpolated is an id from somewhere else and cannot leave its place in the path:
/// `"/v1/payment_intents/\(id)/cancel"`.
package struct StripePath: ExpressibleByStringInterpolation, Sendable {
    /// As it is sent.
    let text: String
    /// With `{id}` for every id: what metrics and logs go by.
    let template: String
    /// Every id can stand in a path.
    let isValid: Bool

    package init(stringLiteral value: String) {
        text = value
        template = value
        isValid = true
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        template = stringInterpolation.template
        isValid = stringInterpolation.isValid
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var template = ""
        var isValid = true

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            text += literal
            template += literal
        }

        package mutating func appendInterpolation(_ id: String) {
            // "." and ".." would still be steps in the path when escaped.
            if id.isEmpty || id.utf8.count > 255 || id.allSatisfy({ $0 == "." }) { isValid = false }
            text += FormBody.escape(id)
            template += "{id}"
        }
    }
}
