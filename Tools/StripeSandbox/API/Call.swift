/// One call of the API, authenticated, its parameters checked.
struct Call: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    let method: Method
    let path: String
    /// What stood in the path for each `:id` of the route.
    var ids: [String] = []
    /// Typed by the route's schema.
    var parameters: JSON
    let scope: AccountScope
    let key: APIKey
    let requestID: String
    let idempotencyKey: String?
    /// How the caller reaches the sandbox, for addresses in answers: `http://127.0.0.1:12111`.
    let baseURL: String

    /// The path's id: the only one, or the last.
    var id: String { ids.last ?? "" }

    var isPublishable: Bool { key.kind == .publishable }

    /// A parameter; `null` when it was not sent, or was sent empty to unset it.
    subscript(name: String) -> JSON { parameters[name] }

    func isSent(_ name: String) -> Bool { parameters.has(name) }
}
