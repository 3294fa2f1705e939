import Commerce
import Database
import Mail
import Security
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker
@testable import Messaging

/// A tenant whose emails are sent, on a database of its own.
private struct PostOffice: Sendable {
    let test: TestDatabase
    let tenant: TenantID
    let composer: EmailComposer

    var queue: JobQueue { JobQueue(test.database) }

    static func email(
        _ kind: EmailKind = .receipt, to: String = "buyer@example.org", order: OrderID? = nil
    ) -> EmailPayload {
        EmailPayload(
            kind: kind, to: to, order: order, subscription: nil, livemode: false, values: ["amount": "19.99 EUR"],
            created: 1_795_338_724)
    }

    func claim(_ email: EmailPayload) async throws -> ClaimedJob {
        let job = try NewJob(.sendEmail, tenant: tenant, payload: email)
        _ = try await test.database.write { try JobQueue.enqueue(job, in: $0) }
        return try await claimNext()
    }

    func claimNext() async throws -> ClaimedJob {
        try #require(try await queue.claim([.sendEmail], limit: 1, lease: .seconds(30)).first)
    }

    /// Runs it once.
    /// - Returns: what became of it.
    func run(_ job: ClaimedJob, client: SMTPClient? = nil) async throws -> JobRow {
        let running = RunningJobs(limit: 1)
        running.add(job)
        let handler = SendEmail(composer: composer, client: client, timeout: .seconds(20))
        await JobRun(job: job, handler: handler, queue: queue, logger: quiet).run(in: running)
        running.remove(job.lease)
        return try #require(try await queue.jobs(limit: 10).first { $0.id == job.id })
    }
}

private func withPostOffice(
    on engine: Engine = .sqlite, sender: EmailSender? = EmailSender(address: nil, name: "Mugs"),
    wording: EmailWording? = nil, _ body: @escaping @Sendable (PostOffice) async throws -> Void
) async throws {
    try await withDatabase(on: engine, migrations: Schema.migrations) { test in
        let tenant = try await TenantStore(database: test.database, keys: try Shop.keys()).create(
            NewTenant(name: "Mugs", stripeSecretKey: Secret(Shop.stripeKey), stripePublishableKey: "pk_test_abcdefgh"))
        let composer = EmailComposer(
            from: try EmailAddress("no-reply@example.com"),
            page: { _, order in "https://pay.example.com/pay/\(order)" },
            sender: { _ in sender }, wording: { _, kind in kind == .receipt ? wording : nil })
        try await body(PostOffice(test: test, tenant: tenant.tenant.id, composer: composer))
    }
}

@Suite(.timeLimit(.minutes(2))) struct EmailSendTests {
    @Test func `a job makes the same email at every try`() async throws {
        try await withPostOffice { office in
            let email = PostOffice.email()
            let job = try await office.claim(email)
            let message = try await office.composer.message(email, of: job, quiet)
            #expect(message.messageID == "<\(job.id).\(office.tenant)@example.com>")
            #expect(message.from.text == "no-reply@example.com" && message.fromName.text == "Mugs")
            #expect(message.to.text == "buyer@example.org")
            #expect(message.subject.text == "Your order at Mugs")
            #expect(message.text.contains("19.99 EUR") && message.html.contains("19.99 EUR"))
            #expect(try await office.composer.message(email, of: job, quiet) == message)
        }
    }

    @Test func `a tenant's sender and wording take the standard's place, for the kinds that have one`() async throws {
        let wording = EmailWording(subject: "Danke, {{shop}}", text: "{{amount}}", html: "<p>{{amount}}</p>")
        let sender = EmailSender(address: "hallo@bücher.example", name: "Bücher\r\nBcc: x@example.com")
        try await withPostOffice(sender: sender, wording: wording) { office in
            let job = try await office.claim(PostOffice.email())
            let receipt = try await office.composer.message(PostOffice.email(), of: job, quiet)
            #expect(receipt.from.text == "hallo@xn--bcher-kva.example")
            #expect(receipt.messageID.hasSuffix("@xn--bcher-kva.example>"))
            #expect(receipt.fromName.text == "Bücher Bcc: x@example.com")
            #expect(receipt.subject.text == "Danke, Bücher Bcc: x@example.com")
            #expect(receipt.text == "19.99 EUR" && receipt.html == "<p>19.99 EUR</p>")
            let other = try await office.composer.message(PostOffice.email(.trialEnding), of: job, quiet)
            #expect(other.subject.text.contains("trial"))
        }
    }

    @Test func `a wording that cannot be used does not keep the buyer from the email`() async throws {
        let wording = EmailWording(subject: "{{nothing}}", text: "", html: "")
        try await withPostOffice(wording: wording) { office in
            let job = try await office.claim(PostOffice.email())
            let message = try await office.composer.message(PostOffice.email(), of: job, quiet)
            #expect(message.subject.text == "Your order at Mugs")
        }
    }

    @Test(arguments: Engine.all)
    func `without a server the job is done`(on engine: Engine) async throws {
        try await withPostOffice(on: engine) { office in
            let job = try await office.claim(PostOffice.email())
            #expect(try await office.run(job).state == "done")
        }
    }

    @Test(arguments: ["jürgen@example.org", "a@example.org\r\nBcc: b@example.org", ""])
    func `a recipient that is none is a dead letter`(to: String) async throws {
        try await withPostOffice { office in
            let row = try await office.run(try await office.claim(PostOffice.email(to: to)))
            #expect(row.state == "dead")
            #expect(row.lastError?.contains("The email address") == true)
            #expect(to.isEmpty || row.lastError?.contains(to) == false)
        }
    }

    @Test func `a sender that is none is a dead letter that says whose fault it is`() async throws {
        try await withPostOffice(sender: EmailSender(address: "nobody", name: "Mugs")) { office in
            let row = try await office.run(try await office.claim(PostOffice.email()))
            #expect(row.state == "dead")
            #expect(row.lastError?.contains("email_from") == true)
        }
    }

    @Test func `a server that is not there is spared after five tries in a row`() async throws {
        try await withPostOffice { office in
            let client = try SMTPClient(
                server: SMTPServer(parsing: "smtp://127.0.0.1:1"), greeting: "example.com", environment: [:])
            defer { client.close() }
            for _ in 0..<5 {
                let row = try await office.run(try await office.claim(PostOffice.email()), client: client)
                #expect(row.state == "scheduled")
                #expect(row.lastError?.contains("took no email") == true)
            }
            let breakers = try await office.queue.breakers()
            #expect(breakers.map(\.kind) == [.sendEmail])
            // There is one server for all tenants, so what one found out holds for the others.
            #expect(breakers.map(\.tenant) == [nil])
            let other = try NewJob(.sendEmail, tenant: TenantID(rawValue: "ten_other"), payload: PostOffice.email())
            _ = try await office.test.database.write { try JobQueue.enqueue(other, in: $0) }
            #expect(try await office.queue.claim([.sendEmail], limit: 1, lease: .seconds(30)).isEmpty)
            // One that gets through opens it for all.
            try await office.test.advance(by: .seconds(5))
            #expect(try await office.run(try await office.claimNext()).state == "done")
            #expect(try await office.queue.breakers().isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a buyer whose order was canceled is not asked to pay`(on engine: Engine) async throws {
        try await withPostOffice(on: engine) { office in
            let tenant = office.tenant
            let order = try await office.test.database.write { connection in
                let scope = TenantScope(tenant: tenant, livemode: false)
                let order = try OrderStore.insert(
                    NewOrder(amount: 1999, currency: Currency(validating: "eur")), for: scope,
                    cause: .request("req_1", "POST"), in: connection)
                return try OrderStore.move(
                    order.id, for: scope, by: .canceled, cause: .request("req_2", "POST"), in: connection
                ).order
            }
            // What cannot be sent is not even looked at.
            let email = PostOffice.email(.paymentFailed, to: "", order: order.id)
            #expect(try await office.run(try await office.claim(email)).state == "done")
        }
    }
}
