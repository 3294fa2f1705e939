/// A call that the sandbox serves.
struct Route: Sendable {
    typealias Handler = @Sendable (Call, Transaction) throws(StripeFailure) -> JSON

    /// Whose keys may make it.
    enum Access: Sendable {
        case secretOnly
        /// Browsers too, with these parameters beside the ones of the schema.
        case publishable(adding: [String: ParameterSchema.Field] = [:])
    }

    let method: Call.Method
    let path: String
    let schema: ParameterSchema
    let browserSchema: ParameterSchema?
    let handler: Handler
    private let segments: [Substring]

    init(_ method: Call.Method, _ path: String, by access: Access = .secretOnly, _ handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.schema = ParameterSchema.all["\(method.rawValue) \(path)"] ?? ParameterSchema()
        switch access {
        case .secretOnly: browserSchema = nil
        case .publishable(let others): browserSchema = schema.adding(BrowserParameters.always).adding(others)
        }
        self.handler = handler
        self.segments = path.split(separator: "/")
    }

    /// The ids in a path that this route serves; nil when it serves another.
    func match(_ method: Call.Method, _ path: [Substring]) -> [String]? {
        guard method == self.method, path.count == segments.count else { return nil }
        var ids: [String] = []
        for (wanted, given) in zip(segments, path) {
            if wanted.first == ":" {
                ids.append(String(given))
            } else if wanted != given {
                return nil
            }
        }
        return ids
    }
}

/// What Stripe.js sends along with its calls.
enum BrowserParameters {
    static let always: [String: ParameterSchema.Field] = Dictionary(
        uniqueKeysWithValues: [
            "key", "_stripe_account", "_stripe_version", "referrer", "guid", "muid", "sid", "payment_user_agent",
            "time_on_page", "pasted_fields", "client_attribution_metadata", "expected_payment_method_type",
        ].map { ($0, ParameterSchema.Field(type: .any)) })

    static let clientSecret: [String: ParameterSchema.Field] = ["client_secret": .init(isRequired: true)]
}
