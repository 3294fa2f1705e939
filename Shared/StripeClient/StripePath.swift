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

    /// A path that Stripe named itself, as a thin event does.
    ///
    /// - Returns: nil for anything but a plain path of the first API: with another host, a query, an escape or a step
    ///   upwards in it, a call would end up elsewhere.
    init?(named path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.utf8.count <= 255, parts.count >= 3, parts[0].isEmpty, parts[1] == "v1",
            parts.dropFirst(2).allSatisfy(Self.isPlain)
        else { return nil }
        text = path
        template = "/v1/{named}"
        isValid = true
    }

    private static func isPlain(_ part: Substring) -> Bool {
        !part.isEmpty
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
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
