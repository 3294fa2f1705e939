import Foundation

/// Undoes the encoding of what stands in a URL; Hummingbird leaves it as it came.
enum PercentEncoding {
    /// A part of a path; nil where it is not valid.
    static func decode(_ text: some StringProtocol) -> String? {
        text.removingPercentEncoding
    }

    /// A name or value of a query, in which `+` is a space (WHATWG URL, "application/x-www-form-urlencoded").
    static func decodeForm(_ text: some StringProtocol) -> String? {
        String(text.map { $0 == "+" ? " " : $0 }).removingPercentEncoding
    }
}
