import Commerce
import Logging
import Mail
import Messaging

/// Who an email is from.
struct EmailSender: Sendable, Hashable {
    /// `nil`: the program's own.
    let address: String?
    let name: String
}

/// Makes emails out of jobs: the tenant's sender and wording, or the standard ones.
struct EmailComposer: Sendable {
    /// `nil`: there is no such tenant.
    typealias Sender = @Sendable (TenantID) async throws -> EmailSender?
    /// `nil`: the tenant has no wording of its own.
    typealias Wording = @Sendable (TenantID, EmailKind) async throws -> EmailWording?

    let from: EmailAddress
    /// Where the buyer can pay an order: Stripe's page, or our own with the secret that opens it behind the `#`, which
    /// no server's log ever sees. It is put into the email and kept nowhere. `nil`: nobody can pay it.
    typealias Page = @Sendable (TenantScope, OrderID) async throws -> String?

    let page: Page
    let sender: Sender
    let wording: Wording

    /// The same email whenever the job is tried, down to its Message-ID.
    /// - Throws: `JobFailure` that buries the job when no email can be made of it.
    func message(_ email: EmailPayload, of job: ClaimedJob, _ logger: Logger) async throws -> MailMessage {
        guard let sender = try await sender(job.tenant) else {
            throw JobFailure.bury("Tenant \(job.tenant) does not exist.")
        }
        let from = try sender.address.map { address in
            try Self.buryingFaults("The sender that the tenant set (email_from)") { () throws(MailError) in
                try EmailAddress(address)
            }
        }
        let rendered = try await render(email, sender, job, logger)
        return try Self.buryingFaults("The email") { () throws(MailError) in
            MailMessage(
                from: from ?? self.from, fromName: try HeaderText(HeaderText.flattened(sender.name)),
                to: try EmailAddress(email.to), subject: rendered.subject, text: rendered.text, html: rendered.html,
                reference: "\(job.id).\(job.tenant)", date: email.created)
        }
    }

    private func render(
        _ email: EmailPayload, _ sender: EmailSender, _ job: ClaimedJob, _ logger: Logger
    ) async throws -> RenderedEmail {
        var page: String?
        if let order = email.order {
            page = try await self.page(TenantScope(tenant: job.tenant, livemode: email.livemode), order)
        }
        let values = email.values(shop: sender.name, page: page)
        if let own = try await wording(job.tenant, email.kind) {
            do {
                return try EmailTemplates(own, kind: email.kind).render(values)
            } catch {
                // It was checked when it was set. Better the standard words than no email.
                logger.error(
                    "A tenant's wording of an email cannot be used; the standard one was",
                    metadata: ["email.kind": "\(email.kind.rawValue)", "error": "\(error)"])
            }
        }
        return try Self.buryingFaults("The email") { () throws(MailError) in
            try EmailTemplates(EmailTemplates.standard(email.kind), kind: email.kind).render(values)
        }
    }

    /// What is wrong with an address or a text today is wrong tomorrow.
    private static func buryingFaults<T>(_ what: String, _ body: () throws(MailError) -> T) throws(JobFailure) -> T {
        do {
            return try body()
        } catch {
            throw .bury("\(what) cannot be used: \(error.message)")
        }
    }
}
