import Commerce
import Database
import Logging
import Messaging
import StripeClient
import TenantStripe

/// Sweeps one tenant's events at Stripe for those that no webhook brought. The sweep's own duty sees to it that nobody
/// else sweeps at the same time, be it an operator.
struct ReconcileAccount: JobHandler {
    let kind = JobKind.reconcileAccount
    /// The next one is on the schedule.
    let retry = RetryPolicy.exponential(first: .seconds(10), cap: .seconds(300), attempts: 4)
    /// A day of missed events of a large shop is some hundred pages.
    let timeLimit: Duration = .seconds(1800)

    let sweep: AccountSweep
    let tenants: TenantStore

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        guard let tenant = try await tenants.get(job.tenant) else {
            throw JobFailure.bury("Tenant \(job.tenant) does not exist.")
        }
        do {
            guard let result = try await sweep.run(tenant) else { return }
            guard result.missed > 0 else { return }
            context.logger.warning(
                "Events that no webhook brought were found at Stripe and stored",
                metadata: ["missed": "\(result.missed)", "seen": "\(result.seen)"])
        } catch let error as StripeError {
            throw StripeReader.failure(error, tenant.id)
        }
    }
}
