import StripeClient
import Testing

/// What one call puts on the wire.
struct Sent: Equatable {
    /// The method and the path, without the query.
    let line: String
    /// The fields of the query or the body, as they came, brackets unescaped.
    let form: String
    let key: String?

    init(line: String, form: String = "", key: String? = nil) {
        self.line = line
        self.form = form
        self.key = key
    }

    init(_ request: FakeStripe.Request) {
        let parts = request.uri.split(separator: "?", maxSplits: 1)
        line = "\(request.method) \(parts[0])"
        form = request.body.isEmpty ? (parts.count > 1 ? Self.brackets(parts[1]) : "") : request.body
        key = request.header("Idempotency-Key")
    }

    private static func brackets(_ query: Substring) -> String {
        String(query).replacing("%5B", with: "[").replacing("%5D", with: "]")
    }

    /// What `call` sends to a server that answers `answer`.
    static func by(
        answering answer: String, _ call: (StripeClient) async throws -> Void
    ) async throws -> Sent {
        var sent: [Sent] = []
        try await Bench.run { _ in
            .answer(200, answer)
        } _: { bench in
            try await call(bench.stripe)
            sent = bench.server.requests.map(Sent.init)
        }
        try #require(sent.count == 1)
        return sent[0]
    }
}
