import ArgumentParser
import Commerce
import Database
import Foundation
import Messaging
import Security
import StripeClient

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Check every setting, the database, Stripe, the clocks and every tenant, and say how to mend what is wrong.",
        discussion: "Run it where the services run, with their environment. Exits with 1 when something is wrong.")

    @OptionGroup var common: CommonOptions

    mutating func run() async throws {
        let options = common
        try await reportingFailures {
            let findings = await Self.examine(options)
            try Output(json: options.json).print(
                .page(findings.map(\.json), hasMore: false), Finding.text(findings))
            if findings.contains(where: { $0.status == .wrong }) { throw ExitCode.failure }
        }
    }

    private static func examine(_ options: CommonOptions) async -> [Finding] {
        let settings = SettingsCheck(options.settings, environment: ProcessInfo.processInfo.environment)
        var findings = settings.findings
        do {
            let database = try Database.open(settings.settings.database, logger: Session.logger)
            let ofDatabase = await DatabaseCheck(database: database, url: settings.settings.database).findings()
            findings += ofDatabase
            let isUsable = !ofDatabase.contains { $0.status == .wrong }
            findings += await examineStripe(settings, isUsable ? database : nil)
            await database.close()
        } catch {
            findings.append(
                .wrong(
                    "database", error.message,
                    mend: error.mend ?? "see that DATABASE_URL names the right file, and that it can be written"))
            findings += await examineStripe(settings, nil)
        }
        return findings
    }

    /// - Parameter database: nil when its tenants cannot be read.
    private static func examineStripe(_ check: SettingsCheck, _ database: Database?) async -> [Finding] {
        do {
            return try await StripeConnection.with(
                base: check.settings.stripeAPIBase, retries: 1, logger: Session.logger
            ) { stripe in
                var findings = await StripeCheck(base: check.settings.stripeAPIBase, stripe: stripe).findings()
                let isReached = !findings.contains { $0.check == "Stripe" && $0.status == .wrong }
                if let database, let keys = check.settings.keys {
                    findings += try await examineTenants(check, database, keys, isReached ? stripe : nil)
                }
                return findings
            }
        } catch {
            return [.wrong("Stripe", CommandFailure(error).message, mend: "set STRIPE_API_BASE right")]
        }
    }

    /// - Parameter stripe: nil when it cannot be reached: then the keys are not tried one by one.
    private static func examineTenants(
        _ check: SettingsCheck, _ database: Database, _ keys: KeyRing, _ stripe: StripeClient?
    ) async throws -> [Finding] {
        let tenants = TenantStore(database: database, keys: keys)
        let tenantCheck = TenantCheck(
            tenants: tenants, endpoints: WebhookEndpointStore(database: database, keys: keys), stripe: stripe,
            policy: check.settings.destinationPolicy, settings: check.settings,
            publicBaseURL: check.publicBaseURL)
        var findings: [Finding] = []
        var after: String?
        repeat {
            let page = try await tenants.list(PageRequest(limit: 1000, startingAfter: after, maximum: 1000))
            for tenant in page.data { findings += await tenantCheck.findings(of: tenant) }
            after = page.hasMore ? page.data.last?.id.rawValue : nil
        } while after != nil
        if findings.isEmpty {
            findings.append(
                .note("tenants", "there are none yet", mend: "make one with 'checkoutctl tenant create'"))
        }
        return findings
    }
}
