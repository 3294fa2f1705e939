import Commerce
import Database
import Logging
import ServiceRuntime
import StripeClient
import TenantStripe

extension Dashboard {
    /// How long Stripe may take: a page that refreshes itself waits no longer for a part of it.
    static let patience: Duration = .seconds(6)

    /// - Throws: what our own database failed with; nothing of Stripe's.
    static func read(for tenant: Tenant, _ stripe: StripeAccess, _ logger: Logger) async throws -> Dashboard {
        async let balance = part("balance", logger) {
            try await stripe.call { [client = stripe.client] in try await client.balance(as: $0) }
        }
        async let charges = part("charges", logger) {
            try await stripe.call { [stripe] credentials in
                try await RecentCharge.last(
                    Self.charges, of: stripe.scope, at: stripe.client, as: credentials, in: stripe.database)
            }
        }
        let local = try await stripe.database.read { try LocalDashboard(of: tenant.scope, in: $0) }
        let (heldBalance, heldCharges) = await (balance, charges)
        return Dashboard(
            tenant: tenant, local: local, balance: try? heldBalance.get(), charges: try? heldCharges.get(),
            missing: [heldBalance.fault, heldCharges.fault].compactMap(\.self))
    }

    private static func part<Part: Sendable>(
        _ name: String, _ logger: Logger, _ body: () async throws -> Part
    ) async -> Result<Part, MissingPart> {
        do {
            return .success(try await body())
        } catch let refusal as StripeRefusal {
            return .failure(MissingPart(name, refusal.error))
        } catch let error as APIError {
            return .failure(MissingPart(name, error))
        } catch {
            logger.warning("A part of a dashboard was not read", metadata: ["part": "\(name)", "error": "\(error)"])
            return .failure(MissingPart(name, .internalError(cause: error)))
        }
    }
}

private struct MissingPart: Error {
    let missing: Dashboard.Missing

    init(_ part: String, _ error: APIError) {
        missing = .init(part: part, code: error.code ?? error.type.rawValue, message: error.message)
    }
}

extension Result where Failure == MissingPart {
    fileprivate var fault: Dashboard.Missing? {
        if case .failure(let part) = self { part.missing } else { nil }
    }
}
