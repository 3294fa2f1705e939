import ServiceRuntime
import StripeModels

/// What can be wrong with a parameter, with Stripe's codes where Stripe has one. None of them repeats the value.
extension APIError {
    static func unknownParameters(_ names: [String]) -> APIError {
        // Enough to mend a request by, and no more than a person reads.
        let shown = names.prefix(10).map { $0.count > 100 ? "\($0.prefix(100))…" : $0 }.joined(separator: ", ")
        return .invalidRequest(
            param: names.first.map { String($0.prefix(100)) }, code: "parameter_unknown",
            message: "Received unknown parameter\(names.count == 1 ? "" : "s"): \(shown).")
    }

    static func wrongType(_ parameter: String, _ wanted: String, _ received: String) -> APIError {
        .invalidRequest(
            param: parameter, code: "parameter_invalid_type",
            message: "\(parameter) must be \(wanted); received \(received).")
    }

    static func notAnInteger(_ parameter: String) -> APIError {
        .invalidRequest(
            param: parameter, code: "parameter_invalid_integer",
            message: "\(parameter) must be an integer, written in plain digits.")
    }

    static func notPositive(_ parameter: String) -> APIError {
        .invalidRequest(
            param: parameter, code: "parameter_invalid_integer", message: "\(parameter) must be greater than 0.")
    }

    /// For an integer beyond all that we hold; Commerce words it for those that are only beyond Stripe's limit.
    static func amountTooLarge(_ parameter: String) -> APIError {
        .invalidRequest(
            param: parameter, code: "amount_too_large",
            message: "The amount must be no more than \(Currency.largestCharge).")
    }

    static func emptyString(_ parameter: String) -> APIError {
        .invalidRequest(
            param: parameter, code: "parameter_invalid_empty",
            message: "\(parameter) is an empty string; leave it out instead.")
    }

    static func tooLong(_ parameter: String, maximum: Int) -> APIError {
        .invalidRequest(
            param: parameter, code: "parameter_too_long",
            message: "\(parameter) may have at most \(maximum) characters.")
    }

    static func wrongCount(_ parameter: String, _ range: ClosedRange<Int>) -> APIError {
        .invalidRequest(
            param: parameter, code: range.lowerBound == 1 ? "parameter_invalid_empty" : "parameter_invalid_count",
            message: "\(parameter) must have \(range.lowerBound) to \(range.upperBound) elements.")
    }

    static func notAmong(_ parameter: String, _ choices: [String]) -> APIError {
        .invalidRequest(
            param: parameter, code: "parameter_invalid_choice",
            message: "\(parameter) must be one of \(choices.joined(separator: ", ")).")
    }
}
