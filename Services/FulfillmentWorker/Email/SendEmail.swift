import Commerce
import Database
import Logging
import Mail
import Messaging

/// Sends one email to a buyer, once; a server that took it but could not say so gets it again under the same Message-ID.
struct SendEmail: JobHandler {
    let kind = JobKind.sendEmail
    /// About fifteen hours in all: whoever is told later than that is not helped.
    let retry = RetryPolicy.exponential(first: .seconds(5), cap: .seconds(3600), attempts: 25)
    let timeLimit: Duration

    private let composer: EmailComposer
    private let client: SMTPClient?

    /// - Parameters:
    ///   - client: `nil`: emails are logged, not sent.
    ///   - timeout: the client's.
    init(composer: EmailComposer, client: SMTPClient?, timeout: Duration) {
        self.composer = composer
        self.client = client
        timeLimit = timeout + .seconds(15)
    }

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        let email = try job.payload(EmailPayload.self)
        if let status = try await overtaking(email, of: job.tenant, context) {
            try await context.complete()
            WorkerMetrics.count(email: .overtaken, tenant: job.tenant)
            context.logger.info(
                "An email was overtaken by its order and not sent",
                metadata: ["email.kind": "\(email.kind.rawValue)", "order.status": "\(status.rawValue)"])
            return
        }
        let message = try await composer.message(email, of: job, context.logger)
        if let client {
            try await hand(message, to: client, of: job.tenant)
        }
        let kind = kind
        try await context.complete { try CircuitBreaker.close(tenant: nil, kind: kind, in: $0) }
        WorkerMetrics.count(email: client == nil ? .logged : .sent, tenant: job.tenant)
        context.logger.info(
            client == nil ? "An email was not sent: SMTP_URL is not set" : "An email was sent",
            metadata: [
                "email.kind": "\(email.kind.rawValue)", "to": "\(message.to.masked)",
                "subject": "\(message.subject.text)", "message_id": "\(message.messageID)",
            ])
    }

    /// Where the order is, if it has left behind what the email says of it.
    private func overtaking(
        _ email: EmailPayload, of tenant: TenantID, _ context: JobContext
    ) async throws -> OrderStatus? {
        guard let id = email.order else { return nil }
        let scope = TenantScope(tenant: tenant, livemode: email.livemode)
        let order = try await context.database.read { try OrderStore.get(id, for: scope, in: $0) }
        return order.flatMap { email.isOvertaken(by: $0.status) ? $0.status : nil }
    }

    private func hand(_ message: MailMessage, to client: SMTPClient, of tenant: TenantID) async throws {
        do {
            try await client.send(message)
        } catch let error as MailError {
            WorkerMetrics.count(email: .failed, tenant: tenant)
            switch error.code {
            // One server takes the emails of all tenants.
            case .putOff: throw JobFailure.retry(error.message, destination: .answered.ofAllTenants)
            case .refused: throw JobFailure.bury(error.message, destination: .answered.ofAllTenants)
            // A server that does not want us, whatever it is about, is spared the other emails for a while.
            case .unreachable, .account: throw JobFailure.retry(error.message, destination: .unreachable.ofAllTenants)
            case .invalid: throw JobFailure.bury(error.message)
            }
        }
    }
}
