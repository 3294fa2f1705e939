import Commerce
import Database
import HTTPTypes
import Logging
import Messaging
import ServiceRuntime
import StripeClient
import StripeModels
import TenantStripe

/// Stripe, in the name of one tenant and for one request: its keys, a limit on how long it may take, and its errors in
/// the words of this API.
struct StripeAccess: Sendable {
    let client: StripeClient
    let database: Database
    let tenants: TenantStore
    let scope: TenantScope
    let attempts: KeyAttempts
    /// When Stripe has to have answered all calls of this request. Before the drain's grace is over, so that a request
    /// in flight is answered before this process ends.
    let deadline: ContinuousClock.Instant
    /// How far away a call's turn may be; nil for as far as the client waits.
    let longestQueue: Duration?
    let logger: Logger

    /// Asks Stripe once, with as many tries as that takes.
    /// - Throws: `StripeRefusal` for what Stripe will not do however often it is asked; `APIError` for all else.
    func call<Answer: Sendable>(
        _ body: @escaping @Sendable (StripeCredentials) async throws -> Answer
    ) async throws -> Answer {
        var credentials = try await tenants.credentials(of: scope.tenant)
        credentials.longestQueue = longestQueue
        do {
            return try await withTimeLimit(deadline - .now) { [credentials] in try await body(credentials) }
        } catch let error as TimeLimitExceeded {
            logger.warning("Stripe did not answer in time", metadata: ["tenant": "\(scope.tenant)"])
            throw APIError.stripeUnavailable(.serviceUnavailable, cause: error)
        } catch let error as StripeError {
            tell(error)
            throw error.asFailure
        }
    }

    /// The same for a call that no row of ours stands for: its key follows from the request, and changes once Stripe
    /// has used it up.
    func call<Answer: Sendable>(
        under base: String,
        _ body: @escaping @Sendable (_ idempotencyKey: String, StripeCredentials) async throws -> Answer
    ) async throws -> Answer {
        let (key, attempt) = attempts.key(for: base)
        do {
            return try await call { try await body(key, $0) }
        } catch let error as APIError where error.usedUpStripeKey {
            attempts.useUp(base, attempt)
            throw error
        }
    }

    private func tell(_ error: StripeError) {
        var metadata: Logger.Metadata = [
            "tenant": "\(scope.tenant)", "error": "\(error)", "status": "\(error.status.map(String.init) ?? "none")",
            "code": "\(error.body?.code ?? "none")",
        ]
        guard let fault = error.credentialFault else {
            logger.warning("A call to Stripe failed", metadata: metadata)
            return
        }
        metadata["fault"] = "\(fault.rawValue)"
        logger.error(
            "Stripe refuses the key of a tenant; give it a valid one with checkoutctl tenant update", metadata: metadata
        )
        fault.count(of: scope.tenant)
    }
}
