import HTTPTypes

/// Stripe's API may be called by any page, with a publishable key.
enum CrossOrigin {
    static let answer: HTTPFields = [
        .accessControlAllowOrigin: "*",
        .accessControlExposeHeaders: "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry",
    ]

    static let preflight: HTTPFields = {
        var fields = answer
        fields[.accessControlAllowMethods] = "GET, HEAD, PUT, PATCH, POST, DELETE"
        fields[.accessControlAllowHeaders] =
            "Authorization, Content-Type, Idempotency-Key, Stripe-Account, Stripe-Version, X-Requested-With"
        fields[.accessControlMaxAge] = "300"
        return fields
    }()
}
