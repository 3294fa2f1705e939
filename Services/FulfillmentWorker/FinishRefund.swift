import Commerce
import Database
import Logging
import Messaging
import StripeClient
import StripeModels
import TenantStripe

/// Finds out what became of a refund that whoever asked for it did not hear of: we crashed, Stripe was away. Its money
/// stays reserved until then.
///
/// Stripe is first asked whether it has the refund, by our id in its metadata; only then is the same call made again, with
/// the same key. The key changes only after Stripe failed under it and, a good while later, still has no such refund: for
/// a day it would answer that key with the same failure.
struct FinishRefund: JobHandler {
    let kind = JobKind.finishRefund
    /// About two days in all.
    let retry = RetryPolicy.exponential(first: .seconds(30), cap: .seconds(10_800), attempts: 25)
    let timeLimit: Duration = .seconds(120)

    let stripe: StripeReader

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        let payload = try job.payload(FinishRefundPayload.self)
        let scope = TenantScope(tenant: job.tenant, livemode: payload.livemode)
        guard
            let refund = try await context.database.read({
                try RefundStore.get(payload.refund, for: scope, in: $0)
            })
        else { throw JobFailure.bury("Refund \(payload.refund) does not exist.") }
        // The caller's own try, or an event, was faster.
        guard refund.status == .requested else { return try await context.complete() }
        let made = try await stripe.ask(for: scope.tenant) { try await $0.unheardRefund(of: refund, as: $1) }
        if let made { return try await apply(RefundFact(made), to: refund, scope, context) }
        try await make(refund, scope, context)
    }

    private func apply(
        _ fact: RefundFact, to refund: OrderRefund, _ scope: TenantScope, _ context: JobContext
    ) async throws {
        let application = try await context.complete { connection in
            try Application(
                [.reported(.refund(fact))], for: scope, cause: OrderCause("refund \(refund.id) finished"),
                in: connection)
        }
        application.report(context.logger, tenant: scope.tenant, about: ["refund.id": "\(refund.id)"])
    }

    private func make(_ refund: OrderRefund, _ scope: TenantScope, _ context: JobContext) async throws {
        do {
            let credentials = try await stripe.tenants.credentials(of: scope.tenant)
            let made = try await stripe.client.createRefund(of: refund, as: credentials)
            try await apply(RefundFact(made), to: refund, scope, context)
        } catch let error as StripeError {
            if error.isFinalRefusal {
                let code = error.body?.code ?? "refused"
                try await context.complete { connection in
                    _ = try RefundStore.refuse(refund.id, code: code, for: scope, in: connection)
                }
                context.logger.error(
                    "Stripe refused a refund", metadata: ["refund.id": "\(refund.id)", "error": "\(error)"])
                return
            }
            if error.provesCallEnded { try await useAnotherKey(refund, scope, context) }
            throw StripeReader.failure(error, scope.tenant)
        }
    }

    /// After Stripe's failure, and long after: see the type.
    private func useAnotherKey(_ refund: OrderRefund, _ scope: TenantScope, _ context: JobContext) async throws {
        try await context.database.write { connection in
            guard try connection.now() - refund.updatedAt > StripeClient.settling else { return }
            _ = try RefundStore.nextAttempt(refund.id, after: refund.attempt, for: scope, in: connection)
        }
    }
}

extension StripeError {
    /// Whether Stripe looked at the call and will not do it, however often it is asked.
    fileprivate var isFinalRefusal: Bool {
        guard case .api(let status, _) = kind, !outcomeUnknown, !isRetryable, credentialFault == nil else {
            return false
        }
        return (400..<500).contains(status) && !isKeyReused
    }
}
