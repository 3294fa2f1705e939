package import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
package import StripeModels

/// Calls Stripe, for any number of tenants at once.
///
/// A call that failed for a passing reason is tried again with the same idempotency key. Each tenant keeps to its rate,
/// and one that Stripe answered 429 is slowed down, alone. TLS is verified whatever `http` is set to.
package struct StripeClient: Sendable {
    let base: StripeBase
    let transport: StripeTransport
    let rule: RetryRule
    let clock: StripeClock
    let longestQueue: Duration
    let pacing: any StripePacing
    /// For when `pacing` cannot be asked.
    let localPacing: LocalPacing
    let pacer = Pacer()
    let logger: Logger

    /// - Parameters:
    ///   - http: made with ``httpConfiguration``; shutting it down is the caller's.
    ///   - base: `https://api.stripe.com`, or `http://` on a loopback address.
    ///   - retries: tries after the first one.
    ///   - timeout: for one try, its answer's body included.
    ///   - longestQueue: a call whose tenant's turn is further away fails at once, as rate limited.
    ///   - pacing: keeps tenants to their rates; nil for one of this process alone.
    ///   - largestAnswer: bytes of an answer that are read; one hundred events with their objects fit.
    /// - Throws: `notSent` for a `base` that keys must not be sent to.
    package init(
        http: HTTPClient, base: String, logger: Logger, retries: Int = 2, timeout: Duration = .seconds(80),
        longestQueue: Duration = .seconds(5), largestAnswer: Int = 16 << 20,
        pacing: (any StripePacing)? = nil, clock: StripeClock = .system
    ) throws(StripeError) {
        self.base = try StripeBase(base)
        self.logger = logger
        self.clock = clock
        self.longestQueue = longestQueue
        localPacing = LocalPacing(clock: clock)
        self.pacing = pacing ?? localPacing
        rule = RetryRule(retries: retries)
        transport = StripeTransport(http: http, timeout: timeout, clock: clock, largestAnswer: largestAnswer)
    }

    /// How the HTTP client for Stripe is set: it follows no redirect (Stripe sends none, and a call must not end up
    /// elsewhere), and leaves retrying to the Stripe client.
    package static var httpConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }

    /// Reads what is at `path`.
    package func get<T: Decodable & Sendable>(
        _ path: StripePath, query: FormBody = .empty, as credentials: StripeCredentials
    ) async throws(StripeError) -> T {
        try await send(StripeCall(method: .GET, path: path, form: query, idempotencyKey: nil), as: credentials)
    }

    /// - Parameter idempotencyKey: from our own row, so that it outlives a crash between the call and the commit.
    package func post<T: Decodable & Sendable>(
        _ path: StripePath, _ form: FormBody = .empty, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> T {
        try await send(
            StripeCall(method: .POST, path: path, form: form, idempotencyKey: idempotencyKey), as: credentials)
    }

    /// Takes no key, so an answer that was lost leaves the question open: read the object then.
    package func delete<T: Decodable & Sendable>(
        _ path: StripePath, query: FormBody = .empty, as credentials: StripeCredentials
    ) async throws(StripeError) -> T {
        try await send(StripeCall(method: .DELETE, path: path, form: query, idempotencyKey: nil), as: credentials)
    }

    /// Every element of the list at `path`, page by page as they are asked for.
    package func list<T: StripeResource>(
        _ path: StripePath, query: FormBody = .empty, as credentials: StripeCredentials
    ) -> StripePages<T> {
        StripePages(client: self, path: path, query: query, credentials: credentials)
    }
}
