import AsyncHTTPClient
import Logging
import StripeClient

/// A client for Stripe for the length of a call.
enum StripeConnection {
    /// - Parameter pacing: of the tenants, shared with the services; nil where there is no database to share it by.
    static func with<T>(
        base: String, retries: Int, pacing: (any StripePacing)? = nil, logger: Logger,
        _ body: (StripeClient) async throws -> T
    ) async throws -> T {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: StripeClient.httpConfiguration)
        do {
            // A person waits in front of this.
            let stripe = try StripeClient(
                http: http, base: base, logger: logger, retries: retries, timeout: .seconds(20), pacing: pacing)
            let result = try await body(stripe)
            try await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()
            throw error
        }
    }
}
