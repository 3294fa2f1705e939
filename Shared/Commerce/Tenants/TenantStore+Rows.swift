package import Database
package import Messaging

extension TenantStore {
    /// The tenant, inside a transaction of the caller's.
    package static func get(
        _ id: TenantID, forUpdate: Bool = false, in connection: Connection
    ) throws -> Tenant? {
        let lock = forUpdate ? connection.dialect.forUpdate : ""
        return try connection.row("SELECT * FROM tenants WHERE id = $1\(lock)", id).map { try Tenant($0) }
    }

    /// The tenants whose events the endpoint of `platform` receives for this connected account, the oldest first: one,
    /// unless several share the account.
    package static func connected(
        to platform: String, account: String, livemode: Bool, in connection: Connection
    ) throws -> [Tenant] {
        try connection.rows(
            """
            SELECT * FROM tenants WHERE platform_account = $1 AND stripe_account = $2 AND livemode = $3
            ORDER BY created_at, id
            """, platform, account, livemode
        ).map { try Tenant($0) }
    }

    static func existing(_ id: TenantID, in connection: Connection) throws -> Tenant {
        guard let tenant = try get(id, in: connection) else { throw CommerceError.noSuch("tenant", id.rawValue) }
        return tenant
    }
}

extension Tenant {
    /// From a row of `tenants`.
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), name: try row.get("name"), livemode: try row.get("livemode"),
            stripeAccount: try row.get("stripe_account"), platformAccount: try row.get("platform_account"),
            applicationFeeBps: try row.get("application_fee_bps"), stripeRate: try row.get("stripe_rate"),
            emailFrom: try row.get("email_from"), emailName: try row.get("email_name"),
            stripePublishableKey: try row.get("stripe_publishable_key"),
            accountAtStripe: try row.get("account_at_stripe"),
            stripeKeyEnding: try row.get("stripe_key_ending"), fulfillmentURL: try row.get("fulfillment_url"),
            origins: try JSONText.read(row.get("origins")), createdAt: try row.get("created_at"),
            updatedAt: try row.get("updated_at"), destinationDisabledAt: try row.get("destination_disabled_at"))
    }
}
